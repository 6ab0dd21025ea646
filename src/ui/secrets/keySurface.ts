import * as vscode from 'vscode';
import type { KeySurface } from './keyCommands';

/** VS Code's own dialogs. */
export const keySurface: KeySurface = {
  async pick(title, items) {
    const picked = await vscode.window.showQuickPick([...items], { title, ignoreFocusOut: true });
    return picked?.service;
  },
  async input({ title, prompt, validate }) {
    return await vscode.window.showInputBox({
      title,
      prompt,
      password: true,
      ignoreFocusOut: true,
      validateInput: validate,
    });
  },
  async confirm(question, detail, action) {
    return (await vscode.window.showInformationMessage(question, { modal: true, detail }, action)) === action;
  },
};

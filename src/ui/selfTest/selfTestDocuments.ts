import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable';

const scheme = 'sentinel-self-test';

/** Shows what came of the latest self-test as a page that cannot be changed. */
export class SelfTestDocuments implements Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private text = '';
  private readonly uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Sentinel Self-Test')}.md` });

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: () =>
        this.text === ''
          ? vscode.l10n.t('This self-test was shown in an earlier window and is no longer kept.')
          : this.text,
    });
  }

  /** @param markdown the page */
  async show(markdown: string): Promise<void> {
    this.text = markdown;
    this.changed.fire(this.uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', this.uri);
    } catch {
      // Where VS Code's own Markdown extension is switched off, the text is good enough to be read.
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(this.uri));
    }
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

import * as vscode from 'vscode';
import { isWholeUrl, typedUrls } from '../../shared/url/typedUrl';
import { urlAtCursor, urlsInSelection } from './editorUrls';
import { type OnlineSource, typedProblem, whatLeaves } from './urlTexts';

/** Longer text in the clipboard is not looked at. */
const longestClipboard = 4_096;

/** Asks for a link, or several. @returns undefined where nobody gave one */
export async function askForUrls(online: readonly OnlineSource[]): Promise<readonly string[] | undefined> {
  const { t } = vscode.l10n;
  const given = await vscode.window.showInputBox({
    title: t('Scan URL'),
    prompt: `${whatLeaves(online, t)} ${t('Several links may stand one after another.')}`,
    placeHolder: 'https://example.com/',
    value: await likelyUrl(),
    ignoreFocusOut: true,
    validateInput(text) {
      const typed = typedUrls(text);
      const message = typedProblem(typed, t);
      if (message === undefined) return undefined;
      const { Info, Error } = vscode.InputBoxValidationSeverity;
      return { message, severity: typed.type === 'empty' ? Info : Error };
    },
  });
  if (given === undefined) return undefined;
  const typed = typedUrls(given);
  return typed.type === 'urls' ? typed.urls : undefined;
}

/** What a person most likely means: what is selected, the link at the cursor, that in the clipboard. */
async function likelyUrl(): Promise<string> {
  const selected = urlsInSelection();
  if (selected.length > 0) return selected.join(' ');
  const atCursor = urlAtCursor();
  if (atCursor !== undefined) return atCursor;
  const copied = (await vscode.env.clipboard.readText()).trim();
  return copied.length <= longestClipboard && isWholeUrl(copied) ? copied : '';
}

import * as vscode from 'vscode';
import { findUrls, urlAt } from '../../shared/url/findUrls';
import { mostTyped, typedUrls } from '../../shared/url/typedUrl';

/** A selection of more is text, and not a choice of links. */
const longestSelection = 20_000;

/** What is selected in the active editor as links: it is one itself, or there are some in it. */
export function urlsInSelection(): readonly string[] {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || editor.selection.isEmpty) return [];
  const text = editor.document.getText(editor.selection);
  if (text.length > longestSelection) return [];
  const found = [...new Set(findUrls(text).map((url) => url.text))];
  if (found.length > 0) return found.slice(0, mostTyped);
  const typed = typedUrls(text);
  return typed.type === 'urls' ? typed.urls : [];
}

/** The link at the cursor of the active editor. */
export function urlAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor === undefined ? undefined : urlAtPosition(editor.document, editor.selection.active)?.text;
}

export interface PlacedUrl {
  readonly text: string;
  readonly range: vscode.Range;
}

/** Links do not go on in another line. */
export function urlAtPosition(
  document: vscode.TextDocument,
  position: vscode.Position,
): PlacedUrl | undefined {
  const found = urlAt(document.lineAt(position.line).text, position.character);
  if (found === undefined) return undefined;
  const range = new vscode.Range(position.line, found.start, position.line, found.end);
  return { text: found.text, range };
}

/** All links of a document. */
export function urlsOf(document: vscode.TextDocument): readonly PlacedUrl[] {
  return findUrls(document.getText()).map(({ text, start, end }) => ({
    text,
    range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
  }));
}

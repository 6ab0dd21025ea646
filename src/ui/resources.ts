import * as vscode from 'vscode';

/** What a menu names: the resource that was clicked on and all that are selected. */
export function namedResources([clicked, selected]: readonly unknown[]): readonly vscode.Uri[] | undefined {
  const all = Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
  if (all.length > 0) return all;
  return clicked instanceof vscode.Uri ? [clicked] : undefined;
}

/** Of the active tab and not of the text editor alone: images and binary files are files, too. */
function activeFile(): readonly vscode.Uri[] | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  return isFile && input.uri.scheme === 'file' ? [input.uri] : undefined;
}

/** What the dialog says that asks for files. */
export interface FileQuestion {
  readonly openLabel: string;
  readonly title: string;
}

/** The files that a menu names, else the active editor's, else those that a person is asked for; undefined for none. */
export async function chosenFiles(
  args: readonly unknown[],
  question: FileQuestion,
): Promise<readonly vscode.Uri[] | undefined> {
  return (
    namedResources(args) ??
    activeFile() ??
    (await vscode.window.showOpenDialog({ canSelectMany: true, ...question }))
  );
}

/** Paths of those that lie on a disk. */
export function pathsOf(uris: readonly vscode.Uri[]): readonly string[] {
  return uris.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
}

import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { plainText } from '../../shared/presentation/plainText';
import type { ExportCommandOptions, ExportScopes } from './exportCommand';
import { type ExportKind, exportKinds, formatOf, kindDetail, kindLabel } from './exportTexts';
import { recordCount } from './historyTexts';

/** What an export asks and shows by VS Code's own means. */
export function exportSurface(): Pick<
  ExportCommandOptions,
  'pickScope' | 'pickKind' | 'askForFile' | 'exists' | 'defaultFolder' | 'openFile' | 'revealFile'
> {
  return {
    pickScope,
    pickKind,
    askForFile,
    exists,
    defaultFolder,
    openFile: (file) => vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file)),
    // The file manager would be the one of the machine with the window, and the file is not there.
    ...(vscode.env.remoteName === undefined && {
      revealFile: (file: string) => vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(file)),
    }),
  };
}

async function pickScope({
  all,
  filtered,
  filterText,
}: ExportScopes): Promise<'all' | 'filtered' | undefined> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: t('What the filter shows'),
        description: recordCount(filtered, t),
        detail: plainText(filterText),
        scope: 'filtered',
      },
      { label: t('The whole history'), description: recordCount(all, t), scope: 'all' },
    ] as const,
    { title: t('Export Scan History'), ignoreFocusOut: true },
  );
  return picked?.scope;
}

async function pickKind(last: ExportKind | undefined): Promise<ExportKind | undefined> {
  const { t } = vscode.l10n;
  const ordered = [...exportKinds].sort((one, other) => Number(other === last) - Number(one === last));
  const picked = await vscode.window.showQuickPick(
    ordered.map((kind) => ({
      label: kindLabel(kind, t),
      detail: kindDetail(kind, t),
      kindOfExport: kind,
      ...(kind === last && { description: t('as the last time') }),
    })),
    {
      title: t('Export Scan History'),
      placeHolder: t('Choose a format'),
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  return picked?.kindOfExport;
}

async function askForFile(suggestion: string, kind: ExportKind): Promise<vscode.Uri | undefined> {
  const { t } = vscode.l10n;
  const format = formatOf(kind);
  return await vscode.window.showSaveDialog({
    title: t('Export Scan History'),
    saveLabel: t('Export'),
    defaultUri: vscode.Uri.file(suggestion),
    filters: { [format.toUpperCase()]: [format] },
  });
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

function defaultFolder(): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
}

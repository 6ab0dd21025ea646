import path from 'node:path';
import * as vscode from 'vscode';
import type { HashedFile } from '../../services/hashing/fileHashService';
import { DisposableStore } from '../../shared/disposable';
import { plainText } from '../../shared/presentation/plainText';
import type { FileHashes } from '../../shared/protocol/fileHashWorker';
import type { Notifications } from '../notifications';
import { algorithms, allHashesText, refusalText, sizeText } from './hashTexts';

/** Up to here a person still waits for the answer; later it must not come between them and their typing. */
const waitingMs = 3_000;

interface HashRow extends vscode.QuickPickItem {
  /** What choosing the row copies. */
  readonly copies?: string;
}

/** Shows hashes: at once when they came soon, else by a notification that leads to them. */
export function presentHashes(
  files: readonly HashedFile[],
  tookMs: number,
  notifications: Notifications,
): void {
  const { t } = vscode.l10n;
  const [first] = files;
  if (first === undefined) return;
  if (files.length === 1 && first.result.status === 'refused' && notifications.shows('warning')) {
    notifications.warning(refusalText(first.path, first.result.reason, first.result.systemCode, t));
    return;
  }
  if (tookMs <= waitingMs || !notifications.shows('success')) {
    showHashes(files);
    return;
  }
  const show = {
    label: t('Show Hashes'),
    run: () => {
      showHashes(files);
    },
  };
  if (files.length === 1 && first.result.status === 'hashed') {
    const { sha256 } = first.result.hashes;
    const copy = { label: t('Copy SHA-256'), run: () => vscode.env.clipboard.writeText(sha256) };
    notifications.success(t('SHA-256 of {0}: {1}', nameOf(first), sha256), show, copy);
  } else {
    notifications.success(t('The hashes of {0} files are computed.', files.length), show);
  }
}

function showHashes(files: readonly HashedFile[]): void {
  const { t } = vscode.l10n;
  const store = new DisposableStore();
  const pick = store.add(vscode.window.createQuickPick<HashRow>());
  const copyRow: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: t('Copy') };
  const copyAll: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: t('Copy All') };
  pick.title = titleOf(files);
  pick.placeholder = t('Choose a hash to copy it; type one to compare it');
  pick.matchOnDescription = true;
  // Where the hash to compare with comes from is a place outside.
  pick.ignoreFocusOut = true;
  pick.buttons = files.some(({ result }) => result.status === 'hashed') ? [copyAll] : [];
  pick.items = files.flatMap((file) => rowsOf(file, files.length > 1, copyRow));
  const copy = (text: string | undefined, what: string): void => {
    if (text === undefined) return;
    void vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`$(check) ${t('Copied {0}', what)}`, 2_000);
    pick.hide();
  };
  store.add(
    pick.onDidAccept(() => {
      const [row] = pick.selectedItems;
      copy(row?.copies, row?.label ?? '');
    }),
  );
  store.add(
    pick.onDidTriggerItemButton(({ item }) => {
      copy(item.copies, item.label);
    }),
  );
  store.add(
    pick.onDidTriggerButton(() => {
      copy(allHashesText(files), t('all hashes'));
    }),
  );
  store.add(
    pick.onDidHide(() => {
      store.dispose();
    }),
  );
  pick.show();
}

function titleOf(files: readonly HashedFile[]): string {
  const { t } = vscode.l10n;
  const [first] = files;
  if (files.length !== 1 || first === undefined) return t('Hashes of {0} Files', files.length);
  const name = nameOf(first);
  return first.result.status === 'hashed' ? `${name} · ${sizeText(first.result.sizeBytes, t)}` : name;
}

function rowsOf(file: HashedFile, titled: boolean, copyRow: vscode.QuickInputButton): HashRow[] {
  const { t } = vscode.l10n;
  const { result } = file;
  if (result.status === 'refused') {
    const label = `$(warning) ${refusalText(file.path, result.reason, result.systemCode, t)}`;
    return [...separator(nameOf(file), titled), { label }];
  }
  const title = `${nameOf(file)} · ${sizeText(result.sizeBytes, t)}`;
  return [
    ...separator(title, titled),
    ...algorithms.map((algorithm) => row(algorithm, result.hashes, copyRow)),
  ];
}

function nameOf(file: HashedFile): string {
  return plainText(path.basename(file.path));
}

function separator(label: string, titled: boolean): HashRow[] {
  return titled ? [{ label, kind: vscode.QuickPickItemKind.Separator }] : [];
}

function row(
  { name, of }: (typeof algorithms)[number],
  hashes: FileHashes,
  copyRow: vscode.QuickInputButton,
): HashRow {
  return { label: name, description: of(hashes), copies: of(hashes), buttons: [copyRow] };
}

import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { plainText } from '../../shared/presentation/plainText';
import type { QuarantineItem } from '../../shared/quarantine/quarantineRecord';
import { DateTexts } from '../dateTexts';
import type { ItemAction, QuarantineActionsOptions } from './quarantineActions';
import { itemTexts, nameOf, placeOf } from './quarantineTexts';
import type { Suspect } from './suspect';

type Picked = Awaited<ReturnType<QuarantineActionsOptions['pickItem']>>;

interface ItemRow extends vscode.QuickPickItem {
  readonly item: QuarantineItem;
  readonly buttons: readonly ActionButton[];
}

interface ActionButton extends vscode.QuickInputButton {
  readonly action: ItemAction;
}

/** What the quarantine asks and shows by VS Code's own means. */
export function quarantineSurface(): Pick<
  QuarantineActionsOptions,
  'confirm' | 'pickItem' | 'pickSuspects' | 'askForPlace' | 'isUnsaved' | 'modifiedAt' | 'copy' | 'mention'
> {
  return {
    confirm: async (question, detail, action) =>
      (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action,
    pickItem,
    pickSuspects,
    askForPlace,
    isUnsaved: (file) =>
      vscode.workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.fsPath === file),
    modifiedAt: async (file) => {
      try {
        return (await stat(file)).mtimeMs;
      } catch {
        return undefined;
      }
    },
    copy: (text) => vscode.env.clipboard.writeText(text),
    mention: (text) => vscode.window.setStatusBarMessage(`$(check) ${text}`, 2_000),
  };
}

/** A list with a button for each action; whoever presses Enter is asked which. */
async function pickItem(items: readonly QuarantineItem[]): Promise<Picked> {
  const { t } = vscode.l10n;
  const dates = new DateTexts(vscode.env.language);
  const pick = vscode.window.createQuickPick<ItemRow>();
  pick.title = t('Quarantine');
  pick.placeholder = t('Files that were taken away. Choose one to restore it or to delete it for good.');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  // An editor that takes the focus back late, as reports do after a question, would close the list unread.
  pick.ignoreFocusOut = true;
  pick.items = items.map((item) => ({
    item,
    ...itemTexts(item, dates, t),
    iconPath: new vscode.ThemeIcon(item.type === 'stored' ? 'lock' : 'warning'),
    buttons: actionsOf(item).map(buttonOf),
  }));
  const picked = await new Promise<Picked>((resolve) => {
    pick.onDidTriggerItemButton(({ item: { item }, button }) => {
      resolve({ item, action: (button as ActionButton).action });
      pick.hide();
    });
    pick.onDidAccept(() => {
      const [row] = pick.selectedItems;
      resolve(row === undefined ? undefined : askForAction(row.item));
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
    pick.show();
  });
  pick.dispose();
  return picked;
}

/** All of them are chosen at first: each of them speaks against the folder. */
async function pickSuspects(suspects: readonly Suspect[]): Promise<readonly Suspect[] | undefined> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    suspects.map((suspect) => ({
      suspect,
      picked: true,
      label: nameOf(suspect.path),
      description: plainText(placeOf(suspect.path)),
      detail: plainText(suspect.reason?.summary ?? ''),
    })),
    {
      title: t('Move to Quarantine'),
      placeHolder: t('Files that something was found in'),
      canPickMany: true,
      ignoreFocusOut: true,
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return picked?.map(({ suspect }) => suspect);
}

async function askForAction(item: QuarantineItem): Promise<Picked> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    actionsOf(item).map((action) => ({
      action,
      label: actionLabel(action),
      iconPath: new vscode.ThemeIcon(iconOf(action)),
    })),
    {
      title: nameOf(item.record?.origin ?? ''),
      placeHolder: t('What to do with it'),
      ignoreFocusOut: true,
    },
  );
  return picked === undefined ? undefined : { item, action: picked.action };
}

function actionsOf(item: QuarantineItem): readonly ItemAction[] {
  const { record } = item;
  return [
    ...(item.type === 'stored' ? (['restore'] as const) : []),
    ...(record === undefined ? [] : (['copyHash'] as const)),
    ...(record?.reason?.recordId === undefined ? [] : (['openReport'] as const)),
    ...(item.type === 'unfinished' ? [] : (['remove'] as const)),
  ];
}

function buttonOf(action: ItemAction): ActionButton {
  return { action, iconPath: new vscode.ThemeIcon(iconOf(action)), tooltip: actionLabel(action) };
}

function actionLabel(action: ItemAction): string {
  const { t } = vscode.l10n;
  switch (action) {
    case 'restore':
      return t('Restore…');
    case 'remove':
      return t('Delete for Good…');
    case 'copyHash':
      return t('Copy SHA-256');
    case 'openReport':
      return t('Open Report');
  }
}

function iconOf(action: ItemAction): string {
  switch (action) {
    case 'restore':
      return 'discard';
    case 'remove':
      return 'trash';
    case 'copyHash':
      return 'copy';
    case 'openReport':
      return 'open-preview';
  }
}

async function askForPlace(suggestion: string): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const uri = await vscode.window.showSaveDialog({
    title: t('Restore From Quarantine'),
    saveLabel: t('Restore'),
    defaultUri: vscode.Uri.file(beside(suggestion)),
  });
  return uri?.scheme === 'file' ? uri.fsPath : undefined;
}

/** Another name in the same folder. */
function beside(file: string): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name} (${vscode.l10n.t('restored')})${ext}`);
}

import * as vscode from 'vscode';
import type { MarkedSafe, SafeMark } from '../../services/scan/markedSafe';
import { plainText } from '../../shared/presentation/plainText';
import type { ScanRecord } from '../../shared/scan/record';
import type { Notifications } from '../notifications';

export interface SafeMarksOptions {
  readonly marks: Pick<MarkedSafe, 'list' | 'mark' | 'revoke'>;
  readonly notifications: Pick<Notifications, 'info'>;
  /** Judges the target anew, so that its report says what holds now. */
  readonly scanAgain: (record: ScanRecord) => unknown;
}

/** How a person marks the content of a file as safe, looks at their marks and takes them back. */
export class SafeMarks {
  constructor(private readonly options: SafeMarksOptions) {}

  async mark(record: ScanRecord): Promise<void> {
    const { t } = vscode.l10n;
    const { sha256, target } = record;
    if (sha256 === undefined) return;
    const reason = await vscode.window.showInputBox({
      title: t('Mark {0} as Safe', plainText(target)),
      prompt: t('Any file with exactly this content will count as safe. Why is it?'),
      placeHolder: t('Built by us, looked at by …'),
      ignoreFocusOut: true,
      validateInput: (text) => {
        if (text.trim() === '') return t('Say why: reports will show it.');
        return text.length > 1_000 ? t('That is too long.') : undefined;
      },
    });
    if (reason === undefined) return;
    await this.options.marks.mark(sha256, reason.trim(), target);
    await this.options.scanAgain(record);
  }

  async unmark(record: ScanRecord): Promise<void> {
    if (record.sha256 === undefined) return;
    await this.options.marks.revoke(record.sha256);
    await this.options.scanAgain(record);
  }

  /** A list of all marks, each with a button that takes it back. */
  async manage(): Promise<void> {
    const { t } = vscode.l10n;
    const { marks, notifications } = this.options;
    const all = await marks.list();
    if (all.length === 0) {
      notifications.info(t('Nothing is marked as safe. A report of a file with findings offers it.'));
      return;
    }
    const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly mark: SafeMark }>();
    pick.title = t('Files Marked as Safe');
    pick.placeholder = t('What is taken back counts again in the next scan');
    pick.ignoreFocusOut = true;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.items = all.map(itemOf);
    pick.onDidTriggerItemButton(async ({ item }) => {
      await marks.revoke(item.mark.sha256);
      pick.items = pick.items.filter((other) => other !== item);
      if (pick.items.length === 0) pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
    });
    pick.show();
  }
}

function itemOf(mark: SafeMark): vscode.QuickPickItem & { readonly mark: SafeMark } {
  const { t } = vscode.l10n;
  return {
    mark,
    label: plainText(mark.path),
    description: plainText(mark.reason),
    detail: `${new Date(mark.markedAt).toLocaleString(vscode.env.language)} · SHA-256 ${mark.sha256}`,
    buttons: [{ iconPath: new vscode.ThemeIcon('trash'), tooltip: t('Take Back') }],
  };
}

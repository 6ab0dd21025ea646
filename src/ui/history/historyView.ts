import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { ModelTree } from '../tree/modelTree';
import type { HistoryModel } from './historyModel';
import { type HistoryNode, isRecord, type RecordNode } from './historyNodes';
import type { UnreadAlarms } from './unreadAlarms';

/** Which of the view's own commands its rows lead to. */
export interface HistoryViewCommands {
  readonly open: string;
  readonly more: string;
}

/** "Scan History" in the side bar, with the badge. */
export class HistoryView implements Disposable {
  private readonly store = new DisposableStore();
  private readonly tree: ModelTree<HistoryNode, HistoryModel>;

  constructor(model: HistoryModel, alarms: UnreadAlarms, commands: HistoryViewCommands) {
    this.tree = this.store.add(
      new ModelTree<HistoryNode, HistoryModel>({
        viewId: 'sentinel.history',
        load: () => model,
        isOpenAtFirst: (node) => node.type === 'group' && node.openAtFirst,
        commandOf: (node) => {
          if (node.type === 'group') return undefined;
          return { command: node.type === 'record' ? commands.open : commands.more, arguments: [node] };
        },
      }),
    );
    const { view } = this.tree;
    this.store.add(
      alarms.onChanged((unread) => {
        view.badge = badgeOf(unread);
      }),
    );
    const look = (): void => {
      const { focused } = vscode.window.state;
      alarms.setLooking(view.visible && focused);
      if (focused) alarms.check();
    };
    this.store.add(view.onDidChangeVisibility(look));
    this.store.add(vscode.window.onDidChangeWindowState(look));
    look();
  }

  /** The records that a command is about. */
  recordsOf(args: readonly unknown[]): readonly RecordNode[] {
    return this.tree.nodesOf(args).filter(isRecord);
  }

  dispose(): void {
    this.store.dispose();
  }
}

function badgeOf(unread: number): vscode.ViewBadge | undefined {
  if (unread === 0) return undefined;
  const { t } = vscode.l10n;
  const tooltip =
    unread === 1 ? t('1 new alarm in the scan history') : t('{0} new alarms in the scan history', unread);
  return { value: unread, tooltip };
}

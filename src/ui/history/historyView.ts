import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { HistoryItem, ItemIcon } from './historyItem';
import type { HistoryModel } from './historyModel';
import { type HistoryNode, isRecord, type RecordNode } from './historyNodes';
import type { UnreadAlarms } from './unreadAlarms';

const viewId = 'sentinel.history';

/** Which of the view's own commands its rows lead to. */
export interface HistoryViewCommands {
  readonly open: string;
  readonly more: string;
}

/** "Scan History" in the side bar: the model as VS Code's tree, with the badge. */
export class HistoryView implements Disposable {
  private readonly store = new DisposableStore();
  private readonly tree: vscode.TreeView<HistoryNode>;

  constructor(
    model: HistoryModel,
    alarms: UnreadAlarms,
    private readonly commands: HistoryViewCommands,
  ) {
    const changes = this.store.add(new vscode.EventEmitter<HistoryNode[] | undefined>());
    this.store.add(
      model.onChanged((nodes) => {
        changes.fire(nodes === undefined ? undefined : [...nodes]);
      }),
    );
    const tree = this.store.add(
      vscode.window.createTreeView<HistoryNode>(viewId, {
        treeDataProvider: {
          onDidChangeTreeData: changes.event,
          getChildren: async (node) => [...(await model.children(node))],
          getTreeItem: (node) => this.treeItem(node, model.item(node)),
          resolveTreeItem: async (item, node) => {
            const tooltip = await model.tooltip(node);
            if (tooltip !== undefined) item.tooltip = tooltip;
            return item;
          },
        },
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.tree = tree;
    this.store.add(
      model.onMessage((message) => {
        // Undefined would not take an earlier one away.
        tree.message = message ?? '';
      }),
    );
    this.store.add(
      alarms.onChanged((unread) => {
        tree.badge = badgeOf(unread);
      }),
    );
    const look = (): void => {
      const { focused } = vscode.window.state;
      model.setVisible(tree.visible);
      alarms.setLooking(tree.visible && focused);
      if (focused) alarms.check();
    };
    this.store.add(tree.onDidChangeVisibility(look));
    this.store.add(vscode.window.onDidChangeWindowState(look));
    look();
  }

  /**
   * The records that a command is about: what a menu names, else what is selected.
   * @param args of the command: the row that was clicked on, and all that are selected
   */
  recordsOf([clicked, selected]: readonly unknown[]): readonly RecordNode[] {
    const named = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
    const nodes = clicked === undefined ? this.tree.selection : named;
    return nodes.filter(isRecord);
  }

  dispose(): void {
    this.store.dispose();
  }

  private treeItem(node: HistoryNode, item: HistoryItem): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const opened = node.type === 'group' && node.openAtFirst ? Expanded : Collapsed;
    const treeItem = new vscode.TreeItem(item.label, item.expandable ? opened : None);
    treeItem.id = item.id;
    if (item.description !== undefined) treeItem.description = item.description;
    if (item.icon !== undefined) treeItem.iconPath = themeIcon(item.icon);
    treeItem.contextValue = item.context;
    treeItem.accessibilityInformation = { label: item.accessibleLabel };
    const command = node.type === 'record' ? this.commands.open : this.commands.more;
    if (node.type !== 'group') treeItem.command = { command, title: item.label, arguments: [node] };
    return treeItem;
  }
}

function themeIcon({ id, color }: ItemIcon): vscode.ThemeIcon {
  return color === undefined
    ? new vscode.ThemeIcon(id)
    : new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
}

function badgeOf(unread: number): vscode.ViewBadge | undefined {
  if (unread === 0) return undefined;
  const { t } = vscode.l10n;
  const tooltip =
    unread === 1 ? t('1 new alarm in the scan history') : t('{0} new alarms in the scan history', unread);
  return { value: unread, tooltip };
}

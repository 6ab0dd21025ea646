import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { NetworkModel } from './networkModel';
import { isNetworkNode, type NetworkNode } from './networkNodes';

const viewId = 'sentinel.network';

/** "Network" in the side bar: the model as VS Code's tree. */
export class NetworkView implements Disposable {
  private readonly store = new DisposableStore();
  private readonly tree: vscode.TreeView<NetworkNode>;

  private readonly changes = this.store.add(new vscode.EventEmitter<undefined>());
  private attached: NetworkModel | undefined;

  /** @param load gives the model, which is not asked for before somebody looks */
  constructor(private readonly load: () => NetworkModel) {
    const tree = this.store.add(
      vscode.window.createTreeView<NetworkNode>(viewId, {
        treeDataProvider: {
          onDidChangeTreeData: this.changes.event,
          getChildren: async (node) => [...(await this.model.children(node))],
          getParent: () => undefined,
          getTreeItem: (node) => this.treeItem(node),
          resolveTreeItem: (item, node) => {
            const tooltip = this.model.tooltip(node);
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
      tree.onDidChangeVisibility(() => {
        this.attached?.setVisible(tree.visible);
      }),
    );
  }

  /** Opens the view at this machine's own ports. */
  async showListening(): Promise<void> {
    await vscode.commands.executeCommand(`${viewId}.focus`);
    await vscode.window.withProgress({ location: { viewId } }, () => this.model.refreshListening());
    const root = (await this.model.children()).find(({ type }) => type === 'listening');
    if (root !== undefined) await this.tree.reveal(root, { select: true, focus: true, expand: true });
  }

  /**
   * The rows that a command is about: what a menu names, else what is selected.
   * @param args of the command: the row that was clicked on, and all that are selected
   */
  nodesOf([clicked, selected]: readonly unknown[]): readonly NetworkNode[] {
    const named = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
    const nodes: readonly unknown[] = clicked === undefined ? this.tree.selection : named;
    return nodes.filter(isNetworkNode);
  }

  dispose(): void {
    this.store.dispose();
  }

  private get model(): NetworkModel {
    if (this.attached !== undefined) return this.attached;
    const model = this.load();
    this.attached = model;
    this.store.add(
      model.onChanged(() => {
        this.changes.fire(undefined);
      }),
    );
    this.store.add(
      model.onMessage((message) => {
        this.tree.message = message;
      }),
    );
    model.setVisible(this.tree.visible);
    return model;
  }

  private treeItem(node: NetworkNode): vscode.TreeItem {
    const item = this.model.item(node);
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const treeItem = new vscode.TreeItem(
      item.label,
      item.expandable ? (node.type === 'scan' ? Expanded : Collapsed) : None,
    );
    treeItem.id = item.id;
    if (item.description !== undefined) treeItem.description = item.description;
    if (item.icon !== undefined) {
      const { id, color } = item.icon;
      treeItem.iconPath = new vscode.ThemeIcon(
        id,
        color === undefined ? undefined : new vscode.ThemeColor(color),
      );
    }
    treeItem.contextValue = item.context;
    treeItem.accessibilityInformation = { label: item.accessibleLabel };
    if (node.type === 'start') treeItem.command = { command: 'sentinel.scanNetwork', title: item.label };
    if (node.type === 'more') {
      treeItem.command = { command: 'sentinel.loadMoreHosts', title: item.label, arguments: [node] };
    }
    return treeItem;
  }
}

import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { setContext } from '../commands';
import type { EventsModel } from './eventsModel';
import { type EventNode, type EventsNode, isEventNode } from './eventsTree';

const viewId = 'sentinel.events';

/** "System Events" in the side bar: the model as VS Code's tree. */
export class EventsView implements Disposable {
  private readonly store = new DisposableStore();
  private readonly tree: vscode.TreeView<EventsNode>;
  private readonly changes = this.store.add(new vscode.EventEmitter<EventsNode[] | undefined>());
  private attached: EventsModel | undefined;

  /** @param load gives the model, which is not asked for before somebody looks */
  constructor(private readonly load: () => EventsModel) {
    const tree = this.store.add(
      vscode.window.createTreeView<EventsNode>(viewId, {
        treeDataProvider: {
          onDidChangeTreeData: this.changes.event,
          getChildren: async (node) => [...(await this.model.children(node))],
          getTreeItem: (node) => this.treeItem(node),
          resolveTreeItem: (item, node) => {
            item.tooltip = this.model.tooltip(node) ?? '';
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
        if (tree.visible) this.model.setVisible(true);
        else this.attached?.setVisible(false);
      }),
    );
  }

  /** Reads anew, under the view's own progress bar. */
  async refresh(): Promise<void> {
    await vscode.window.withProgress({ location: { viewId } }, () => this.model.refresh());
  }

  /**
   * The events that a command is about: what a menu names, else what is selected.
   * @param args of the command: the row that was clicked on, and all that are selected
   */
  eventsOf([clicked, selected]: readonly unknown[]): readonly EventNode[] {
    const named = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
    const nodes: readonly unknown[] = clicked === undefined ? this.tree.selection : named;
    return nodes.filter(isEventNode);
  }

  dispose(): void {
    this.store.dispose();
  }

  private get model(): EventsModel {
    this.attached ??= this.attach(this.load());
    return this.attached;
  }

  private attach(model: EventsModel): EventsModel {
    this.store.add(
      model.onChanged((nodes) => {
        this.changes.fire(nodes === undefined ? undefined : [...nodes]);
      }),
    );
    this.store.add(
      model.onMessage((message) => {
        this.tree.message = message;
      }),
    );
    const tellState = (): void => {
      const { grouping, isFiltered, isFollowing, canFollow } = model.state;
      setContext('eventsBySource', grouping === 'source');
      setContext('eventsFiltered', isFiltered);
      setContext('eventsFollowed', isFollowing);
      setContext('eventsCanBeFollowed', canFollow);
    };
    this.store.add(model.onStateChanged(tellState));
    tellState();
    model.setVisible(this.tree.visible);
    return model;
  }

  private treeItem(node: EventsNode): vscode.TreeItem {
    const item = this.model.item(node);
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const opened = node.type === 'group' && node.openAtFirst ? Expanded : Collapsed;
    const treeItem = new vscode.TreeItem(item.label, item.expandable ? opened : None);
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
    const command = node.type === 'event' ? 'sentinel.openEvent' : 'sentinel.loadMoreEvents';
    if (node.type !== 'group') treeItem.command = { command, title: item.label, arguments: [node] };
    return treeItem;
  }
}

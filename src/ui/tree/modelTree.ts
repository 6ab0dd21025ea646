import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { Event } from '../../shared/event';
import type { TreeRow } from './treeRow';

/** What a tree of the side bar shows, without VS Code. */
export interface TreeModel<N> {
  /** Nodes to be asked for anew; undefined means all. */
  readonly onChanged: Event<readonly N[] | undefined>;
  /** What there is to say above the rows. */
  readonly message: string | undefined;
  readonly onMessage: Event<string | undefined>;
  setVisible(visible: boolean): void;
  children(node?: N): Promise<readonly N[]>;
  item(node: N): TreeRow;
  /** Asked for when the mouse rests on a row; undefined where the row says everything. */
  tooltip(node: N): string | undefined | Promise<string | undefined>;
}

export interface ModelTreeOptions<N, M> {
  readonly viewId: string;
  /** Gives the model, which is not asked for before somebody looks. */
  readonly load: () => M;
  readonly isOpenAtFirst: (node: N) => boolean;
  /** What a click on a row does. */
  readonly commandOf: (node: N) => Pick<vscode.Command, 'command' | 'arguments'> | undefined;
}

/** A model as one of VS Code's trees. */
export class ModelTree<N extends object, M extends TreeModel<N>> implements Disposable {
  readonly view: vscode.TreeView<N>;
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new vscode.EventEmitter<N[] | undefined>());
  private attached: M | undefined;

  constructor(private readonly options: ModelTreeOptions<N, M>) {
    const view = this.store.add(
      vscode.window.createTreeView<N>(options.viewId, {
        treeDataProvider: {
          onDidChangeTreeData: this.changes.event,
          getChildren: async (node) => [...(await this.model.children(node))],
          // Only rows without a parent are ever revealed.
          getParent: () => undefined,
          getTreeItem: (node) => this.treeItem(node),
          resolveTreeItem: async (item, node) => {
            const tooltip = await this.model.tooltip(node);
            if (tooltip !== undefined) item.tooltip = tooltip;
            return item;
          },
        },
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.view = view;
    this.store.add(
      view.onDidChangeVisibility(() => {
        if (view.visible) this.model.setVisible(true);
        else this.attached?.setVisible(false);
      }),
    );
  }

  get model(): M {
    this.attached ??= this.attach(this.options.load());
    return this.attached;
  }

  /**
   * The nodes that a command is about: what a menu names, else what is selected.
   * @param args of the command: the row that was clicked on, and all that are selected
   */
  nodesOf([clicked, selected]: readonly unknown[]): readonly unknown[] {
    if (clicked === undefined) return this.view.selection;
    return Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
  }

  dispose(): void {
    this.store.dispose();
  }

  private attach(model: M): M {
    const tell = (message: string | undefined): void => {
      // Undefined would not take an earlier one away.
      this.view.message = message ?? '';
    };
    this.store.add(
      model.onChanged((nodes) => {
        this.changes.fire(nodes === undefined ? undefined : [...nodes]);
      }),
    );
    this.store.add(model.onMessage(tell));
    tell(model.message);
    model.setVisible(this.view.visible);
    return model;
  }

  private treeItem(node: N): vscode.TreeItem {
    const row = this.model.item(node);
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const opened = this.options.isOpenAtFirst(node) ? Expanded : Collapsed;
    const item = new vscode.TreeItem(row.label, row.expandable ? opened : None);
    item.id = row.id;
    if (row.description !== undefined) item.description = row.description;
    if (row.icon !== undefined) item.iconPath = themeIcon(row.icon);
    item.contextValue = row.context;
    item.accessibilityInformation = { label: row.accessibleLabel };
    const command = this.options.commandOf(node);
    if (command !== undefined) item.command = { title: row.label, ...command };
    return item;
  }
}

function themeIcon({ id, color }: NonNullable<TreeRow['icon']>): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
}

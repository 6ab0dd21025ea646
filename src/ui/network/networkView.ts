import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable';
import { ModelTree } from '../tree/modelTree';
import type { NetworkModel } from './networkModel';
import { isNetworkNode, type NetworkNode } from './networkNodes';

const viewId = 'sentinel.network';

/** "Network" in the side bar. */
export class NetworkView implements Disposable {
  private readonly tree: ModelTree<NetworkNode, NetworkModel>;

  /** @param load gives the model, which is not asked for before somebody looks */
  constructor(load: () => NetworkModel) {
    this.tree = new ModelTree<NetworkNode, NetworkModel>({
      viewId,
      load,
      isOpenAtFirst: ({ type }) => type === 'scan',
      commandOf: (node) => {
        if (node.type === 'start') return { command: 'sentinel.scanNetwork' };
        return node.type === 'more' ? { command: 'sentinel.loadMoreHosts', arguments: [node] } : undefined;
      },
    });
  }

  /** Opens the view at this machine's own ports. */
  async showListening(): Promise<void> {
    const { model, view } = this.tree;
    await vscode.commands.executeCommand(`${viewId}.focus`);
    await vscode.window.withProgress({ location: { viewId } }, () => model.refreshListening());
    const root = (await model.children()).find(({ type }) => type === 'listening');
    if (root !== undefined) await view.reveal(root, { select: true, focus: true, expand: true });
  }

  /** The rows that a command is about. */
  nodesOf(args: readonly unknown[]): readonly NetworkNode[] {
    return this.tree.nodesOf(args).filter(isNetworkNode);
  }

  dispose(): void {
    this.tree.dispose();
  }
}

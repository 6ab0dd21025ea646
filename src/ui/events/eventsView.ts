import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { setContext } from '../commands';
import { ModelTree } from '../tree/modelTree';
import type { EventsModel } from './eventsModel';
import { type EventNode, type EventsNode, isEventNode } from './eventsTree';

const viewId = 'sentinel.events';

/** "System Events" in the side bar. */
export class EventsView implements Disposable {
  private readonly store = new DisposableStore();
  private readonly tree: ModelTree<EventsNode, EventsModel>;

  /** @param load gives the model, which is not asked for before somebody looks */
  constructor(private readonly load: () => EventsModel) {
    this.tree = this.store.add(
      new ModelTree<EventsNode, EventsModel>({
        viewId,
        load: () => this.loaded(),
        isOpenAtFirst: (node) => node.type === 'group' && node.openAtFirst,
        commandOf: (node) => {
          if (node.type === 'group') return undefined;
          const command = node.type === 'event' ? 'sentinel.openEvent' : 'sentinel.loadMoreEvents';
          return { command, arguments: [node] };
        },
      }),
    );
  }

  /** Reads anew, under the view's own progress bar. */
  async refresh(): Promise<void> {
    await vscode.window.withProgress({ location: { viewId } }, () => this.tree.model.refresh());
  }

  /** The events that a command is about. */
  eventsOf(args: readonly unknown[]): readonly EventNode[] {
    return this.tree.nodesOf(args).filter(isEventNode);
  }

  dispose(): void {
    this.store.dispose();
  }

  private loaded(): EventsModel {
    const model = this.load();
    const tellState = (): void => {
      const { grouping, isFiltered, isFollowing, canFollow } = model.state;
      setContext('eventsBySource', grouping === 'source');
      setContext('eventsFiltered', isFiltered);
      setContext('eventsFollowed', isFollowing);
      setContext('eventsCanBeFollowed', canFollow);
    };
    this.store.add(model.onStateChanged(tellState));
    tellState();
    return model;
  }
}

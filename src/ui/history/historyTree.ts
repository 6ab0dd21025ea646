import type { History } from '../../services/history/history';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter } from '../../shared/event';
import type { HistoryFilter, HistoryGrouping } from '../../shared/history/query';
import { HistoryListing } from './historyListing';
import type { HistoryNode, MoreNode, RecordNode } from './historyNodes';

/**
 * What the history's tree shows: groups, and of each that is open the newest records. It asks the history when it is
 * asked, and keeps the answers until it is refreshed.
 */
export class HistoryTree implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<readonly HistoryNode[] | undefined>());
  private listing: HistoryListing;

  /** Nodes to be asked for anew; undefined means all. */
  readonly onChanged = this.changes.event;

  constructor(
    private readonly history: Pick<History, 'groups' | 'page'>,
    grouping: HistoryGrouping,
  ) {
    this.listing = new HistoryListing(history, grouping, {});
  }

  get grouping(): HistoryGrouping {
    return this.listing.grouping;
  }

  get filter(): HistoryFilter {
    return this.listing.filter;
  }

  /** How many records match the filter; undefined until that is known. */
  get matching(): number | undefined {
    return this.listing.count;
  }

  /** Record nodes that are loaded. */
  get shownRecords(): readonly RecordNode[] {
    return this.listing.records;
  }

  show(grouping: HistoryGrouping): void {
    if (grouping !== this.grouping) this.list(grouping, this.filter);
  }

  setFilter(filter: HistoryFilter): void {
    this.list(this.grouping, filter);
  }

  /** Forgets everything, and begins anew. */
  reload(): void {
    this.list(this.grouping, this.filter);
  }

  /** Asks the history anew, and tells of what has changed. Never rejects. */
  async refresh(): Promise<void> {
    const { listing } = this;
    const changed = await listing.refresh();
    if (listing !== this.listing) return;
    if (changed === 'everything') this.changes.fire(undefined);
    else if (changed.length > 0) this.changes.fire(changed);
  }

  /** Has nodes, or all, worded anew; what they stand for is the same. */
  renew(nodes?: readonly HistoryNode[]): void {
    this.changes.fire(nodes);
  }

  /** Loads a further page of the group. */
  more({ group }: MoreNode): void {
    this.listing.more(group);
    this.changes.fire([group]);
  }

  /** Rejects as the history does where it cannot be read. */
  async children(node?: HistoryNode): Promise<readonly HistoryNode[]> {
    switch (node?.type) {
      case undefined:
        return this.listing.rootNodes();
      case 'group':
        return this.listing.nodesIn(node);
      case 'record':
      case 'more':
        return [];
    }
  }

  dispose(): void {
    this.store.dispose();
  }

  private list(grouping: HistoryGrouping, filter: HistoryFilter): void {
    this.listing = new HistoryListing(this.history, grouping, filter);
    this.changes.fire(undefined);
  }
}

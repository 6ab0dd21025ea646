import type { History } from '../../services/history/history';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter } from '../../shared/event';
import type {
  HistoryCursor,
  HistoryFilter,
  HistoryGroup,
  HistoryGrouping,
  VerdictFilter,
} from '../../shared/history/query';
import type { RecordHead, ScanKind } from '../../shared/scan/record';

export interface GroupNode {
  readonly type: 'group';
  readonly id: string;
  readonly group: HistoryGroup;
  /** Whether it is open before a person opens or closes it. */
  readonly openAtFirst: boolean;
}

export interface RecordNode {
  readonly type: 'record';
  readonly id: string;
  readonly record: RecordHead;
}

/** Stands for what is not loaded yet. */
export interface MoreNode {
  readonly type: 'more';
  readonly id: string;
  readonly group: GroupNode;
  readonly remaining: number;
}

export type HistoryNode = GroupNode | RecordNode | MoreNode;

/** Records of a group that are loaded at first, and each time more are asked for. */
export const pageRecords = 100;
/** What one query gives at most. */
const queryRecords = 1_000;

interface LoadedGroup {
  readonly records: readonly RecordNode[];
  readonly next?: HistoryCursor;
}

/**
 * What the history's tree shows: groups, and of each that is open the newest records. It asks the history when it is
 * asked, keeps the answers until `reload`, and hands out the same nodes as long as it keeps them.
 */
export class HistoryTree implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<readonly HistoryNode[] | undefined>());
  private shownBy: HistoryGrouping;
  private shownFilter: HistoryFilter = {};
  /** How many records a group shall have, by its key; those not here have one page. */
  private readonly wanted = new Map<string, number>();
  private groups: Promise<readonly GroupNode[]> | undefined;
  private readonly records = new Map<string, Promise<LoadedGroup>>();
  /** What has been loaded, for those who cannot wait. */
  private readonly loaded = new Map<string, LoadedGroup>();
  private groupsLoaded: readonly GroupNode[] = [];
  private generation = 0;

  /** Nodes to be asked for anew; undefined means all. */
  readonly onChanged = this.changes.event;

  constructor(
    private readonly history: Pick<History, 'groups' | 'page'>,
    grouping: HistoryGrouping,
  ) {
    this.shownBy = grouping;
  }

  get grouping(): HistoryGrouping {
    return this.shownBy;
  }

  get filter(): HistoryFilter {
    return this.shownFilter;
  }

  /** Records that match the filter, as far as they have been counted. */
  get matching(): number {
    return this.groupsLoaded.reduce((sum, { group }) => sum + group.count, 0);
  }

  /** Record nodes that have been handed out. */
  get shownRecords(): readonly RecordNode[] {
    return [...this.loaded.values()].flatMap(({ records }) => records);
  }

  show(grouping: HistoryGrouping): void {
    if (grouping === this.shownBy) return;
    this.shownBy = grouping;
    this.wanted.clear();
    this.reload();
  }

  setFilter(filter: HistoryFilter): void {
    this.shownFilter = filter;
    this.wanted.clear();
    this.reload();
  }

  /** Asks the history anew for what is shown. */
  reload(): void {
    this.generation++;
    this.groups = undefined;
    this.records.clear();
    this.loaded.clear();
    this.changes.fire(undefined);
  }

  /** Has nodes, or all, worded anew; what they stand for is the same. */
  renew(nodes?: readonly HistoryNode[]): void {
    this.changes.fire(nodes);
  }

  /** Loads a further page of the group. */
  more({ group }: MoreNode): void {
    const { key } = group.group;
    this.wanted.set(key, (this.wanted.get(key) ?? pageRecords) + pageRecords);
    this.records.delete(key);
    this.changes.fire([group]);
  }

  /** Rejects as the history does where it cannot be read. */
  async children(node?: HistoryNode): Promise<readonly HistoryNode[]> {
    switch (node?.type) {
      case undefined:
        this.groups ??= this.loadGroups();
        return this.groups;
      case 'group':
        return this.childrenOf(node);
      case 'record':
      case 'more':
        return [];
    }
  }

  dispose(): void {
    this.store.dispose();
  }

  private async loadGroups(): Promise<readonly GroupNode[]> {
    const { shownBy, shownFilter, generation } = this;
    const groups = await this.history.groups(shownBy, shownFilter);
    const filtered = Object.keys(shownFilter).length > 0;
    let records = 0;
    const nodes = groups.map((group, index) => {
      records += group.count;
      return {
        type: 'group' as const,
        // Others than without a filter, so that they open by themselves: what was looked for shall be seen.
        id: `${shownBy}${filtered ? '?' : ''}/${group.key}`,
        group,
        openAtFirst: index === 0 || (filtered && records <= pageRecords),
      };
    });
    if (generation === this.generation) this.groupsLoaded = nodes;
    return nodes;
  }

  private async childrenOf(node: GroupNode): Promise<readonly HistoryNode[]> {
    const { key, count } = node.group;
    const loading = this.records.get(key) ?? this.load(node);
    this.records.set(key, loading);
    const { records, next } = await loading;
    if (next === undefined) return records;
    // Records may have come between the question for the groups and this one.
    const remaining = Math.max(1, count - records.length);
    return [...records, { type: 'more', id: `${node.id}/more`, group: node, remaining }];
  }

  /** Goes on where the last page ended, unless the history has changed since. */
  private async load(node: GroupNode): Promise<LoadedGroup> {
    const { key } = node.group;
    const { generation } = this;
    const wanted = this.wanted.get(key) ?? pageRecords;
    const filter = filterOfGroup(this.shownBy, node.group, this.shownFilter);
    let { records, next }: LoadedGroup = this.loaded.get(key) ?? { records: [] };
    do {
      const limit = Math.min(queryRecords, wanted - records.length);
      const page = await this.history.page({ filter, limit, ...(next === undefined ? {} : { after: next }) });
      const nodes = page.records.map((record) => ({
        type: 'record' as const,
        id: `${node.id}/${record.id}`,
        record,
      }));
      // One that was put with another start in the meantime may come twice, which VS Code refuses.
      records = [...new Map([...records, ...nodes].map((each) => [each.id, each])).values()];
      next = page.next;
    } while (next !== undefined && records.length < wanted);
    const loaded = next === undefined ? { records } : { records, next };
    if (generation === this.generation) this.loaded.set(key, loaded);
    return loaded;
  }
}

/** Nodes come back from VS Code as the objects that it was given. */
export function isRecord(node: unknown): node is RecordNode {
  return typeOf(node) === 'record';
}

export function isMore(node: unknown): node is MoreNode {
  return typeOf(node) === 'more';
}

function typeOf(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'type' in node ? node.type : undefined;
}

/** @returns the filter, narrowed to the group */
export function filterOfGroup(
  grouping: HistoryGrouping,
  { key, from, before }: HistoryGroup,
  filter: HistoryFilter,
): HistoryFilter {
  switch (grouping) {
    case 'day':
      return {
        ...filter,
        ...(from === undefined ? {} : { from: Math.max(from, filter.from ?? 0) }),
        ...(before === undefined ? {} : { before: Math.min(before, filter.before ?? Infinity) }),
      };
    // A group is there only where the filter lets it be.
    case 'kind':
      return { ...filter, kinds: [key as ScanKind] };
    case 'verdict':
      return { ...filter, verdicts: [key as VerdictFilter] };
  }
}

import type { History } from '../../services/history/history';
import type {
  HistoryCursor,
  HistoryFilter,
  HistoryGroup,
  HistoryGrouping,
  VerdictFilter,
} from '../../shared/history/query';
import type { ScanKind } from '../../shared/scan/record';
import type { GroupNode, HistoryNode, RecordNode } from './historyNodes';

/** Records of a group that are loaded at first, and each time more are asked for. */
const pageRecords = 100;
/** What one query gives at most. */
const queryRecords = 1_000;

interface LoadedGroup {
  readonly records: readonly RecordNode[];
  /** Absent where these are all. */
  readonly next?: HistoryCursor;
}

/** A group whose records somebody has asked for. */
interface OpenGroup {
  /** How many records it shall have. */
  wanted: number;
  loading: Promise<LoadedGroup>;
  /** What has come of it, for those who cannot wait. */
  loaded?: LoadedGroup;
}

/** Which nodes are to be asked for anew. */
export type ListingChange = readonly GroupNode[] | 'everything';

/** The history by one grouping and filter: what has been asked for of it, kept until it is refreshed. */
export class HistoryListing {
  private groups: Promise<readonly GroupNode[]> | undefined;
  private counted: readonly GroupNode[] | undefined;
  private readonly open = new Map<string, OpenGroup>();

  constructor(
    private readonly history: Pick<History, 'groups' | 'page'>,
    readonly grouping: HistoryGrouping,
    readonly filter: HistoryFilter,
  ) {}

  /** How many records there are; undefined until that is known. */
  get count(): number | undefined {
    return this.counted?.reduce((sum, { group }) => sum + group.count, 0);
  }

  /** Those that are loaded. */
  get records(): readonly RecordNode[] {
    return [...this.open.values()].flatMap(({ loaded }) => loaded?.records ?? []);
  }

  /** Rejects as the history does where it cannot be read. */
  rootNodes(): Promise<readonly GroupNode[]> {
    this.groups ??= this.history.groups(this.grouping, this.filter).then((groups) => {
      const nodes = this.nodesOf(groups);
      this.counted = nodes;
      return nodes;
    });
    return this.groups;
  }

  /** As `rootNodes`. */
  async nodesIn(node: GroupNode): Promise<readonly HistoryNode[]> {
    const { key } = node.group;
    let open = this.open.get(key);
    if (open === undefined) {
      open = { wanted: pageRecords, loading: this.load(node.id, node.group, pageRecords) };
      this.open.set(key, open);
    }
    const { loading } = open;
    const loaded = await loading;
    // Otherwise it has been refreshed meanwhile.
    if (open.loading === loading) open.loaded = loaded;
    const { records, next } = loaded;
    if (next === undefined) return records;
    // Records may have come between the question for the groups and this one.
    const remaining = Math.max(1, node.group.count - records.length);
    return [...records, { type: 'more', id: `${node.id}/more`, group: node, remaining }];
  }

  /** The group shall have a further page when it is asked for next. */
  more({ id, group }: GroupNode): void {
    const open = this.open.get(group.key);
    if (open?.loaded === undefined) return;
    open.wanted += pageRecords;
    open.loading = this.load(id, group, open.wanted, open.loaded);
  }

  /**
   * Asks the history anew for everything that somebody has asked for. What has not changed stays the same objects.
   * @returns what has changed; where the history cannot be read, or could not, everything
   */
  async refresh(): Promise<ListingChange> {
    if (this.groups === undefined) return [];
    try {
      const before = await this.groups;
      const groups = await this.history.groups(this.grouping, this.filter);
      // As they are now: others may be opened meanwhile.
      const opened = [...this.open];
      const pages = new Map<string, { readonly wanted: number; readonly page: LoadedGroup }>();
      for (const [key, { wanted }] of opened) {
        const group = groups.find((each) => each.key === key);
        if (group !== undefined) {
          pages.set(key, { wanted, page: await this.load(this.idOf(key), group, wanted) });
        }
      }
      return this.replace(before, groups, pages);
    } catch {
      // Whoever asks next hears why.
      this.groups = undefined;
      this.open.clear();
      return 'everything';
    }
  }

  private replace(
    before: readonly GroupNode[],
    groups: readonly HistoryGroup[],
    pages: ReadonlyMap<string, { readonly wanted: number; readonly page: LoadedGroup }>,
  ): ListingChange {
    const changed = new Set<GroupNode>();
    const known = new Map(before.map((node) => [node.group.key, node]));
    const after = this.nodesOf(groups).map((node) => {
      const kept = known.get(node.group.key);
      if (kept === undefined) return node;
      if (!isSame(kept.group, node.group)) changed.add(kept);
      kept.group = node.group;
      return kept;
    });
    this.counted = after;
    this.groups = Promise.resolve(after);
    for (const [key, open] of this.open) {
      const node = after.find(({ group }) => group.key === key);
      const fresh = pages.get(key);
      if (node === undefined) this.open.delete(key);
      else if (fresh?.wanted === open.wanted && replacePage(open, fresh.page)) changed.add(node);
      else if (fresh !== undefined && fresh.wanted !== open.wanted) {
        // More was asked for meanwhile, and is on its way behind what is there no more.
        open.loading = this.load(node.id, node.group, open.wanted);
        changed.add(node);
      }
    }
    const isSameOrder = before.length === after.length && before.every((node, at) => node === after[at]);
    return isSameOrder ? [...changed] : 'everything';
  }

  private nodesOf(groups: readonly HistoryGroup[]): readonly GroupNode[] {
    let records = 0;
    return groups.map((group, index) => {
      records += group.count;
      // What was looked for shall be seen.
      const openAtFirst = index === 0 || (this.isFiltered && records <= pageRecords);
      return { type: 'group', id: this.idOf(group.key), group, openAtFirst };
    });
  }

  private get isFiltered(): boolean {
    return Object.keys(this.filter).length > 0;
  }

  /** Another one with a filter than without, so that groups open by themselves. */
  private idOf(key: string): string {
    return `${this.grouping}${this.isFiltered ? '?' : ''}/${key}`;
  }

  /** @param begun what there is already, after which it goes on */
  private async load(
    id: string,
    group: HistoryGroup,
    wanted: number,
    begun: LoadedGroup = { records: [] },
  ): Promise<LoadedGroup> {
    const filter = filterOfGroup(this.grouping, group, this.filter);
    let { records, next } = begun;
    do {
      const limit = Math.min(queryRecords, wanted - records.length);
      const page = await this.history.page({ filter, limit, ...(next === undefined ? {} : { after: next }) });
      const nodes = page.records.map((record): RecordNode => ({
        type: 'record',
        id: `${id}/${record.id}`,
        record,
      }));
      // One that was put with another start in the meantime may come twice, which VS Code refuses.
      records = [...new Map([...records, ...nodes].map((each) => [each.id, each])).values()];
      next = page.next;
    } while (next !== undefined && records.length < wanted);
    return next === undefined ? { records } : { records, next };
  }
}

/** @returns whether it brings anything new */
function replacePage(open: OpenGroup, page: LoadedGroup): boolean {
  const before = open.loaded;
  const known = new Map(before?.records.map((node) => [node.id, node]));
  const records = page.records.map((node) => {
    const kept = known.get(node.id);
    return kept !== undefined && isSame(kept.record, node.record) ? kept : node;
  });
  const loaded = { ...page, records };
  open.loading = Promise.resolve(loaded);
  open.loaded = loaded;
  const isTheSame =
    before?.records.length === records.length &&
    isSame(before.next, page.next) &&
    records.every((node, at) => node === before.records[at]);
  return !isTheSame;
}

/** Both have come from one parser, and so have their keys in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @returns the filter, narrowed to the group */
function filterOfGroup(
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

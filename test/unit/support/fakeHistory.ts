import type {
  Durability,
  History,
  HistorySetAside,
  HistoryState,
} from '../../../src/services/history/history';
import { type Disposable, toDisposable } from '../../../src/shared/disposable';
import { SentinelError } from '../../../src/shared/errors';
import { Emitter } from '../../../src/shared/event';
import type {
  HistoryFilter,
  HistoryGroup,
  HistoryGrouping,
  HistoryPage,
  HistoryPageQuery,
} from '../../../src/shared/history/query';
import type { RecordHead, ScanRecord } from '../../../src/shared/scan/record';
import { scanKinds } from '../../../src/shared/scan/record';
import { verdicts } from '../../../src/shared/scan/verdict';

/** A history in memory that answers as the real one does, and can be made to fail. */
export class FakeHistory implements History {
  readonly records = new Map<string, ScanRecord>();
  readonly states = new Emitter<HistoryState>();
  readonly setsAside = new Emitter<HistorySetAside>();
  readonly changes = new Emitter<void>();
  readonly onStateChanged = this.states.event;
  readonly onSetAside = this.setsAside.event;
  readonly onChanged = this.changes.event;
  readonly watchers = new Set<object>();
  /** What it was asked, by the names of its methods. */
  readonly asked: string[] = [];
  private current: HistoryState = { type: 'closed' };

  get state(): HistoryState {
    return this.current;
  }

  become(state: HistoryState): void {
    this.current = state;
    this.states.fire(state);
  }

  put(record: ScanRecord): Promise<Durability> {
    this.records.set(record.id, record);
    this.changes.fire();
    return Promise.resolve('stored');
  }

  async get(id: string): Promise<ScanRecord | undefined> {
    await this.answer('get');
    return this.records.get(id);
  }

  async page({ filter, after, limit }: HistoryPageQuery): Promise<HistoryPage> {
    await this.answer('page');
    const matching = this.matching(filter).filter(
      ({ startedAt, id }) =>
        after === undefined ||
        startedAt < after.startedAt ||
        (startedAt === after.startedAt && id < after.id),
    );
    const records = matching.slice(0, limit);
    const last = records.at(-1);
    const next =
      matching.length > limit && last !== undefined ? { startedAt: last.startedAt, id: last.id } : undefined;
    return { records, ...(next && { next }) };
  }

  async groups(by: HistoryGrouping, filter: HistoryFilter): Promise<readonly HistoryGroup[]> {
    await this.answer('groups');
    const counts = new Map<string, number>();
    for (const record of this.matching(filter)) {
      const key = groupKey(by, record);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const order: readonly string[] = by === 'kind' ? scanKinds : [...verdicts, 'none'];
    const keys = by === 'day' ? [...counts.keys()] : order.filter((key) => counts.has(key));
    return keys.map((key) => ({ key, count: counts.get(key) ?? 0, ...(by === 'day' && boundsOf(key)) }));
  }

  async count(filter: HistoryFilter): Promise<number> {
    await this.answer('count');
    return this.matching(filter).length;
  }

  remove(ids: readonly string[]): Promise<Durability> {
    for (const id of ids) this.records.delete(id);
    this.changes.fire();
    return Promise.resolve('stored');
  }

  clear(): Promise<Durability> {
    this.records.clear();
    this.changes.fire();
    return Promise.resolve('stored');
  }

  watch(): Disposable {
    const watcher = {};
    this.watchers.add(watcher);
    return toDisposable(() => this.watchers.delete(watcher));
  }

  private answer(method: string): Promise<void> {
    this.asked.push(method);
    const { type } = this.current;
    if (type === 'failed' || type === 'newerVersion') {
      return Promise.reject(new SentinelError(`history.${type}`, 'not readable'));
    }
    return Promise.resolve();
  }

  /** Newest first. */
  private matching(filter: HistoryFilter): ScanRecord[] {
    return [...this.records.values()]
      .filter((record) => matches(record, filter))
      .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  }
}

function matches(
  record: ScanRecord,
  { id, kinds, verdicts, text, from, before, finishedFrom }: HistoryFilter,
): boolean {
  const words = (text ?? '').toLowerCase().split(/\s+/);
  const searched = [record.target, record.summary, record.sha256 ?? ''].join('\n').toLowerCase();
  return (
    (id === undefined || record.id === id) &&
    (kinds?.includes(record.kind) ?? true) &&
    (verdicts?.includes(record.verdict ?? 'none') ?? true) &&
    words.every((word) => searched.includes(word)) &&
    record.startedAt >= (from ?? 0) &&
    record.startedAt < (before ?? Infinity) &&
    record.finishedAt >= (finishedFrom ?? 0)
  );
}

function groupKey(by: HistoryGrouping, { kind, verdict, startedAt }: RecordHead): string {
  if (by === 'kind') return kind;
  if (by === 'verdict') return verdict ?? 'none';
  const date = new Date(startedAt);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function boundsOf(key: string): { from: number; before: number } {
  const [year = 0, month = 1, day = 1] = key.split('-').map(Number);
  return {
    from: new Date(year, month - 1, day).getTime(),
    before: new Date(year, month - 1, day + 1).getTime(),
  };
}

import type { HistoryOperation } from '../../../../src/services/history/operation';
import type {
  HistoryFilter,
  HistoryGroup,
  HistoryGrouping,
  HistoryPageQuery,
  VerdictFilter,
} from '../../../../src/shared/history/query';
import {
  type RecordHead,
  recordHeadSchema,
  scanKinds,
  type ScanRecord,
} from '../../../../src/shared/scan/record';
import { verdicts } from '../../../../src/shared/scan/verdict';

/** The history as plain as it can be written: what the database must agree with. */
export class HistoryModel {
  private records = new Map<string, ScanRecord>();

  get size(): number {
    return this.records.size;
  }

  get ids(): string[] {
    return [...this.records.keys()];
  }

  apply(operation: HistoryOperation): void {
    switch (operation.type) {
      case 'put':
        this.records.set(operation.record.id, operation.record);
        break;
      case 'remove':
        for (const id of operation.ids) this.records.delete(id);
        break;
      case 'clear':
        this.records.clear();
        break;
      case 'retain': {
        const { maxRecords, startedFrom = 0 } = operation;
        const kept = this.matching({}).slice(0, maxRecords);
        this.records = new Map(
          kept.filter(({ startedAt }) => startedAt >= startedFrom).map((record) => [record.id, record]),
        );
        break;
      }
    }
  }

  get(id: string): ScanRecord | undefined {
    return this.records.get(id);
  }

  /** Newest first. */
  matching(filter: HistoryFilter): ScanRecord[] {
    return [...this.records.values()].filter((record) => matches(record, filter)).sort(newestFirst);
  }

  page({ filter, after, limit }: HistoryPageQuery): { records: RecordHead[]; hasNext: boolean } {
    const rest = this.matching(filter).filter(
      (record) => after === undefined || newestFirst({ ...record, ...after }, record) < 0,
    );
    return { records: rest.slice(0, limit).map(headOf), hasNext: rest.length > limit };
  }

  groups(by: HistoryGrouping, filter: HistoryFilter): Pick<HistoryGroup, 'key' | 'count'>[] {
    const keys = this.matching(filter).map((record) => keyOf(by, record));
    const order = { day: [...new Set(keys)], kind: [...scanKinds], verdict: [...verdicts, 'none'] }[by];
    return order
      .map((key) => ({ key, count: keys.filter((other) => other === key).length }))
      .filter(({ count }) => count > 0);
  }
}

function headOf(record: ScanRecord): RecordHead {
  const keys = Object.keys(recordHeadSchema.entries);
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key))) as RecordHead;
}

/** Ids compare by their bytes in UTF-8, in the form in which they are stored; those of the tests are ASCII. */
function newestFirst(one: RecordHead, other: RecordHead): number {
  return other.startedAt - one.startedAt || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0);
}

function keyOf(by: HistoryGrouping, { kind, verdict, startedAt }: RecordHead): string {
  if (by === 'kind') return kind;
  if (by === 'verdict') return verdict ?? 'none';
  // Sweden writes its dates the ISO way.
  return new Date(startedAt).toLocaleDateString('sv-SE');
}

function matches(record: ScanRecord, filter: HistoryFilter): boolean {
  const { id, kinds, verdicts: wanted, text = '', from = 0, before = Infinity, finishedFrom = 0 } = filter;
  const verdict: VerdictFilter = record.verdict ?? 'none';
  return (
    (id === undefined || record.id === id) &&
    (kinds?.includes(record.kind) ?? true) &&
    (wanted?.includes(verdict) ?? true) &&
    record.startedAt >= from &&
    record.startedAt < before &&
    record.finishedAt >= finishedFrom &&
    text.split(/\s+/u).every((word) => searched(record).some((field) => field.includes(points(word))))
  );
}

const fields = new WeakMap<ScanRecord, readonly string[]>();

function searched(record: ScanRecord): readonly string[] {
  const names = record.findings.flatMap(({ rule, title }) => [rule, title]);
  const texts =
    fields.get(record) ?? [record.target, record.summary, record.sha256 ?? '', ...names].map(points);
  fields.set(record, texts);
  return texts;
}

/** Whole characters, none of which is found in the half of another one. */
function points(text: string): string {
  return Array.from(text.toUpperCase().normalize('NFC'), (point) => `${point}\u{1}`).join('');
}

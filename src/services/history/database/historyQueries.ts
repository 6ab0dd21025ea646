import type {
  HistoryCursor,
  HistoryFilter,
  HistoryGroup,
  HistoryGrouping,
  HistoryPage,
  HistoryPageQuery,
} from '../../../shared/history/query';
import { scanKinds, type ScanRecord } from '../../../shared/scan/record';
import { matching, pageOf, verdictFilters } from './conditions';
import type { Connection, Row } from './connection';
import { type LocalDay, localDayOf } from './localDays';
import {
  headColumns,
  originalId,
  readHead,
  readRecord,
  recordColumns,
  RecordReader,
  storedId,
} from './storedRecord';

/** What is asked of the history. Records that cannot be read are left out of every answer, told once and counted. */
export class HistoryQueries {
  private readonly damaged = new Set<string>();

  constructor(
    private readonly connection: Connection,
    private readonly onDamagedRow: (problem: string) => void,
  ) {}

  /** Rows that could not be read so far. */
  get damagedRows(): number {
    return this.damaged.size;
  }

  get(id: string): ScanRecord | undefined {
    const [row] = this.connection.rows(
      `SELECT ${recordColumns.join()} FROM records r
       JOIN entries e ON e.started_at = r.started_at AND e.id = r.id WHERE r.id = ?`,
      [storedId(id)],
    );
    return row === undefined ? undefined : this.intact(row, readRecord(row));
  }

  page({ filter, after, limit }: HistoryPageQuery): HistoryPage {
    // One more than wanted tells whether there is another page.
    const rows = this.read(headColumns, filter, after, limit + 1);
    const shown = rows.slice(0, limit);
    const records = shown.map((row) => this.intact(row, readHead(row))).filter((head) => head !== undefined);
    const last = shown.at(-1);
    return { records, ...(rows.length > limit && last !== undefined ? { next: placeOf(last) } : {}) };
  }

  /**
   * Whole records, newest first, read a batch at a time. They are believed by their checksums.
   * @param batchSize how many are in memory at once
   */
  *records(filter: HistoryFilter, batchSize: number): Generator<ScanRecord> {
    const reader = new RecordReader();
    let after: HistoryCursor | undefined;
    for (;;) {
      const rows = this.read(recordColumns, filter, after, batchSize);
      for (const row of rows) {
        const record = this.intact(row, reader.read(row));
        if (record !== undefined) yield record;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < batchSize) return;
      after = placeOf(last);
    }
  }

  count(filter: HistoryFilter): number {
    const { sql, values } = matching(filter);
    return this.connection.number(`SELECT count(*) FROM ${sql}`, values);
  }

  groups(by: HistoryGrouping, filter: HistoryFilter): HistoryGroup[] {
    switch (by) {
      case 'day':
        return this.days(filter);
      case 'kind':
        return this.tally('kind', filter, scanKinds);
      case 'verdict':
        return this.tally('verdict', filter, verdictFilters);
    }
  }

  private tally(column: 'kind' | 'verdict', filter: HistoryFilter, order: readonly string[]): HistoryGroup[] {
    const { sql, values } = matching(filter);
    const rows = this.connection.rows(`SELECT ${column}, count(*) FROM ${sql} GROUP BY +${column}`, values);
    const counts = new Map(rows.map(([key, count]) => [key, Number(count)]));
    return order.flatMap((key) => {
      const count = counts.get(key);
      return count === undefined ? [] : [{ key, count }];
    });
  }

  private days(filter: HistoryFilter): HistoryGroup[] {
    const { sql, values } = matching(filter);
    const counts = new Map<string, { readonly day: LocalDay; count: number }>();
    let group: { readonly day: LocalDay; count: number } | undefined;
    this.connection.forEach(`SELECT started_at FROM ${sql}`, values, ([start]) => {
      const moment = Number(start);
      // Most lie beside each other.
      if (group === undefined || moment < group.day.from || moment >= group.day.before) {
        const day = localDayOf(moment);
        group = counts.get(day.key) ?? { day, count: 0 };
        counts.set(day.key, group);
      }
      group.count += 1;
    });
    const newestFirst = [...counts.values()].sort((one, other) => other.day.from - one.day.from);
    return newestFirst.map(({ day, count }) => {
      const before = Math.min(day.before, filter.before ?? Infinity);
      return {
        key: day.key,
        count,
        from: Math.max(day.from, filter.from ?? 0),
        ...(before === Infinity ? {} : { before }),
      };
    });
  }

  /** Rows of the columns, in the order of pages. */
  private read(
    columns: readonly string[],
    filter: HistoryFilter,
    after: HistoryCursor | undefined,
    limit: number,
  ): Row[] {
    const { sql, values } = pageOf(filter, after, limit);
    return this.connection.rows(
      `SELECT ${columns.join()} FROM (${sql}) e LEFT JOIN records r ON r.row = e.row AND r.id = e.id
       ORDER BY e.started_at DESC, e.id DESC`,
      values,
    );
  }

  /** Hands on what could be read. */
  private intact<T>(row: Row, read: T | undefined): T | undefined {
    const id = String(row[1]);
    if (read === undefined && !this.damaged.has(id)) {
      this.damaged.add(id);
      this.onDamagedRow(`The record ${id} cannot be read and is left out.`);
    }
    return read;
  }
}

function placeOf([startedAt, id]: Row): HistoryCursor {
  return { startedAt: Number(startedAt), id: originalId(id) };
}

import type { SqlValue } from 'sql.js';
import { SentinelError } from '../../../shared/errors';
import type { ScanRecord } from '../../../shared/scan/record';
import type { FileContent } from '../../files/fileContent';
import type { AppliesOperations, HistoryOperation } from '../operation';
import type { Connection } from './connection';
import { HistoryQueries } from './historyQueries';
import { searchTextOf } from './searchText';
import { storedId, storeRecord } from './storedRecord';

/** The history in SQLite, in memory. Methods throw SentinelErrors `history.database`. */
export class HistoryDatabase implements AppliesOperations {
  readonly queries: HistoryQueries;
  private sequence: number;
  private records: number;

  /**
   * @param connection to tables of the present version
   * @param migrated whether they were of an earlier one, as they still are in the file
   * @param onDamagedRow receives what could not be read, in words for the log
   */
  constructor(
    private readonly connection: Connection,
    private migrated: boolean,
    onDamagedRow: (problem: string) => void,
  ) {
    this.queries = new HistoryQueries(connection, onDamagedRow);
    this.sequence = connection.number('SELECT applied_sequence FROM state');
    this.records = connection.number('SELECT count(*) FROM entries');
  }

  get appliedSequence(): number {
    return this.sequence;
  }

  /** Of all records, the damaged ones included. */
  get recordCount(): number {
    return this.records;
  }

  /** When the oldest record started; absent where there is none. */
  get oldestStart(): number | undefined {
    const [oldest] = this.connection.rows('SELECT started_at FROM entries ORDER BY started_at LIMIT 1');
    return oldest === undefined ? undefined : Number(oldest[0]);
  }

  apply(sequence: number, operation: HistoryOperation): void {
    if (sequence !== this.sequence + 1) {
      throw new SentinelError('history.sequence', `Operation ${sequence} came after ${this.sequence}.`);
    }
    this.records += this.connection.transaction(() => {
      const added = this.change(operation);
      this.connection.run('UPDATE state SET applied_sequence = ?', [sequence]);
      return added;
    });
    this.sequence = sequence;
  }

  /** Whether the file is of an earlier version than what is in memory. */
  get isMigrated(): boolean {
    return this.migrated;
  }

  get isLost(): boolean {
    return this.connection.isLost;
  }

  get changedBytes(): number {
    return this.connection.changedBytes;
  }

  export(): Iterable<Uint8Array> {
    return this.connection.export();
  }

  rebase(content: FileContent): void {
    this.connection.rebase(content);
    this.migrated = false;
  }

  close(): void {
    this.connection.close();
  }

  /** @returns by how many records there are more */
  private change(operation: HistoryOperation): number {
    switch (operation.type) {
      case 'put':
        return this.put(operation.record);
      case 'remove':
        return -operation.ids.reduce((removed, id) => removed + this.remove(storedId(id)), 0);
      case 'clear':
        this.connection.run('DELETE FROM records');
        return -this.connection.run('DELETE FROM entries');
      case 'retain':
        return -this.retain(operation.maxRecords, operation.startedFrom);
    }
  }

  private put(record: ScanRecord): number {
    const { kind, verdict = 'none', startedAt, finishedAt } = record;
    const { id, head, engines, body, checksum } = storeRecord(record);
    const replaced = this.remove(id);
    // Or replaced, should damage have left one table's part of a record without the other's.
    this.connection.run(
      'INSERT OR REPLACE INTO records (id, started_at, head, engines, body, checksum) VALUES (?, ?, ?, ?, ?, ?)',
      [id, startedAt, head, engines, body, checksum],
    );
    this.connection.run(
      `INSERT OR REPLACE INTO entries (started_at, id, row, kind, verdict, finished_at, search)
       VALUES (?, ?, last_insert_rowid(), ?, ?, ?, ?)`,
      [startedAt, id, kind, verdict, finishedAt, searchTextOf(record)],
    );
    return 1 - replaced;
  }

  private remove(id: string): number {
    const removed = this.connection.run(
      'DELETE FROM entries WHERE (started_at, id) = (SELECT started_at, id FROM records WHERE id = ?)',
      [id],
    );
    this.connection.run('DELETE FROM records WHERE id = ?', [id]);
    return removed;
  }

  private retain(maxRecords: number, startedFrom: number | undefined): number {
    const removed = startedFrom === undefined ? 0 : this.removeBefore(startedFrom, '');
    const surplus = this.records - removed - maxRecords;
    if (surplus <= 0) return removed;
    const [first] = this.connection.rows(
      'SELECT started_at, id FROM entries ORDER BY started_at, id LIMIT 1 OFFSET ?',
      [surplus],
    );
    return removed + (first === undefined ? 0 : this.removeBefore(first[0], first[1]));
  }

  /** Removes what comes before a place in the order of time. */
  private removeBefore(startedAt: SqlValue = 0, id: SqlValue = ''): number {
    const place = [startedAt, id];
    this.connection.run(
      'DELETE FROM records WHERE row IN (SELECT row FROM entries WHERE (started_at, id) < (?, ?))',
      place,
    );
    return this.connection.run('DELETE FROM entries WHERE (started_at, id) < (?, ?)', place);
  }
}

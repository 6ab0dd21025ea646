import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';
import { errorMessage, SentinelError } from '../../../shared/errors';

type Values = readonly SqlValue[];

/** One row of a result, in the order of the query's columns. */
export type Row = Values;

/** A journal on a disk would protect a copy in memory from nothing; what was deleted shall not linger in the file. */
const connectionSettings = `
  PRAGMA page_size = 8192;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA temp_store = MEMORY;
  PRAGMA secure_delete = ON;
`;

/** A share of unused pages above which the file is worth being rewritten: a quarter. */
const wastefulShare = 0.25;

/** SQLite on a copy of a file in memory. Its errors are SentinelErrors `history.database`. */
export class Connection {
  private readonly database: Database;
  private readonly prepared = new Map<string, Statement>();

  /** @param bytes of a database file; absent: a new, empty one */
  constructor(sqlite: SqlJsStatic, bytes?: Uint8Array) {
    this.database = attempt('open', () => new sqlite.Database(bytes));
    try {
      this.script(connectionSettings);
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  /** Runs statements without parameters. */
  script(sql: string): void {
    attempt(sql, () => this.database.exec(sql));
  }

  /**
   * Runs one statement that changes something; it is kept prepared.
   * @returns how many rows were added, changed or removed
   */
  run(sql: string, values: Values = []): number {
    return attempt(sql, () => {
      let statement = this.prepared.get(sql);
      if (statement === undefined) {
        statement = this.database.prepare(sql);
        this.prepared.set(sql, statement);
      }
      try {
        statement.run([...values]);
      } finally {
        // A failed statement keeps a read transaction open until it is reset.
        statement.reset();
      }
      return this.database.getRowsModified();
    });
  }

  /** The rows one by one, for results that are large or that need not be read to their end. */
  forEach(sql: string, values: Values, visit: (row: Row) => void): void {
    attempt(sql, () => {
      const statement = this.database.prepare(sql);
      try {
        statement.bind([...values]);
        while (statement.step()) visit(statement.get());
      } finally {
        statement.free();
      }
    });
  }

  rows(sql: string, values: Values = []): Row[] {
    const rows: Row[] = [];
    this.forEach(sql, values, (row) => rows.push(row));
    return rows;
  }

  /** The first column of the first row, as a number; 0 where there is none. */
  number(sql: string, values: Values = []): number {
    return Number(this.rows(sql, values)[0]?.[0] ?? 0);
  }

  /** All of it takes effect, or nothing. */
  transaction<T>(change: () => T): T {
    this.script('BEGIN');
    try {
      const result = change();
      this.script('COMMIT');
      return result;
    } catch (error) {
      this.script('ROLLBACK');
      throw error;
    }
  }

  /** The database as a file. */
  export(): Uint8Array {
    const pages = this.number('PRAGMA page_count');
    if (this.number('PRAGMA freelist_count') > pages * wastefulShare) this.script('VACUUM');
    // The library closes the database, by which prepared statements and settings are lost, and opens it again.
    this.prepared.clear();
    const bytes = attempt('export', () => this.database.export());
    this.script(connectionSettings);
    return bytes;
  }

  close(): void {
    this.prepared.clear();
    this.database.close();
  }
}

/** @throws SentinelError `history.database` for what SQLite throws; Sentinel's own errors as they are */
function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SentinelError) throw error;
    const statement = what.trim().replace(/\s+/g, ' ').slice(0, 80);
    throw new SentinelError('history.database', `${errorMessage(error)} (${statement})`, { cause: error });
  }
}

import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';
import { errorMessage, SentinelError } from '../../../shared/errors';
import { contentOf, type FileContent } from '../../files/fileContent';
import { OverlaidFile } from './overlaidFile';

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

/** SQLite's own words for SQLITE_CORRUPT and SQLITE_NOTADB. */
const isMalformedFile = /malformed|not a database/;

/** SQLite on a file that it changes in memory alone. Its errors are SentinelErrors `history.database`. */
export class Connection {
  private database: Database;
  private readonly prepared = new Map<string, Statement>();
  private isMalformed = false;

  /** @param file of a database, which is closed with the connection */
  constructor(
    private readonly sqlite: SqlJsStatic,
    private readonly diskError: () => Error,
    private file: OverlaidFile,
  ) {
    this.database = openFile(sqlite, file);
  }

  /**
   * Whether the file could not be read or made no sense, be it once. The connection is of no use any more then; what
   * is wrong shows when the file is opened anew.
   */
  get isLost(): boolean {
    return this.isMalformed || this.file.failure !== undefined;
  }

  /** What has been changed since the file was opened, or `rebase`. */
  get changedBytes(): number {
    return this.file.changedBytes;
  }

  /** Runs statements without parameters. */
  script(sql: string): void {
    this.attempt(sql, () => this.database.exec(sql));
  }

  /**
   * Runs one statement that changes something; it is kept prepared.
   * @returns how many rows were added, changed or removed
   */
  run(sql: string, values: Values = []): number {
    return this.attempt(sql, () => {
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
    this.attempt(sql, () => {
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

  /**
   * The database as a file, piece by piece; each lasts until the next one. Nothing may be asked before the last.
   * @throws what the system throws for the file on the disk
   */
  *export(): Generator<Uint8Array> {
    const pages = this.number('PRAGMA page_count');
    if (this.number('PRAGMA freelist_count') > pages * wastefulShare) this.compact();
    yield* this.file.pieces();
  }

  /** Goes on from a file with what `export` gave. */
  rebase(content: FileContent): void {
    this.file.rebase(content);
  }

  close(): void {
    this.prepared.clear();
    this.database.close();
    this.file.close();
  }

  /** Writes the database anew, without its unused pages; this happens in memory. */
  private compact(): void {
    // Nobody sees afterwards that the file was not what it had been.
    this.file.check();
    this.file.letGo();
    this.script('VACUUM');
    // The library closes the database for it, by which statements are lost.
    this.prepared.clear();
    const bytes = this.attempt('export', () => this.database.export());
    const file = new OverlaidFile(contentOf(bytes), this.diskError);
    const database = openFile(this.sqlite, file);
    this.close();
    [this.file, this.database] = [file, database];
  }

  /** Nothing that came while the file could not be read is believed, whatever SQLite made of it. */
  private attempt<T>(what: string, action: () => T): T {
    try {
      const result = attempt(what, action);
      if (this.file.failure === undefined) return result;
    } catch (error) {
      if (isMalformedFile.test(errorMessage(error))) this.isMalformed = true;
      throw error;
    }
    const { failure } = this.file;
    throw new SentinelError('history.database', errorMessage(failure), { cause: failure });
  }
}

/** @returns a database with nothing in it */
export function emptyFile(sqlite: SqlJsStatic, diskError: () => Error): OverlaidFile {
  return attempt('create', () => {
    const database = new sqlite.Database();
    try {
      // Something has to be in it for the settings to be kept; the version is set when the tables are made.
      database.exec(`${connectionSettings} PRAGMA user_version = 1; PRAGMA user_version = 0;`);
      return new OverlaidFile(contentOf(database.export()), diskError);
    } finally {
      database.close();
    }
  });
}

function openFile(sqlite: SqlJsStatic, file: OverlaidFile): Database {
  // By its four methods it is all that the library takes it for.
  const database = attempt('open', () => new sqlite.Database(file as unknown as Uint8Array));
  try {
    attempt('settings', () => database.exec(connectionSettings));
    return database;
  } catch (error) {
    database.close();
    throw error;
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

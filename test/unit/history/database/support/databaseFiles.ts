import { crc32 } from 'node:zlib';
import type { SqlJsStatic } from 'sql.js';
import type { ScanRecord } from '../../../../../src/shared/scan/record';

/** A database file as version 1 wrote it; its statements are kept here, so that later code cannot change them. */
export function version1(sqlite: SqlJsStatic, records: readonly ScanRecord[], sequence: number): Uint8Array {
  const database = new sqlite.Database();
  database.exec(`
    PRAGMA page_size = 8192;
    CREATE TABLE state (applied_sequence INTEGER NOT NULL);
    CREATE TABLE records (
      row INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      started_at INTEGER NOT NULL,
      head TEXT NOT NULL,
      engines TEXT NOT NULL,
      body TEXT NOT NULL,
      checksum INTEGER NOT NULL
    );
    CREATE TABLE entries (
      started_at INTEGER NOT NULL,
      id TEXT NOT NULL,
      row INTEGER NOT NULL,
      kind TEXT NOT NULL,
      verdict TEXT NOT NULL,
      finished_at INTEGER NOT NULL,
      PRIMARY KEY (started_at, id)
    ) WITHOUT ROWID;
    CREATE INDEX classes ON entries (kind, verdict, started_at, id, finished_at, row);
    PRAGMA application_id = 0x536e4869;
    PRAGMA user_version = 1;
  `);
  database.run('INSERT INTO state VALUES (?)', [sequence]);
  for (const [row, record] of records.entries()) {
    const { id, kind, verdict, target, sha256, status, startedAt, finishedAt, durationMs, summary } = record;
    const { findings, details } = record;
    const head = JSON.stringify([target, sha256 ?? null, status, finishedAt, durationMs, summary]);
    const engines = JSON.stringify(record.engines);
    const body = JSON.stringify({ elapsedMs: record.engines.map(() => null), findings, details });
    const checksum = crc32(body, crc32(engines, crc32(head)));
    database.run('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)', [
      row,
      id,
      startedAt,
      head,
      engines,
      body,
      checksum,
    ]);
    database.run('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)', [
      startedAt,
      id,
      row,
      kind,
      verdict ?? 'none',
      finishedAt,
    ]);
  }
  const bytes = database.export();
  database.close();
  return bytes;
}

/** Changes rows behind the history's back, in a file that stays intact for SQLite. */
export function damageRows(
  sqlite: SqlJsStatic,
  bytes: Uint8Array,
  statements: Readonly<Record<string, string>>,
): Uint8Array {
  const database = new sqlite.Database(bytes);
  for (const [id, statement] of Object.entries(statements)) {
    database.run(statement);
    if (database.getRowsModified() !== 1) throw new Error(`${id} is not there.`);
  }
  const damaged = database.export();
  database.close();
  return damaged;
}

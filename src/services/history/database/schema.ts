import type { ScanRecord } from '../../../shared/scan/record';
import type { Connection } from './connection';
import { searchTextOf } from './searchText';

/** What SQLite keeps in a file's header to tell whose it is: `SnHi`. */
export const applicationId = 0x536e4869;

/**
 * Brings a database from one version to the next. Migrations are never changed once they were released: files of every
 * version that ever was must open.
 */
type Migration = (connection: Connection) => void;

/** The first makes version 1 of an empty database. */
const migrations: readonly Migration[] = [
  /**
   * `entries` lie in the order in which lists show them and are narrow, so that looking through all of them reads
   * little; `records` hold the rest. `classes` answers by itself how many there are of which kind and verdict, and
   * where the next of them is.
   */
  (connection) => {
    connection.script(`
      CREATE TABLE state (applied_sequence INTEGER NOT NULL);
      INSERT INTO state VALUES (0);
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
    `);
  },
  /** The text that searches look through, made of each record. */
  (connection) => {
    connection.script(`ALTER TABLE entries ADD COLUMN search TEXT NOT NULL DEFAULT ''`);
    const texts: [string, number, string][] = [];
    const all = 'SELECT e.started_at, e.id, r.head, r.body FROM entries e JOIN records r ON r.row = e.row';
    connection.forEach(all, [], ([startedAt, id, head, body]) => {
      texts.push([searchTextInVersion1(String(head), String(body)), Number(startedAt), String(id)]);
    });
    for (const text of texts) {
      connection.run('UPDATE entries SET search = ? WHERE started_at = ? AND id = ?', text);
    }
  },
];

/** The version that this Sentinel writes. */
export const schemaVersion = migrations.length;

/**
 * Makes the tables of an empty database, or brings older ones up to date, in one transaction.
 * @returns whether something was changed
 */
export function migrate(connection: Connection): boolean {
  const version = connection.number('PRAGMA user_version');
  if (version === schemaVersion) return false;
  connection.transaction(() => {
    for (const migration of migrations.slice(version)) migration(connection);
    connection.script(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion};`);
  });
  return true;
}

/** Of which only these are needed here. */
type HeadInVersion1 = [target: string, sha256: string | null, unknown, unknown, unknown, summary: string];

/** @returns nothing for what is damaged, which no text finds */
function searchTextInVersion1(head: string, body: string): string {
  try {
    const [target, sha256, , , , summary] = JSON.parse(head) as HeadInVersion1;
    const { findings } = JSON.parse(body) as Pick<ScanRecord, 'findings'>;
    return searchTextOf({ target, summary, findings, ...(sha256 === null ? {} : { sha256 }) });
  } catch {
    return '';
  }
}

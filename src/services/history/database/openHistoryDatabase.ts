import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { errorMessage } from '../../../shared/errors';
import type { OpenDatabase } from '../operation';
import { Connection } from './connection';
import { problemOfHeader } from './databaseFile';
import { HistoryDatabase } from './historyDatabase';
import { migrate } from './schema';

export interface HistoryDatabaseOptions {
  /** The content of `dist/wasm/sql-wasm.wasm`. */
  readonly wasmBinary: Uint8Array;
  /** Receives what could not be read of an intact file, in words for the log. */
  readonly onDamagedRow: (problem: string) => void;
  /** False for files that were just looked through by somebody else: damage shows where it is met. */
  readonly looksThrough?: boolean;
}

/** Loads SQLite. @returns what opens files with it */
export async function loadHistoryDatabase(
  options: HistoryDatabaseOptions,
): Promise<OpenDatabase<HistoryDatabase>> {
  // Given as a buffer of its own: a view would be taken for the whole of what it views.
  const sqlite = await initSqlJs({ wasmBinary: new Uint8Array(options.wasmBinary).buffer });
  return (bytes) => open(sqlite, bytes, options);
}

function open(
  sqlite: SqlJsStatic,
  bytes: Uint8Array | undefined,
  { onDamagedRow, looksThrough = true }: HistoryDatabaseOptions,
): ReturnType<OpenDatabase<HistoryDatabase>> {
  const wrong = bytes === undefined ? undefined : problemOfHeader(bytes);
  if (wrong !== undefined) return wrong;
  let connection: Connection | undefined;
  try {
    connection = new Connection(sqlite, bytes);
    if (bytes !== undefined && looksThrough) {
      const [[verdict] = []] = connection.rows('PRAGMA quick_check(1)');
      if (verdict !== 'ok') throw new Error(String(verdict));
    }
    const isMigrated = migrate(connection) && bytes !== undefined;
    return { database: new HistoryDatabase(connection, isMigrated, onDamagedRow) };
  } catch (error) {
    connection?.close();
    // A new database that cannot be made is no damage of a file.
    if (bytes === undefined) throw error;
    return { problem: 'damaged', detail: errorMessage(error) };
  }
}

import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { errorMessage } from '../../../shared/errors';
import type { FileContent } from '../../files/fileContent';
import type { OpenDatabase } from '../operation';
import { Connection, emptyFile } from './connection';
import { problemOfHeader } from './databaseFile';
import { diskErrorsOf } from './diskError';
import { HistoryDatabase } from './historyDatabase';
import { OverlaidFile } from './overlaidFile';
import { migrate } from './schema';

export interface HistoryDatabaseOptions {
  /** The content of `dist/wasm/sql-wasm.wasm`. */
  readonly wasmBinary: Uint8Array;
  /** Receives what could not be read of an intact file, in words for the log. */
  readonly onDamagedRow: (problem: string) => void;
}

/** Loads SQLite. @returns what opens files with it */
export async function loadHistoryDatabase(
  options: HistoryDatabaseOptions,
): Promise<OpenDatabase<HistoryDatabase>> {
  // Given as a buffer of its own: a view would be taken for the whole of what it views.
  const sqlite = await initSqlJs({ wasmBinary: new Uint8Array(options.wasmBinary).buffer });
  const diskError = diskErrorsOf(sqlite);
  return (content, isKnown = false) => open(sqlite, diskError, content, isKnown, options);
}

function open(
  sqlite: SqlJsStatic,
  diskError: () => Error,
  content: FileContent | undefined,
  isKnown: boolean,
  { onDamagedRow }: HistoryDatabaseOptions,
): ReturnType<OpenDatabase<HistoryDatabase>> {
  const started = (connection: Connection): HistoryDatabase =>
    new HistoryDatabase(connection, migrate(connection) && content !== undefined, onDamagedRow);
  // A new database that cannot be made is no damage of a file.
  if (content === undefined) {
    return { database: started(new Connection(sqlite, diskError, emptyFile(sqlite, diskError))) };
  }
  const file = new OverlaidFile(content, diskError);
  let connection: Connection | undefined;
  try {
    const wrong = problemOfHeader(file);
    if (wrong !== undefined) {
      file.close();
      return wrong;
    }
    connection = new Connection(sqlite, diskError, file);
    if (!isKnown) {
      const [[verdict] = []] = connection.rows('PRAGMA quick_check(1)');
      if (verdict !== 'ok') throw new Error(String(verdict));
    }
    return { database: started(connection) };
  } catch (error) {
    (connection ?? file).close();
    // Nor is a disk that cannot be read.
    if (file.failure !== undefined) throw file.failure;
    return { problem: 'damaged', detail: errorMessage(error) };
  }
}

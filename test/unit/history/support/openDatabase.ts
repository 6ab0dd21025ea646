import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { contentOf } from '../../../../src/services/files/fileContent';
import type { HistoryDatabase } from '../../../../src/services/history/database/historyDatabase';
import { loadHistoryDatabase } from '../../../../src/services/history/database/openHistoryDatabase';
import type { HistoryOperation, OpenDatabase } from '../../../../src/services/history/operation';

/** The module that `dist/wasm` holds a copy of. */
export const wasmFile = path.join(
  path.dirname(createRequire(path.resolve('package.json')).resolve('sql.js')),
  'sql-wasm.wasm',
);

export function loadDatabase(
  onDamagedRow?: (problem: string) => void,
): Promise<OpenDatabase<HistoryDatabase>> {
  return loadHistoryDatabase({
    wasmBinary: readFileSync(wasmFile),
    onDamagedRow:
      onDamagedRow ??
      ((problem) => {
        throw new Error(problem);
      }),
  });
}

/** Opens what must open. */
export function opened(open: OpenDatabase<HistoryDatabase>, bytes?: Uint8Array): HistoryDatabase {
  const result = open(bytes && contentOf(bytes));
  if ('problem' in result) assert.fail(`${result.problem}: ${result.detail}`);
  return result.database;
}

/** The whole file. */
export function exported(database: HistoryDatabase): Buffer {
  return Buffer.concat(Array.from(database.export(), (piece) => Buffer.from(piece)));
}

export function applyAll(database: HistoryDatabase, ...operations: readonly HistoryOperation[]): void {
  for (const operation of operations) database.apply(database.appliedSequence + 1, operation);
}

import { readFileSync } from 'node:fs';
import type { Clock } from '../../shared/clock';
import { errorMessage, SentinelError } from '../../shared/errors';
import type { Logger } from '../../shared/logger';
import type { HistoryWorkerData } from '../../shared/protocol/historyWorker';
import type { HistoryDatabase } from './database/historyDatabase';
import { loadHistoryDatabase } from './database/openHistoryDatabase';
import type { OpenDatabase } from './operation';
import { HistoryStore } from './storage/historyStore';
import type { HistoryStoreOptions } from './storage/storeOptions';

export interface OpenStoreOptions extends Pick<
  HistoryStoreOptions<HistoryDatabase>,
  'onChanged' | 'onStateChanged' | 'onSetAside' | 'limits'
> {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Loads SQLite and reads the history's files, on the thread that owns them.
 * @throws SentinelError `history.unreadable` where SQLite cannot be loaded; how the files are is the store's state
 */
export async function openStore(
  { folder, wasmFile }: HistoryWorkerData,
  options: OpenStoreOptions,
): Promise<HistoryStore<HistoryDatabase>> {
  const openDatabase = await loadDatabase(wasmFile, options);
  return await HistoryStore.open({ ...options, folder, openDatabase });
}

async function loadDatabase(
  wasmFile: string,
  { logger }: OpenStoreOptions,
): Promise<OpenDatabase<HistoryDatabase>> {
  try {
    return await loadHistoryDatabase({
      wasmBinary: readFileSync(wasmFile),
      onDamagedRow: (problem) => {
        logger.warning(`History: ${problem}`);
      },
    });
  } catch (error) {
    throw new SentinelError('history.unreadable', `SQLite: ${errorMessage(error)}`, { cause: error });
  }
}

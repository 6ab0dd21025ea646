import { errorMessage } from '../../shared/errors';
import type { Logger } from '../../shared/logger';
import type { ScanRecord } from '../../shared/scan/record';
import type { History } from './history';

/** Puts a scan into the history. Never rejects: an answer that could not be kept is still an answer. */
export async function keepRecord(
  history: Pick<History, 'put'>,
  record: ScanRecord,
  logger: Logger,
): Promise<void> {
  try {
    await history.put(record);
  } catch (error) {
    logger.error(`A scan could not be put into the history: ${errorMessage(error)}`, error);
  }
}

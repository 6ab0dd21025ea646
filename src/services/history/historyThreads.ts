import path from 'node:path';
import type { ResourceLimits } from 'node:worker_threads';
import type { Clock } from '../../shared/clock';
import type { Logger } from '../../shared/logger';
import {
  type HistoryExportPush,
  type HistoryExportRequests,
  historyExportWorkerProtocol,
} from '../../shared/protocol/historyExportWorker';
import {
  type HistoryNotification,
  type HistoryPush,
  type HistoryRequests,
  type HistoryWorkerData,
  historyWorkerProtocol,
} from '../../shared/protocol/historyWorker';
import { spawnThread } from '../../workers/thread';
import { WorkerClient } from '../../workers/workerClient';

export type HistoryClient = WorkerClient<HistoryRequests, HistoryNotification, HistoryPush>;
export type HistoryExportClient = WorkerClient<HistoryExportRequests, never, HistoryExportPush>;

/** What `HistoryService` gets its threads from. */
export interface HistoryThreads {
  createHistory(): HistoryClient;
  /** One for each export. */
  createExport(): HistoryExportClient;
}

/** An empty thread costs some memory, starting one some 50 ms. */
const idleMs = 3 * 60_000;
/** The thread gives a sign of life every 10 s. Writing a large history to a slow disk takes a while. */
const silenceLimitMs = 60_000;
/** The database itself lies outside of what is limited here. */
const historyLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };
/** Makes and forgets an object for each record, for a few seconds. */
const exportLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 48 };

/**
 * @param distFolder where the bundles are
 * @param folder where the history's files are, or will be
 */
export function historyThreads(
  distFolder: string,
  folder: string,
  clock: Clock,
  logger: Logger,
): HistoryThreads {
  const workerData: HistoryWorkerData = { folder, wasmFile: path.join(distFolder, 'wasm', 'sql-wasm.wasm') };
  const spawn = (bundle: string, name: string, resourceLimits: ResourceLimits) => () =>
    spawnThread(path.join(distFolder, 'workers', bundle), { name, logger, workerData, resourceLimits });
  return {
    createHistory: () =>
      new WorkerClient({
        name: 'history',
        protocol: historyWorkerProtocol,
        clock,
        logger,
        idleMs,
        silenceLimitMs,
        spawn: spawn('history.js', 'sentinel-history', historyLimits),
      }),
    createExport: () =>
      new WorkerClient({
        name: 'historyExport',
        protocol: historyExportWorkerProtocol,
        clock,
        logger,
        spawn: spawn('historyExport.js', 'sentinel-history-export', exportLimits),
      }),
  };
}

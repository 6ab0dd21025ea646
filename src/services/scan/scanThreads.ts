import path from 'node:path';
import type { Clock } from '../../shared/clock';
import type { Logger } from '../../shared/logger';
import {
  type ScanPlaces,
  type ScanPush,
  scanWorkerProtocol,
  type ScanWorkerRequests,
} from '../../shared/protocol/scanWorker';
import { spawnThread } from '../../workers/thread';
import { WorkerClient } from '../../workers/workerClient';

export interface ScanThreadOptions {
  /** Where the bundles are. */
  readonly distFolder: string;
  /** Where what is known about files is kept between sessions. */
  readonly storageFolder: string;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Compiled rules are worth keeping for people who scan one file after another; they cost memory, too. */
const idleMs = 3 * 60_000;
/** What is known of files, and what was found in a large folder. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** The thread that coordinates scans, with those that scan below it. It is started by the first scan. */
export function createScanCoordinator({
  distFolder,
  storageFolder,
  version,
  clock,
  logger,
}: ScanThreadOptions): WorkerClient<ScanWorkerRequests, never, ScanPush> {
  const workerData: ScanPlaces = {
    threadFile: path.join(distFolder, 'workers', 'scanThread.js'),
    wasmFile: path.join(distFolder, 'wasm', 'yara_x_js_bg.wasm'),
    packFolder: path.join(distFolder, 'rules'),
    knownFilesFile: path.join(storageFolder, 'known-files'),
    version,
  };
  return new WorkerClient({
    name: 'scan',
    protocol: scanWorkerProtocol,
    clock,
    logger,
    idleMs,
    spawn: () =>
      spawnThread(path.join(distFolder, 'workers', 'scanCoordinator.js'), {
        name: 'sentinel-scan',
        logger,
        workerData,
        resourceLimits,
      }),
  });
}

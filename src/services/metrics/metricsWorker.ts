import path from 'node:path';
import type { Clock } from '../../shared/clock';
import type { Logger } from '../../shared/logger';
import { metricsWorkerProtocol } from '../../shared/protocol/metricsWorker';
import { spawnThread } from '../../workers/thread';
import { WorkerClient } from '../../workers/workerClient';
import type { MetricsWorker } from './metricsService';

/** A sampler needs little; a leak would end the thread, which is then replaced, before it hurts the editor. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

/** @param distFolder where the bundles are */
export function createMetricsWorker(
  distFolder: string,
  platform: NodeJS.Platform,
  clock: Clock,
  logger: Logger,
): MetricsWorker {
  const bundle = platform === 'linux' ? 'metricsLinux.js' : 'metricsPortable.js';
  return new WorkerClient({
    name: 'metrics',
    protocol: metricsWorkerProtocol,
    clock,
    logger,
    spawn: () =>
      spawnThread(path.join(distFolder, 'workers', bundle), {
        name: 'sentinel-metrics',
        logger,
        resourceLimits,
      }),
  });
}

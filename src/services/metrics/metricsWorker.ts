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
  let checkingMs = 0;
  const client = new WorkerClient({
    name: 'metrics',
    protocol: {
      ...metricsWorkerProtocol,
      push: (raw) => {
        const startedMs = clock.monotonicMs();
        const parsed = metricsWorkerProtocol.push(raw);
        checkingMs = clock.monotonicMs() - startedMs;
        return parsed;
      },
    },
    clock,
    logger,
    spawn: () =>
      spawnThread(path.join(distFolder, 'workers', bundle), {
        name: 'sentinel-metrics',
        logger,
        resourceLimits,
      }),
  });
  return {
    onStarted: client.onStarted,
    onPush: client.onPush,
    notify: (config) => client.notify(config),
    keepAlive: () => client.keepAlive(),
    replace: (why) => client.replace(why),
    stop: () => client.stop(),
    get checkingMs() {
      return checkingMs;
    },
  };
}

import type { Clock } from '../../../shared/clock';
import type { Logger } from '../../../shared/logger';
import { urlWorkerProtocol, type UrlWorkerRequests } from '../../../shared/protocol/urlWorker';
import { spawnThread } from '../../../workers/thread';
import { WorkerClient } from '../../../workers/workerClient';

/** Reading large lists takes a second, which people who look at one link after another shall not wait for each time. */
const idleMs = 2 * 60_000;
/** Lists lie outside of it. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** The thread that analyses links; it is started by the first one. @param file the bundle of the thread */
export function createUrlThread(
  file: string,
  clock: Clock,
  logger: Logger,
): WorkerClient<UrlWorkerRequests, never, never> {
  return new WorkerClient({
    name: 'url',
    protocol: urlWorkerProtocol,
    clock,
    logger,
    idleMs,
    spawn: () =>
      spawnThread(file, {
        name: 'sentinel-url',
        logger,
        resourceLimits,
      }),
  });
}

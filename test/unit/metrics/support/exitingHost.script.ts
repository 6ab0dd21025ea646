import { systemClock } from '../../../../src/shared/clock';
import { nullLogger } from '../../../../src/shared/logger';
import { metricsWorkerProtocol } from '../../../../src/shared/protocol/metricsWorker';
import { spawnThread } from '../../../../src/workers/thread';
import { WorkerClient } from '../../../../src/workers/workerClient';

/** A host that ends at once after a few samples which list the volume, as the extension host does at its end. */
const [, , bundle = '', mount = ''] = process.argv;
const client = new WorkerClient({
  name: 'metrics',
  protocol: metricsWorkerProtocol,
  clock: systemClock,
  logger: nullLogger,
  spawn: () => spawnThread(bundle, { name: 'metrics', logger: nullLogger }),
});
let samples = 0;
client.onStarted(() => client.notify({ intervalMs: 1_000, processes: 'everyTick' }));
client.onPush(({ disk }) => {
  if (disk.volumes.some((volume) => volume.mount === mount)) samples += 1;
  if (samples < 3) return;
  process.send?.('exiting', () => process.exit(0));
});
client.keepAlive();

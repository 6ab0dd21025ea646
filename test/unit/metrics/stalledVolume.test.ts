import assert from 'node:assert/strict';
import { MetricsService } from '../../../src/services/metrics/metricsService';
import { systemClock } from '../../../src/shared/clock';
import type { MetricsSnapshot } from '../../../src/shared/metrics/snapshot';
import { metricsWorkerProtocol } from '../../../src/shared/protocol/metricsWorker';
import { spawnThread } from '../../../src/workers/thread';
import { WorkerClient } from '../../../src/workers/workerClient';
import { skip } from '../../support/skip';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { StalledMount, stalledMountProblem } from './support/stalledMount';
import { until } from './support/until';

/** A real mount that never answers, and the real thread; real time, because the kernel's own waiting is tested. */
describe('a volume that stalls', function () {
  this.timeout(60_000);
  const bundle = new FixtureBundle();
  let stalled: StalledMount | undefined;
  let service: MetricsService;
  let logger: RecordingLogger;
  let seen: MetricsSnapshot[];

  before(async function () {
    const problem = stalledMountProblem();
    if (problem !== undefined) skip(this, problem);
    stalled = new StalledMount();
    try {
      await stalled.mount();
    } catch (error) {
      skip(this, `no mount that stalls could be made: ${String(error)}`);
    }
    await bundle.build('src/workers/metricsLinux.worker.ts');
  });
  after(() => {
    // Also what is still waiting for the mount ends with it.
    stalled?.dispose();
    bundle.remove();
  });

  it('delays nobody, is shown as not answering, and holds up no one who stops', async () => {
    logger = new RecordingLogger();
    const client = new WorkerClient({
      name: 'metrics',
      protocol: metricsWorkerProtocol,
      clock: systemClock,
      logger,
      spawn: () => spawnThread(bundle.file('metricsLinux.worker'), { name: 'metrics', logger }),
    });
    service = new MetricsService(
      client,
      { state: { status: 'notStarted', count: 0, devices: [] }, cost: undefined, follow: () => undefined },
      systemClock,
      logger,
    );
    seen = [];
    service.onSnapshot((snapshot) => seen.push(snapshot));
    service.demand({ intervalMs: 1_000, processes: 'slow' });
    const find = (): string | undefined =>
      seen.at(-1)?.disk.volumes.find(({ mount }) => mount === stalled?.folder)?.absent;
    await until(() => find() === 'timedOut', 'the volume shown as not answering');
    const before = seen.length;
    await until(() => seen.length >= before + 3, 'three more snapshots', 10_000);
    const gaps = seen.slice(1).map(({ elapsedMs = 0 }) => elapsedMs);
    assert.ok(Math.max(...gaps) < 2_000, `the longest gap was ${Math.max(...gaps)} ms`);
    const own = seen.at(-1);
    assert.ok((own?.disk.volumes.length ?? 0) >= 1);
    if (own?.absent['disk.totalMB'] === undefined)
      assert.ok((own?.disk.totalMB ?? 0) > 0, 'local volumes go on');
    assert.deepEqual(logger.of('warning'), []);

    const startedMs = performance.now();
    await service.stop();
    assert.ok(performance.now() - startedMs < 4_000, 'stopping waits for no stalled volume');
    // A thread ends when the kernel lets go of its question, here because the mount is given up.
    stalled?.abort();
    await client.stop();
    assert.equal(client.isRunning, false);
  });
});

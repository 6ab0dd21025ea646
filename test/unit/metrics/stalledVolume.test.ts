import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { MetricsService } from '../../../src/services/metrics/metricsService';
import { RemoteVolumes, statFinder } from '../../../src/services/metrics/remoteVolumes';
import { ProcessRunner } from '../../../src/services/process/processRunner';
import { systemClock } from '../../../src/shared/clock';
import type { MetricsSnapshot, VolumeMetrics } from '../../../src/shared/metrics/snapshot';
import { metricsWorkerProtocol } from '../../../src/shared/protocol/metricsWorker';
import { spawnThread } from '../../../src/workers/thread';
import { WorkerClient } from '../../../src/workers/workerClient';
import { skip } from '../../support/skip';
import { processesWith } from '../process/support/processes';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { noGpu } from './support/noGpu';
import { StalledMount, stalledMountProblem } from './support/stalledMount';
import { until } from './support/until';

/** A real mount that never answers, and the real thread; real time, because the kernel's own waiting is tested. */
describe('a volume that stalls', function () {
  this.timeout(60_000);
  const bundle = new FixtureBundle();
  let stalled: StalledMount;

  before(async function () {
    const problem = stalledMountProblem();
    if (problem !== undefined) skip(this, problem);
    await bundle.build(
      'src/workers/metricsLinux.worker.ts',
      'src/services/process/guardian.process.ts',
      'test/unit/metrics/support/exitingHost.script.ts',
    );
  });
  beforeEach(async function () {
    stalled = new StalledMount();
    try {
      await stalled.mount();
    } catch (error) {
      skip(this, `no mount that stalls could be made: ${String(error)}`);
    }
  });
  afterEach(() => {
    // Also what is still waiting for the mount ends with it.
    stalled.dispose();
  });
  after(() => {
    bundle.remove();
  });

  it('delays nobody, is shown as not answering, and leaves nothing that waits for it', async () => {
    const logger = new RecordingLogger();
    const clock = systemClock;
    const client = new WorkerClient({
      name: 'metrics',
      protocol: metricsWorkerProtocol,
      clock,
      logger,
      spawn: () => spawnThread(bundle.file('metricsLinux.worker'), { name: 'metrics', logger }),
    });
    const runner = new ProcessRunner({ clock, logger, guardianFile: bundle.file('guardian.process') });
    const volumes = new RemoteVolumes({ runner, clock, findStat: statFinder() });
    const service = new MetricsService(client, noGpu, volumes, clock, logger);
    const seen: MetricsSnapshot[] = [];
    service.onSnapshot((snapshot) => seen.push(snapshot));
    service.demand({ intervalMs: 1_000, processes: 'everyTick' });
    const find = (): VolumeMetrics | undefined =>
      seen.at(-1)?.disk.volumes.find(({ mount }) => mount === stalled.folder);

    await until(() => processesWith(`--\0${stalled.folder}`).length === 1, 'the process that asks');
    await until(() => find()?.absent === 'timedOut', 'the volume shown as not answering');
    assert.equal(find()?.remote, true);
    await until(() => processesWith(`--\0${stalled.folder}`).length === 0, 'the end of the process', 1_000);
    assert.equal(runner.runningCount, 0);
    const before = seen.length;
    await until(() => seen.length >= before + 3, 'three more snapshots', 10_000);
    const gaps = seen.slice(1).map(({ elapsedMs = 0 }) => elapsedMs);
    assert.ok(Math.max(...gaps) < 2_000, `the longest gap was ${Math.max(...gaps)} ms`);
    assert.ok((seen.at(-1)?.disk.totalMB ?? 0) > 0, 'the local volume goes on');

    const startedMs = performance.now();
    volumes.dispose();
    await service.stop();
    assert.ok(performance.now() - startedMs < 1_000, 'stopping waits for no stalled volume');
    assert.equal(client.isRunning, false);
    await runner.stop();
    assert.deepEqual(processesWith(stalled.folder).length, 1, 'the holder of the mount alone');
    assert.deepEqual(logger.of('warning'), []);
  });

  it('ends with whoever asks it', async () => {
    const logger = new RecordingLogger();
    const runner = new ProcessRunner({
      clock: systemClock,
      logger,
      guardianFile: bundle.file('guardian.process'),
    });
    const volumes = new RemoteVolumes({ runner, clock: systemClock, findStat: statFinder() });
    volumes.follow(true);
    volumes.merge([{ mount: stalled.folder, fs: 'fuse', remote: true }]);
    await until(() => processesWith(`--\0${stalled.folder}`).length === 1, 'the process that asks');
    volumes.dispose();
    await until(() => processesWith(`--\0${stalled.folder}`).length === 0, 'its end', 1_000);
    await runner.stop();
  });

  it('does not keep a host from ending', async () => {
    const host = fork(bundle.file('exitingHost.script'), [
      bundle.file('metricsLinux.worker'),
      stalled.folder,
    ]);
    try {
      const exited = once(host, 'exit');
      assert.deepEqual(await Promise.race([once(host, 'message'), exited]), ['exiting', undefined]);
      const startedMs = performance.now();
      await until(() => host.exitCode !== null || host.signalCode !== null, 'the end of the host', 5_000);
      assert.deepEqual(await exited, [0, null]);
      assert.ok(performance.now() - startedMs < 1_500, `${performance.now() - startedMs} ms`);
    } finally {
      host.kill('SIGKILL');
    }
  });
});

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import workerThreads, { type Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { MetricsService } from '../../../src/services/metrics/metricsService';
import { systemClock } from '../../../src/shared/clock';
import { metricsWorkerProtocol } from '../../../src/shared/protocol/metricsWorker';
import type { MetricsSnapshot } from '../../../src/shared/metrics/snapshot';
import { spawnThread } from '../../../src/workers/thread';
import { WorkerClient } from '../../../src/workers/workerClient';
import { skip } from '../../support/skip';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { noGpu } from './support/noGpu';
import { noRemoteVolumes } from './support/noRemoteVolumes';
import { until } from './support/until';

/** The real thread: real time, because what is tested is that it comes in time. */
describe('the metrics thread', function () {
  this.timeout(30_000);
  const bundle = new FixtureBundle();
  const OriginalWorker = workerThreads.Worker;
  let logger: RecordingLogger;
  let workers: Worker[];
  let service: MetricsService;
  let seen: MetricsSnapshot[];

  before(async function () {
    if (process.platform !== 'linux') skip(this, 'the thread of Linux reads /proc');
    await bundle.build(
      'src/workers/metricsLinux.worker.ts',
      'src/workers/metricsPortable.worker.ts',
      'test/unit/metrics/support/exiting.thread.ts',
    );
  });
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    workers = [];
    workerThreads.Worker = class extends OriginalWorker {
      constructor(...args: ConstructorParameters<typeof OriginalWorker>) {
        super(...args);
        workers.push(this);
      }
    };
    logger = new RecordingLogger();
    service = serve('metricsLinux.worker');
  });
  afterEach(async () => {
    await service.stop();
    workerThreads.Worker = OriginalWorker;
  });

  function serve(name: string): MetricsService {
    const client = new WorkerClient({
      name: 'metrics',
      protocol: metricsWorkerProtocol,
      clock: systemClock,
      logger,
      spawn: () => spawnThread(bundle.file(name), { name: 'metrics', logger }),
    });
    const served = new MetricsService(client, noGpu, noRemoteVolumes, systemClock, logger);
    seen = [];
    served.onSnapshot((snapshot) => seen.push(snapshot));
    return served;
  }

  /** Threads of this process, as the kernel counts them. */
  const threads = (): number => readdirSync('/proc/self/task').length;

  it('gives the first figures at once and rates within about a second', async () => {
    const startedMs = performance.now();
    service.demand({ intervalMs: 3_000, processes: 'slow' });
    await until(() => seen.length >= 2, 'two snapshots');
    // Starting a thread on a busy machine takes its time; the second sample must not wait for the whole period.
    assert.ok(performance.now() - startedMs < 3_900, `${performance.now() - startedMs} ms`);
    const [first, second] = seen;
    assert.equal(first?.cpu.percent, undefined);
    assert.ok(second?.elapsedMs !== undefined && second.elapsedMs < 2_000);
    assert.ok(second.cpu.percent !== undefined && (second.memory.usedMB ?? 0) > 0);
    assert.ok((second.sentinel.cpuPercent ?? -1) >= 0 && (second.sentinel.rssMB ?? 0) > 1);
    assert.deepEqual(logger.of('warning'), []);
  });

  for (const [how, thread] of [
    ['is terminated from outside', 'metricsLinux.worker'],
    ['ends itself', 'exiting.thread'],
  ] as const) {
    it(`comes back with a log line and no gap beyond two ticks when it ${how}`, async () => {
      const intervalMs = 2_000;
      service = serve(thread);
      service.demand({ intervalMs, processes: 'never' });
      await until(() => seen.length >= 2, 'two snapshots');
      const before = seen.length;
      const lastMs = Date.parse(seen.at(-1)?.timestamp ?? '');
      if (thread === 'metricsLinux.worker') void workers[0]?.terminate();
      await until(() => workers.length === 2 && seen.length > before, 'a snapshot of the new thread');
      const gapMs = Date.parse(seen.at(-1)?.timestamp ?? '') - lastMs;
      assert.ok(gapMs <= 2 * intervalMs, `a gap of ${gapMs} ms`);
      assert.match(logger.of('warning').join(), /Thread metrics ended unexpectedly .* starts now/);
      await until(() => seen.at(-1)?.cpu.percent !== undefined, 'rates again');
    });
  }

  it('stops when nobody looks, starts again, and leaves neither threads nor descriptors', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    // The first round starts what the process keeps (the pool for files, inspector pipes).
    let settled: { threads: number; descriptors: number } | undefined;
    for (let round = 0; round < 5; round++) {
      const hold = service.demand({ intervalMs: 1_000, processes: 'everyTick' });
      const before = seen.length;
      await until(() => seen.length > before, 'a snapshot');
      hold.dispose();
      await until(() => workers.every(({ threadId }) => threadId === -1), 'the end of the thread');
      settled ??= { threads: threads(), descriptors: descriptors() };
    }
    assert.equal(workers.length, 5);
    await until(
      () => threads() <= (settled?.threads ?? 0) && descriptors() <= (settled?.descriptors ?? 0),
      'no more threads and descriptors than after the first round',
    );
    await service.stop();
    assert.deepEqual(logger.of('warning'), []);
  });

  it('refuses a configuration out of bounds with a log line and goes on', async () => {
    const client = new WorkerClient({
      name: 'metrics',
      protocol: metricsWorkerProtocol,
      clock: systemClock,
      logger,
      spawn: () => spawnThread(bundle.file('metricsLinux.worker'), { name: 'metrics', logger }),
    });
    let pushes = 0;
    client.onPush(() => (pushes += 1));
    client.onStarted(() => {
      client.notify({ intervalMs: 1, processes: 'never' });
      client.notify('nonsense' as never);
      client.notify({ intervalMs: 1_000, processes: 'never' });
    });
    const hold = client.keepAlive();
    await until(() => pushes > 0, 'a snapshot');
    await until(() => logger.of('warning').length >= 2, 'two refusals');
    assert.match(logger.of('warning').join(), /A notification was refused/);
    hold.dispose();
    await client.stop();
  });

  it('of other systems runs as well', async () => {
    service = serve('metricsPortable.worker');
    service.demand({ intervalMs: 1_000, processes: 'never' });
    await until(() => seen.length >= 2, 'two snapshots');
    assert.ok((seen[1]?.memory.totalMB ?? 0) > 0 && seen[1]?.cpu.percent !== undefined);
  });

  it('has no way to start a process: its bundle imports none', async () => {
    const { metafile } = await build({
      entryPoints: ['src/workers/metricsLinux.worker.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
      metafile: true,
      logLevel: 'error',
    });
    const imports = new Set(
      Object.values(metafile.inputs).flatMap((input) =>
        input.imports.map(({ path }) => path.replace('node:', '')),
      ),
    );
    assert.ok(imports.has('fs'), 'imports are seen');
    for (const name of ['child_process', 'cluster', 'systeminformation', 'execa']) {
      assert.ok(!imports.has(name), `${name} is imported`);
    }
    assert.ok(![...imports].some((name) => name.startsWith('net') || name.startsWith('http')));
  });
});

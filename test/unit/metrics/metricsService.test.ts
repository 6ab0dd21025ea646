import assert from 'node:assert/strict';
import { type GpuSource, MetricsService } from '../../../src/services/metrics/metricsService';
import type { VolumeSource } from '../../../src/services/metrics/remoteVolumes';
import type { MetricsSnapshot } from '../../../src/shared/metrics/snapshot';
import { FakeClock, settle } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';
import { madeSnapshot } from './support/fakeSampler';
import { FakeWorker } from './support/fakeWorker';
import { noGpu } from './support/noGpu';
import { noRemoteVolumes } from './support/noRemoteVolumes';

describe('MetricsService', () => {
  let clock: FakeClock;
  let logger: RecordingLogger;
  let worker: FakeWorker;
  let gpu: { -readonly [K in keyof GpuSource]: GpuSource[K] };
  let volumes: { -readonly [K in keyof VolumeSource]: VolumeSource[K] };
  let service: MetricsService;
  beforeEach(() => {
    clock = new FakeClock();
    logger = new RecordingLogger();
    worker = new FakeWorker();
    gpu = { ...noGpu };
    volumes = { ...noRemoteVolumes };
    service = new MetricsService(worker, gpu, volumes, clock, logger);
  });
  afterEach(() => {
    service.dispose();
    assert.equal(clock.pendingTimers, 0, 'no timer is left');
    assert.equal(worker.holds, 0, 'no hold is left');
    assert.equal(worker.started.listenerCount + worker.pushed.listenerCount, 0, 'no listener is left');
  });

  const push = (changes = {}): void => {
    worker.pushed.fire(madeSnapshot({ timestamp: new Date(clock.now()).toISOString(), ...changes }));
  };

  it('starts no thread before someone looks', async () => {
    await clock.advance(60_000);
    assert.equal(worker.threads, 0);
    assert.equal(service.current, undefined);
  });

  it('samples as the most demanding wants it, and less when they leave', () => {
    const bar = service.demand({ intervalMs: 10_000, processes: 'slow' });
    assert.deepEqual(worker.told, [{ intervalMs: 10_000, processes: 'slow' }]);
    const panel = service.demand({ intervalMs: 3_000, processes: 'everyTick' });
    const other = service.demand({ intervalMs: 60_000, processes: 'never' });
    const same = service.demand({ intervalMs: 3_000, processes: 'never' });
    panel.dispose();
    panel.dispose();
    same.dispose();
    bar.dispose();
    assert.deepEqual(worker.told, [
      { intervalMs: 10_000, processes: 'slow' },
      { intervalMs: 3_000, processes: 'everyTick' },
      { intervalMs: 3_000, processes: 'slow' },
      { intervalMs: 10_000, processes: 'slow' },
      { intervalMs: 60_000, processes: 'never' },
    ]);
    assert.equal(worker.threads, 1);
    other.dispose();
    assert.equal(worker.running, false);
    assert.equal(worker.holds, 0);
  });

  it('keeps equal demands apart, also of the same object', () => {
    const demand = { intervalMs: 3_000, processes: 'never' } as const;
    const one = service.demand(demand);
    const two = service.demand(demand);
    one.dispose();
    assert.equal(worker.running, true);
    two.dispose();
    assert.equal(worker.running, false);
  });

  it('keeps periods within the bounds of the thread', () => {
    service.demand({ intervalMs: 600_000, processes: 'never' });
    service.demand({ intervalMs: 5, processes: 'never' });
    assert.deepEqual(
      worker.told.map(({ intervalMs }) => intervalMs),
      [60_000, 1_000],
    );
  });

  it('hands on snapshots with the GPU and keeps the history', () => {
    const seen: MetricsSnapshot[] = [];
    service.onSnapshot((snapshot) => seen.push(snapshot));
    push();
    assert.equal(seen.length, 0, 'nobody asked');
    service.demand({ intervalMs: 3_000, processes: 'never' });
    gpu.state = { status: 'running', count: 0, devices: [] };
    push({ cpu: { count: 1, percent: 12 } });
    assert.equal(seen[0]?.gpu.status, 'running');
    assert.equal(service.current, seen[0]);
    assert.deepEqual(service.history, [{ t: clock.now(), cpu: 12 }]);
  });

  it('pauses and resumes: no thread, no snapshot, history kept', () => {
    const changes: boolean[] = [];
    service.onPausedChanged((paused) => changes.push(paused));
    service.demand({ intervalMs: 3_000, processes: 'never' });
    push();
    service.setPaused(true);
    service.setPaused(true);
    assert.equal(worker.running, false);
    assert.equal(clock.pendingTimers, 0);
    push();
    service.demand({ intervalMs: 1_000, processes: 'never' });
    assert.equal(worker.running, false, 'nobody resumes by looking');
    assert.equal(service.history.length, 1);
    service.setPaused(false);
    assert.deepEqual(worker.told, [{ intervalMs: 1_000, processes: 'never' }]);
    assert.deepEqual(changes, [true, false]);
    assert.deepEqual(logger.of('info'), ['Paused.', 'Resumed.']);
    assert.equal(worker.threads, 2);
  });

  it('tells a thread that replaces another what to do', () => {
    service.demand({ intervalMs: 3_000, processes: 'slow' });
    worker.start();
    assert.deepEqual(worker.told, [{ intervalMs: 3_000, processes: 'slow' }]);
  });

  it('replaces a thread that hangs, again and again, with a log line each', async () => {
    service.demand({ intervalMs: 3_000, processes: 'never' });
    for (let second = 0; second < 60; second += 3) {
      await clock.advance(3_000);
      push();
    }
    assert.deepEqual(worker.replaced, []);
    await clock.advance(13_900);
    assert.deepEqual(worker.replaced, []);
    await clock.advance(100);
    assert.deepEqual(worker.replaced, ['it sent no samples']);
    await clock.advance(14_000);
    assert.equal(worker.replaced.length, 2);
    assert.equal(logger.of('warning').length, 2);
    assert.match(logger.of('warning')[0] ?? '', /No sample for 14 s/);
    assert.equal(worker.running, true);
  });

  it('changes a demand without a moment in which nobody demands', () => {
    const hold = service.demand({ intervalMs: 5_000, processes: 'slow' });
    hold.change({ intervalMs: 10_000, processes: 'slow' });
    assert.deepEqual(
      worker.told.map(({ intervalMs }) => intervalMs),
      [5_000, 10_000],
    );
    assert.deepEqual([worker.threads, worker.replaced], [1, []]);
    hold.dispose();
    hold.change({ intervalMs: 5_000, processes: 'slow' });
    assert.equal(worker.running, false, 'a hold that was disposed demands nothing');
  });

  it('tells the pace in force', () => {
    const told: (number | undefined)[] = [];
    service.onIntervalChanged((intervalMs) => told.push(intervalMs));
    const bar = service.demand({ intervalMs: 5_000, processes: 'slow' });
    const panel = service.demand({ intervalMs: 3_000, processes: 'everyTick' });
    assert.equal(service.intervalMs, 3_000);
    panel.dispose();
    bar.dispose();
    assert.equal(service.intervalMs, undefined);
    assert.deepEqual(told, [5_000, 3_000, 5_000, undefined]);
  });

  it('says since when samples stay away, before it gives the thread up, until one comes', async () => {
    const told: (string | undefined)[] = [];
    service.onLateChanged((since) => told.push(since));
    service.demand({ intervalMs: 3_000, processes: 'never' });
    push();
    const since = new Date(clock.now()).toISOString();
    await clock.advance(10_900);
    assert.equal(service.lateSince, undefined);
    await clock.advance(100);
    assert.equal(service.lateSince, since);
    assert.deepEqual(worker.replaced, []);
    await clock.advance(30_000);
    assert.equal(service.lateSince, since, 'a new thread that is silent as well changes nothing');
    push();
    assert.equal(service.lateSince, undefined);
    await clock.advance(11_000);
    assert.equal(told.length, 3, 'and again');
    service.setPaused(true);
    assert.equal(service.lateSince, undefined, 'nothing is owed in a pause');
  });

  it('takes an hour of sleep for no silence', async () => {
    service.demand({ intervalMs: 3_000, processes: 'never' });
    await clock.advance(2_000);
    clock.suspend(3_600_000);
    await clock.advance(3_000);
    push();
    await clock.advance(3_000);
    assert.deepEqual(worker.replaced, []);
  });

  it('reports a listener that throws and tells the others', () => {
    const seen: MetricsSnapshot[] = [];
    service.onSnapshot(() => {
      throw new Error('broken view');
    });
    service.onSnapshot((snapshot) => seen.push(snapshot));
    service.demand({ intervalMs: 3_000, processes: 'never' });
    push();
    assert.equal(seen.length, 1);
    assert.equal(logger.of('error').length, 1);
  });

  it('tells the GPU telemetry how often figures are wanted, and when nobody looks', () => {
    const followed: (number | undefined)[] = [];
    gpu.follow = (intervalMs) => followed.push(intervalMs);
    const slow = service.demand({ intervalMs: 5_000, processes: 'never' });
    const fast = service.demand({ intervalMs: 3_000, processes: 'never' });
    service.setPaused(true);
    service.setPaused(false);
    fast.dispose();
    slow.dispose();
    assert.deepEqual(followed, [5_000, 3_000, undefined, 3_000, 5_000, undefined]);
  });

  it('tells the source of remote volumes when a panel shows them, and shows what it knows', () => {
    const told: boolean[] = [];
    volumes.follow = (looking) => told.push(looking);
    volumes.merge = ([volume]) => [{ ...volume!, percent: 7 }];
    const bar = service.demand({ intervalMs: 10_000, processes: 'slow' });
    const panel = service.demand({ intervalMs: 3_000, processes: 'everyTick' });
    push({ disk: { volumes: [{ mount: '/share', fs: 'nfs4', remote: true }] } });
    assert.deepEqual(service.current?.disk.volumes, [
      { mount: '/share', fs: 'nfs4', remote: true, percent: 7 },
    ]);
    service.setPaused(true);
    service.setPaused(false);
    panel.dispose();
    bar.dispose();
    assert.deepEqual(told, [false, true, false, true, false, false]);
  });

  it('counts the time in which a sample is checked', () => {
    service.demand({ intervalMs: 3_000, processes: 'never' });
    worker.checkingMs = 3;
    push({ elapsedMs: 3_000, sentinel: { cpuPercent: 0.5 } });
    assert.deepEqual(service.current?.sentinel, { cpuPercent: 0.6 });
  });

  it('adds up its own cost: thread, listeners and GPU process', () => {
    service.demand({ intervalMs: 3_000, processes: 'never' });
    service.onSnapshot(() => {
      clock.suspend(30);
    });
    push({ elapsedMs: 3_000, sentinel: { cpuPercent: 0.5, rssMB: 10 } });
    assert.deepEqual(service.current?.sentinel, { cpuPercent: 0.5, rssMB: 10 });
    // The process's first reading has nothing to be compared with: its time so far is not of this interval.
    gpu.cost = { cpuMs: 700, rssMB: 40 };
    push({ elapsedMs: 3_000, sentinel: { cpuPercent: 0.5, rssMB: 10 } });
    assert.deepEqual(service.current.sentinel, { cpuPercent: 1.5, rssMB: 50 });
    gpu.cost = { cpuMs: 730, rssMB: 40 };
    push({ elapsedMs: 3_000, sentinel: { cpuPercent: 0.5, rssMB: 10 } });
    assert.deepEqual(service.current.sentinel, { cpuPercent: 2.5, rssMB: 50 });
    push({ sentinel: {} });
    assert.deepEqual(service.current.sentinel, {}, 'unknown stays unknown');
  });

  it('keeps the history bounded and in order', () => {
    service.demand({ intervalMs: 1_000, processes: 'never' });
    for (let second = 0; second < 2_000; second++) {
      clock.suspend(1_000);
      push();
    }
    assert.equal(service.history.length, 901);
    clock.adjustWallClock(-60_000);
    push();
    const times = service.history.map(({ t }) => t);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.equal(times.at(-1), clock.now());
  });

  it('does nothing any more once disposed', () => {
    const hold = service.demand({ intervalMs: 1_000, processes: 'never' });
    service.dispose();
    service.dispose();
    hold.dispose();
    service.demand({ intervalMs: 1_000, processes: 'never' });
    service.setPaused(true);
    service.setPaused(false);
    push();
    assert.equal(worker.running, false);
    assert.equal(worker.threads, 1);
    assert.equal(service.history.length, 0);
  });

  it('waits for the thread when it stops, as long as the thread’s client does', async () => {
    let ended: () => void = () => undefined;
    worker.stopped = new Promise((resolve) => {
      ended = resolve;
    });
    service.demand({ intervalMs: 1_000, processes: 'never' });
    let stopped = 0;
    void service.stop().then(() => (stopped += 1));
    await clock.advance(60_000);
    assert.equal(stopped, 0);
    ended();
    await settle();
    assert.equal(stopped, 1);
    assert.equal(clock.pendingTimers, 0);
  });
});

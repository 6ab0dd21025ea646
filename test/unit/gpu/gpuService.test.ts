import assert from 'node:assert/strict';
import { type GpuError, GpuService } from '../../../src/gpu/gpuService';
import type { GpuState } from '../../../src/shared/gpu/gpu';
import type { GpuProcessOptionsInput } from '../../../src/shared/protocol/gpuLines';
import { FakeClock, settle } from '../support/fakeClock';
import { FakeGpuChild } from './support/fakeGpuChild';
import { device, lines } from './support/gpuDevices';

describe('GpuService', () => {
  let clock: FakeClock;
  let children: FakeGpuChild[];
  let started: { atMs: number; options: GpuProcessOptionsInput }[];
  let warnings: string[];
  let statuses: string[];
  let updates: GpuState[];
  let counts: { previous: number; count: number }[];
  let errors: GpuError[];
  let service: GpuService;
  let failToStart: Error | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    children = [];
    started = [];
    warnings = [];
    statuses = [];
    updates = [];
    counts = [];
    errors = [];
    failToStart = undefined;
    const log = (message: string): void => void warnings.push(message);
    service = new GpuService(
      { intervalMs: 3_000 },
      {
        clock,
        logger: {
          trace: () => undefined,
          debug: () => undefined,
          info: () => undefined,
          warning: log,
          error: log,
        },
        random: () => 0,
        startChild: (options) => {
          started.push({ atMs: clock.monotonicMs(), options });
          if (failToStart) throw failToStart;
          const child = new FakeGpuChild();
          children.push(child);
          return child;
        },
      },
    );
    service.statusChanged(({ status }) => statuses.push(status));
    service.metricsUpdated((state) => updates.push(state));
    service.gpuCountChanged((change) => counts.push(change));
    service.error((error) => errors.push(error));
  });

  afterEach(() => {
    service.dispose();
    assert.equal(clock.pendingTimers, 0, 'a timer survived');
  });

  const child = (): FakeGpuChild => children.at(-1)!;

  async function say(...text: readonly string[]): Promise<void> {
    child().say(...text);
    await settle();
  }

  /** Beats like a process that is well. */
  async function beatFor(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await say(lines.heartbeat());
      await clock.advance(Math.min(5_000, ms - passed));
    }
  }

  it('does nothing before it is started', async () => {
    await clock.advance(120_000);
    assert.equal(service.state.status, 'notStarted');
    assert.equal(children.length, 0);
  });

  it('goes from starting to running, and degraded while a provider fails', async () => {
    service.start();
    await say(lines.init, lines.heartbeat());
    assert.equal(service.state.status, 'starting', 'nobody has looked yet');
    await say(lines.metrics([]));
    await say(lines.providerError('amd', 'EIO'));
    assert.equal(service.state.reason, 'amd: EIO');
    await say(lines.metrics([device('a')]));
    assert.equal(service.state.status, 'degraded');
    await say(lines.providerRecovered('amd'));
    assert.equal(service.state.reason, undefined);
    assert.deepEqual(statuses, ['starting', 'running', 'degraded', 'running']);
  });

  it('tells of metrics only when they changed, and keeps the time of the last reading', async () => {
    service.start();
    await say(lines.metrics([device('a', { utilizationPercent: 1 })], '2024-01-15T10:30:45.000Z'));
    await clock.advance(3_000);
    await say(lines.metrics([device('a', { utilizationPercent: 1 })], '2024-01-15T10:30:48.000Z'));
    assert.equal(updates.length, 1);
    assert.equal(service.state.readAt, '2024-01-15T10:30:48.000Z');
    assert.equal(service.readingAgeMs, 0);
    await say(lines.metrics([device('a', { utilizationPercent: 2 })]));
    assert.equal(updates.length, 2);
    await clock.advance(1_500);
    assert.equal(service.readingAgeMs, 1_500);
  });

  it('tells when a device is unplugged and plugged in again, but not of the first reading', async () => {
    service.start();
    await say(lines.metrics([device('a'), device('b')]));
    assert.deepEqual(counts, []);
    await say(lines.metrics([device('a')]));
    await say(lines.metrics([device('a'), device('b')]));
    assert.deepEqual(counts, [
      { previous: 2, count: 1 },
      { previous: 1, count: 2 },
    ]);
    assert.deepEqual(
      service.state.devices.map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('does not say that there is no GPU before a provider has said so', async () => {
    service.start();
    await say(lines.init);
    await beatFor(10_000);
    await say(lines.providerError('amd', 'EIO'), lines.providerRecovered('amd'));
    assert.deepEqual(statuses, ['starting', 'degraded', 'starting']);
    assert.equal(service.state.readAt, undefined);
    await say(lines.metrics([]));
    assert.equal(service.state.status, 'running');
  });

  it('calls a reading stale when it is too old or nobody measures', async () => {
    service.start();
    assert.equal(service.state.stale, undefined, 'without a device');
    await say(lines.metrics([device('a')]));
    assert.equal(service.state.stale, undefined);
    for (const elapsedMs of [5_000, 5_000]) {
      await clock.advance(elapsedMs);
      await say(lines.heartbeat());
    }
    assert.equal(service.state.stale, undefined, 'three intervals and the slack');
    await clock.advance(1_500);
    assert.equal(service.state.stale, true, 'by its own interval, though nothing has happened');
    service.configure({ intervalMs: 10_000 });
    assert.equal(service.state.stale, undefined);
    await say(lines.metrics([device('a')]));
    child().exit('exit code 1');
    await settle();
    assert.equal(service.state.stale, true, 'restarting');
    await clock.advance(1_000);
    await say(lines.init, lines.heartbeat());
    assert.equal(service.state.stale, true, 'not measured anew');
    await say(lines.metrics([device('a')]));
    assert.equal(service.state.stale, undefined);
    await service.stop();
    assert.equal(service.state.stale, true, 'stopped');
  });

  it('takes no GPU for a normal state', async () => {
    service.start();
    await say(lines.metrics([]));
    assert.equal(service.state.status, 'running');
    assert.equal(service.state.count, 0);
    assert.equal(service.state.reason, undefined);
  });

  it('keeps the last reading over a crash', async () => {
    service.start();
    await say(lines.init, lines.metrics([device('a')]));
    child().exit('SIGSEGV');
    await settle();
    assert.equal(service.state.status, 'starting');
    assert.match(service.state.reason ?? '', /SIGSEGV/);
    assert.equal(service.state.devices.length, 1);
    await clock.advance(1_000);
    await say(lines.metrics([device('a')]));
    assert.deepEqual(counts, []);
  });

  it('opens the breaker in a crash loop, with doubling delays, and restart closes it', async () => {
    service.start();
    for (const delayMs of [1_000, 2_000]) {
      child().exit('exit code 1');
      await clock.advance(delayMs);
    }
    assert.deepEqual(
      started.map(({ atMs }) => atMs),
      [0, 1_000, 3_000],
    );
    child().exit('exit code 1');
    await clock.advance(600_000);
    assert.equal(started.length, 3);
    assert.equal(service.state.status, 'breakerOpen');
    assert.match(service.state.reason ?? '', /exit code 1/);
    assert.equal(service.state.failures, 3);
    assert.deepEqual(errors, [{ code: 'gpuGivenUp', failures: 3, reason: 'ended with exit code 1' }]);
    service.start();
    assert.equal(started.length, 3, 'start does not override the breaker');

    service.restart();
    await say(lines.init, lines.metrics([]));
    assert.equal(service.state.status, 'running');
    child().exit('exit code 1');
    await clock.advance(1_000);
    assert.equal(started.length, 5, 'the delay begins at 1 s again');
    assert.equal(service.state.status, 'starting');
  });

  it('opens the breaker in a crash loop of a process that works for a while', async () => {
    service.start();
    for (let life = 0; life < 3; life += 1) {
      await beatFor(25_000);
      child().exit('exit code 1');
      await clock.advance(2_000);
    }
    assert.equal(service.state.status, 'breakerOpen');
  });

  it('opens the breaker when the process never says a word', async () => {
    service.start();
    await clock.advance(20_000 + 1_000 + 20_000 + 2_000 + 20_000);
    assert.equal(service.state.status, 'breakerOpen');
    assert.match(service.state.reason ?? '', /no heartbeat for 20 s/);
    assert.ok(children.every(({ killed }) => killed));
  });

  it('opens the breaker in a stall loop of a process that works for a while', async () => {
    service.start();
    for (let life = 0; life < 3; life += 1) {
      await beatFor(25_000);
      await clock.advance(20_000);
    }
    assert.equal(service.state.status, 'breakerOpen');
    assert.equal(errors.length, 1);
  });

  it('sees a stall 20 s after the last heartbeat, whatever else arrives', async () => {
    service.start();
    await beatFor(5_000);
    await clock.advance(14_000);
    await say('garbage', lines.metrics([device('a')]));
    assert.equal(child().killed, false);
    await clock.advance(1_000);
    assert.equal(child().killed, true);
  });

  it('does not take a sleep of the machine for a stall', async () => {
    service.start();
    await beatFor(10_000);
    clock.suspend(3_600_000);
    await clock.advance(1);
    assert.equal(child().killed, false);
    await clock.advance(19_000);
    assert.equal(child().killed, false);
    await clock.advance(1_500);
    assert.equal(child().killed, true);
  });

  it('begins the delays anew after a healthy minute', async () => {
    service.start();
    child().exit('exit code 1');
    await clock.advance(1_000);
    await beatFor(70_000);
    const before = clock.monotonicMs();
    child().exit('exit code 1');
    await clock.advance(1_000);
    assert.equal(started.at(-1)?.atMs, before + 1_000);
    assert.equal(service.state.status, 'starting');
  });

  it('counts a process that cannot be started as a failure', async () => {
    failToStart = new Error('EACCES');
    service.start();
    await clock.advance(3_000);
    assert.equal(service.state.status, 'breakerOpen');
    assert.match(service.state.reason ?? '', /EACCES/);
  });

  it('gives the message of a fatal line as the reason and counts one failure', async () => {
    service.start();
    await say(lines.init, lines.fatal('out of handles'));
    child().exit('exit code 1');
    await settle();
    assert.match(service.state.reason ?? '', /out of handles/);
    await clock.advance(1_000);
    assert.equal(started.length, 2);
  });

  it('drops lines that do not fit, counts them and logs each kind once', async () => {
    service.start();
    await say(
      '{"type":"metrics"',
      '[]',
      '{"type":"unknown"}',
      lines.metrics([device('a')]).replace('"count":1', '"count":2'),
    );
    await say(`{"type":"fatal","message":"${'x'.repeat(300_000)}"}`);
    const wrongValue = lines.metrics([device('a', { powerW: 7 })]).replace('"value":7', '"value":"7"');
    await say(wrongValue, lines.metrics([device('a'), device('a')]));
    assert.deepEqual(service.droppedLines, { invalid: 6, overlong: 1, flood: 0 });
    assert.equal(warnings.length, 2);
    assert.equal(updates.length, 0);
  });

  it('counts a line that never ends once, when it passes the limit', async () => {
    service.start();
    const block = 'x'.repeat(64 * 1024);
    for (let count = 0; count < 4; count += 1) child().stdout.write(block);
    await settle();
    assert.equal(service.droppedLines.overlong, 0);
    for (let count = 0; count < 8; count += 1) child().stdout.write(block);
    await settle();
    assert.deepEqual(service.droppedLines, { invalid: 0, overlong: 1, flood: 0 });
    assert.equal(warnings.length, 1);
  });

  it('drops what is past the rate of a sane process, unparsed', async () => {
    service.start();
    await say(...Array.from({ length: 10_000 }, () => lines.heartbeat()));
    await settle();
    assert.equal(service.droppedLines.flood, 9_900);
    assert.equal(warnings.length, 1);
  });

  it('reads a line that comes in pieces, also inside a character', async () => {
    service.start();
    const bytes = Buffer.from(`${lines.metrics([device('a', {}, { name: 'Кар­та' })])}\n`);
    for (const byte of bytes) child().stdout.write(Buffer.from([byte]));
    await settle();
    assert.equal(service.state.devices[0]?.name, 'Кар­та');
  });

  it('passes pause, resume and a new interval on, and starts a process paused', async () => {
    service.start();
    service.pause();
    service.pause();
    service.configure({ intervalMs: 10_000 });
    service.resume();
    assert.deepEqual(child().written, [
      '{"type":"pause"}\n',
      '{"type":"interval","intervalMs":10000}\n',
      '{"type":"resume"}\n',
    ]);
    service.pause();
    child().exit('SIGKILL');
    await clock.advance(1_000);
    assert.deepEqual(started.at(-1)?.options, { intervalMs: 10_000, paused: true });
  });

  it('restarts the process for other settings, without counting a failure', async () => {
    service.start();
    await say(lines.init);
    for (const providers of [['amd'], ['nvidia'], ['amd'], ['nvidia']] as const) {
      service.configure({ intervalMs: 3_000, providers: [...providers] });
      await settle();
    }
    assert.equal(children.length, 5);
    assert.ok(children.slice(0, -1).every(({ inputEnded }) => inputEnded));
    assert.notEqual(service.state.status, 'breakerOpen');
  });

  it('stops by closing stdin, and kills a process that does not obey', async () => {
    service.start();
    await say(lines.init);
    await service.stop();
    assert.equal(child().killed, false);
    assert.equal(service.state.status, 'stopped');

    service.start();
    child().obedient = false;
    const stopped = service.stop();
    await clock.advance(1_999);
    assert.equal(child().killed, false);
    await clock.advance(1);
    assert.equal(child().killed, true);
    await stopped;
    await clock.advance(60_000);
    assert.equal(children.length, 2, 'a stopped process is not restarted');
  });

  it('kills a process that is still ending when it is disposed', async () => {
    service.start();
    child().obedient = false;
    const stopped = service.stop();
    service.dispose();
    assert.equal(child().killed, true);
    await stopped;
  });

  it('can be stopped by a listener', async () => {
    service.start();
    service.metricsUpdated(() => service.stop());
    await say(lines.metrics([device('a')]), lines.heartbeat());
    assert.equal(service.state.status, 'stopped');
  });

  it('can be stopped by a listener that hears of the start', async () => {
    service.statusChanged(({ status }) => {
      if (status === 'starting') void service.stop();
    });
    service.start();
    await settle();
    assert.equal(service.state.status, 'stopped');
    assert.equal(children.length, 1);
    assert.equal(child().inputEnded, true, 'the process is left behind');
    await clock.advance(60_000);
    assert.equal(children.length, 1);
  });

  it('does not wait for ever for a process that cannot be killed', async () => {
    service.start();
    child().obedient = false;
    child().mortal = false;
    let stopped = false;
    void service.stop().then(() => (stopped = true));
    await clock.advance(2_000);
    assert.deepEqual([child().killed, stopped], [true, false]);
    await clock.advance(2_000);
    assert.equal(stopped, true);
    assert.match(warnings.at(-1)!, /left behind/);
  });

  it('adds up what its processes cost', async () => {
    assert.equal(service.cost, undefined);
    service.start();
    await say(lines.heartbeat(100, 40));
    await say(lines.heartbeat(150, 41));
    assert.deepEqual(service.cost, { cpuMs: 150, rssMB: 41 });
    child().exit('SIGKILL');
    await settle();
    assert.deepEqual(service.cost, { cpuMs: 150, rssMB: 0 });
    await clock.advance(1_000);
    await say(lines.heartbeat(30, 39));
    assert.deepEqual(service.cost, { cpuMs: 180, rssMB: 39 });
  });

  it('kills the process when it is disposed, also while a restart is pending', async () => {
    service.start();
    service.dispose();
    assert.equal(child().killed, true);
    service.start();
    service.restart();
    await clock.advance(60_000);
    assert.equal(children.length, 1);
  });
});

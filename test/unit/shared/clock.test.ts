import assert from 'node:assert/strict';
import { systemClock } from '../../../src/shared/clock';
import { FakeClock } from '../support/fakeClock';

describe('systemClock', () => {
  it('tells wall-clock time, and monotonic time that does not go back', () => {
    const before = Date.now();
    const now = systemClock.now();
    assert.ok(before <= now && now <= Date.now());
    const first = systemClock.monotonicMs();
    assert.ok(first <= systemClock.monotonicMs());
  });

  it('calls once after a delay', async () => {
    const started = systemClock.monotonicMs();
    await new Promise<void>((resolve) => {
      systemClock.setTimeout(resolve, 5);
    });
    assert.ok(systemClock.monotonicMs() - started >= 4);
  });

  it('calls nothing that was disposed', async () => {
    let calls = 0;
    const timers = [systemClock.setTimeout(() => calls++, 0), systemClock.setInterval(() => calls++, 1)];
    for (const timer of [...timers, ...timers]) timer.dispose();
    await new Promise<void>((resolve) => {
      systemClock.setTimeout(resolve, 5);
    });
    assert.equal(calls, 0);
  });

  it('repeats until it is disposed', async () => {
    let calls = 0;
    await new Promise<void>((resolve) => {
      const timer = systemClock.setInterval(() => {
        if (++calls < 3) return;
        timer.dispose();
        resolve();
      }, 1);
    });
    assert.equal(calls, 3);
  });
});

describe('FakeClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    assert.equal(clock.monotonicMs(), 0);
    await clock.advance(1_500);
    assert.equal(clock.now(), start + 1_500);
    assert.equal(clock.monotonicMs(), 1_500);
  });

  it('runs a timer when its time has come, not before, and once', async () => {
    const clock = new FakeClock();
    const at: number[] = [];
    clock.setTimeout(() => at.push(clock.monotonicMs()), 100);
    await clock.advance(99);
    assert.deepEqual(at, []);
    await clock.advance(1);
    assert.deepEqual(at, [100]);
    await clock.advance(1_000);
    assert.deepEqual(at, [100]);
    assert.equal(clock.pendingTimers, 0);
  });

  it('runs timers in the order of their time, those of one moment in the order of their start', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    clock.setTimeout(() => order.push('20'), 20);
    clock.setTimeout(() => order.push('10 first'), 10);
    clock.setTimeout(() => order.push('10 second'), 10);
    clock.setTimeout(() => order.push('0'), -5);
    await clock.advance(20);
    assert.deepEqual(order, ['0', '10 first', '10 second', '20']);
  });

  it('runs timers that timers and promises start on the way', async () => {
    const clock = new FakeClock();
    const at: number[] = [];
    clock.setTimeout(() => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => {
          clock.setTimeout(() => at.push(clock.monotonicMs()), 10);
        });
    }, 10);
    await clock.advance(20);
    assert.deepEqual(at, [20]);
  });

  it('repeats an interval until it is disposed', async () => {
    const clock = new FakeClock();
    const at: number[] = [];
    const timer = clock.setInterval(() => at.push(clock.monotonicMs()), 10);
    await clock.advance(35);
    assert.equal(clock.pendingTimers, 1);
    timer.dispose();
    timer.dispose();
    await clock.advance(35);
    assert.deepEqual(at, [10, 20, 30]);
    assert.equal(clock.pendingTimers, 0);
  });

  it('does not run what was disposed', async () => {
    const clock = new FakeClock();
    let ran = false;
    clock.setTimeout(() => (ran = true), 10).dispose();
    assert.equal(clock.pendingTimers, 0);
    await clock.advance(10);
    assert.equal(ran, false);
  });

  it('can be suspended: time has passed and no timer has run', async () => {
    const clock = new FakeClock();
    const at: number[] = [];
    clock.setTimeout(() => at.push(clock.monotonicMs()), 10);
    clock.suspend(3_600_000);
    assert.deepEqual(at, []);
    await clock.advance(0);
    assert.deepEqual(at, [3_600_000]);
  });

  it('lets the wall clock jump and the monotonic one not', () => {
    const clock = new FakeClock();
    const start = clock.now();
    clock.adjustWallClock(-60_000);
    assert.equal(clock.now(), start - 60_000);
    assert.equal(clock.monotonicMs(), 0);
  });
});

import assert from 'node:assert/strict';
import { Watchdog } from '../../../src/services/tasks/watchdog';
import { FakeClock, settle } from '../support/fakeClock';

const never = new Promise<never>(() => undefined);

function setUp() {
  const clock = new FakeClock();
  const watchdog = new Watchdog(clock);
  const stalls: { id: number; elapsedMs: number }[] = [];
  watchdog.onStalled((stall) => stalls.push(stall));
  return { clock, watchdog, stalls };
}

describe('Watchdog', () => {
  it('reports silence of 15 s, once, and lets go', async () => {
    const { clock, watchdog, stalls } = setUp();
    watchdog.watch(7, never);
    await clock.advance(14_999);
    assert.deepEqual(stalls, []);
    await clock.advance(1);
    assert.deepEqual(stalls, [{ id: 7, elapsedMs: 15_000 }]);
    await clock.advance(100_000);
    assert.equal(stalls.length, 1);
    assert.equal(watchdog.watchedCount, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it('counts from the latest sign of life, however many there were', async () => {
    const { clock, watchdog, stalls } = setUp();
    const watch = watchdog.watch(1, never);
    for (let second = 0; second < 100; second++) {
      await clock.advance(1_000);
      watch.heard();
      assert.equal(clock.pendingTimers, 1);
    }
    await clock.advance(14_999);
    assert.deepEqual(stalls, []);
    await clock.advance(1);
    assert.equal(stalls.length, 1);
  });

  it('lets go by itself of a task that ended, however it did', async () => {
    const { clock, watchdog } = setUp();
    watchdog.watch(1, Promise.resolve());
    watchdog.watch(2, Promise.reject(new Error('failed')));
    await settle();
    assert.equal(watchdog.watchedCount, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it('expects nothing while it is suspended', async () => {
    const { clock, watchdog, stalls } = setUp();
    const watch = watchdog.watch(1, never);
    watch.suspend();
    await clock.advance(100_000);
    watch.resume();
    watch.resume();
    await clock.advance(14_999);
    assert.deepEqual(stalls, []);
    await clock.advance(1);
    assert.equal(stalls.length, 1);
    watch.resume();
    assert.equal(clock.pendingTimers, 0);
  });

  it('does not take the sleep of the machine for silence', async () => {
    const { clock, watchdog, stalls } = setUp();
    watchdog.watch(1, never);
    await clock.advance(5_000);
    clock.suspend(3_600_000);
    await clock.advance(14_999);
    assert.deepEqual(stalls, []);
    await clock.advance(1);
    assert.equal(stalls.length, 1);
  });

  it('holds nothing while it tells: a listener may watch and let go', async () => {
    const { clock, watchdog, stalls } = setUp();
    const other = watchdog.watch(2, never);
    watchdog.watch(1, never);
    watchdog.onStalled(({ id }) => {
      if (id !== 2) return;
      other.dispose();
      watchdog.watch(2, never);
    });
    await clock.advance(15_000);
    assert.deepEqual(
      stalls.map(({ id }) => id),
      [2, 1],
    );
    assert.equal(watchdog.watchedCount, 1);
    watchdog.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});

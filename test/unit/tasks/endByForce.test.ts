import assert from 'node:assert/strict';
import type { SentinelError } from '../../../src/shared/errors';
import { settle } from '../support/fakeClock';
import { record, setUp, Work } from './support/tasksHarness';

describe('TaskSupervisor ends by', () => {
  describe('force', () => {
    it('ends deaf work after the grace period, not before', async () => {
      const { clock, logger, submit } = setUp({ graceMs: 2_000 });
      const work = new Work(true);
      const task = submit(work);
      await settle();
      let forced = 0;
      work.context?.onForce(() => {
        forced++;
        work.fail(new Error('terminated'));
      });
      task.cancel();
      await clock.advance(1_999);
      assert.equal(forced, 0);
      assert.equal(task.status, 'running');
      await clock.advance(1);
      assert.equal(forced, 1);
      assert.equal(task.status, 'cancelled');
      assert.match(logger.of('warning').join(), /did not obey within 2000 ms and is ended by force/);
      assert.equal(clock.pendingTimers, 0);
    });

    it('waits for the end of what it ended, but not for ever', async () => {
      const { clock, submit } = setUp({ graceMs: 2_000 });
      const work = new Work(true);
      const task = submit(work);
      await settle();
      work.context?.onForce(() => new Promise(() => undefined));
      work.context?.onForce(() => {
        throw new Error('cannot');
      });
      task.cancel();
      await clock.advance(3_999);
      assert.equal(task.status, 'running');
      await clock.advance(1);
      assert.equal(task.status, 'cancelled');
      assert.equal(clock.pendingTimers, 0);
    });

    it('leaves work alone that has nothing to force, and frees its place', async () => {
      const { clock, submit } = setUp({ graceMs: 2_000, concurrency: { urls: 1 } });
      const work = new Work(true);
      const task = submit(work);
      const next = new Work();
      submit(next);
      await settle();
      task.cancel();
      await clock.advance(2_000);
      assert.equal(task.status, 'cancelled');
      assert.equal(next.hasStarted, true);
      work.finish('ignored');
      await settle();
      assert.equal(task.status, 'cancelled');
    });
  });

  describe('time limit', () => {
    it('fires while the work runs', async () => {
      const { clock, submit } = setUp();
      const work = new Work();
      const task = submit(work, { timeLimitMs: 5_000 });
      const seen = record(task);
      await clock.advance(4_999);
      assert.equal(task.status, 'running');
      await clock.advance(1);
      assert.deepEqual(await task.outcome, { status: 'timedOut', limitMs: 5_000 });
      assert.deepEqual(seen.slice(-2), ['→timedOut', 'error task.timedOut']);
      assert.equal((work.context?.signal.reason as SentinelError).code, 'task.timedOut');
    });

    it('is that of the kind', async () => {
      for (const [kind, limitMs] of [
        ['events', 10_000],
        ['url', 60_000],
        ['file', 60_000],
        ['history', 15_000],
        ['export', 30_000],
        ['networkQuick', 120_000],
        ['networkThorough', 1_800_000],
      ] as const) {
        const { clock, submit } = setUp();
        const task = submit(new Work(), { kind, watched: false });
        await clock.advance(limitMs - 1);
        assert.equal(task.status, 'running', kind);
        await clock.advance(1);
        assert.equal(task.status, 'timedOut', kind);
      }
    });

    it('does not count the time in the queue', async () => {
      const { clock, submit } = setUp({ concurrency: { urls: 1 } });
      const first = new Work();
      submit(first, { timeLimitMs: 100_000, watched: false });
      const task = submit(new Work(), { timeLimitMs: 5_000 });
      await clock.advance(60_000);
      first.finish('');
      await clock.advance(4_999);
      assert.equal(task.status, 'running');
      await clock.advance(1);
      assert.equal(task.status, 'timedOut');
    });

    it('can be moved by work that learns how much there is to do', async () => {
      const { clock, submit } = setUp();
      const work = new Work();
      const task = submit(work, { timeLimitMs: 5_000 });
      await clock.advance(4_000);
      work.context?.extendTimeLimit(3_000);
      await clock.advance(3_999);
      assert.equal(task.status, 'running');
      await clock.advance(1);
      assert.deepEqual(await task.outcome, { status: 'timedOut', limitMs: 8_000 });
    });

    it('forces like a cancel', async () => {
      const { clock, submit } = setUp({ graceMs: 2_000 });
      const work = new Work(true);
      const task = submit(work, { timeLimitMs: 5_000 });
      await clock.advance(6_999);
      assert.equal(task.status, 'running');
      task.cancel();
      await clock.advance(1);
      assert.equal(task.status, 'timedOut', 'what came first decides');
    });
  });

  describe('stall', () => {
    it('is found after 15 s of silence and not before, reported and cancelled', async () => {
      const { clock, supervisor, submit } = setUp();
      const stalls: unknown[] = [];
      supervisor.onStalled((stall) => stalls.push(stall));
      const work = new Work();
      const task = submit(work);
      await clock.advance(10_000);
      work.context?.heartbeat();
      await clock.advance(14_999);
      assert.deepEqual(stalls, []);
      await clock.advance(1);
      assert.deepEqual(stalls, [{ id: task.id, elapsedMs: 15_000 }]);
      assert.deepEqual(await task.outcome, { status: 'stalled', silentMs: 15_000 });
      assert.equal(clock.pendingTimers, 0);
    });

    it('is not looked for in work that cannot give a sign of life', async () => {
      const { clock, submit } = setUp();
      const task = submit(new Work(), { watched: false });
      await clock.advance(59_999);
      assert.equal(task.status, 'running');
    });
  });
});

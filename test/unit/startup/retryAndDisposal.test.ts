import assert from 'node:assert/strict';
import { settle } from '../support/fakeClock';
import { fail, held, logLines, never, setUp } from './support/startupHarness';

describe('StartupOrchestrator', () => {
  describe('retry', () => {
    it('runs a failed task again and the summary shows its success', async () => {
      const { startup, events, clock } = setUp();
      let healthy = false;
      startup.addImmediate('flaky', () => {
        if (!healthy) throw new Error('not yet');
      });
      await startup.execute();
      healthy = true;
      assert.deepEqual(await startup.retry('flaky'), { status: 'completed', elapsedMs: 0 });
      assert.deepEqual(startup.summary, { successful: 1, failed: 0, cancelled: 0, total: 1 });
      assert.deepEqual(startup.failedTasks, []);
      assert.deepEqual(events.slice(-2), ['0 start flaky CRITICAL', 'done flaky 0 CRITICAL']);
      assert.equal(clock.pendingTimers, 0);
    });

    it('can fail again, with the new error and the attempts counted', async () => {
      const { startup } = setUp();
      let n = 0;
      startup.addImmediate('broken', () => Promise.reject(new Error(`failure ${++n}`)));
      await startup.execute();
      const result = await startup.retry('broken');
      assert.equal(result.status, 'failed');
      const [task] = startup.failedTasks;
      assert.equal(task?.attempts, 2);
      assert.equal((task.error as Error).message, 'failure 2');
      assert.equal(startup.summary.failed, 1);
    });

    it('has the limit of the phase', async () => {
      const { startup, clock } = setUp();
      startup.addImmediate('hangs', never);
      const execution = startup.execute();
      await clock.advance(5_000);
      await execution;
      const retried = startup.retry('hangs');
      await clock.advance(4_999);
      assert.equal(startup.failedTasks.length, 0);
      await clock.advance(1);
      assert.equal((await retried).status, 'failed');
      assert.equal(startup.failedTasks.length, 1);
    });

    it('has no delay', async () => {
      const { startup, clock } = setUp();
      startup.addDeferred('broken', 500, fail('no'));
      void startup.execute();
      await clock.advance(500);
      assert.equal((await startup.retry('broken')).status, 'failed');
    });

    it('counts as failed while it runs, also in the final summary', async () => {
      const { startup, clock, events } = setUp();
      const second = held();
      let calls = 0;
      startup.addImmediate('flaky', (context) => {
        if (calls++ === 0) throw new Error('no');
        return second.fn(context);
      });
      startup.addDeferred('other', 100, () => undefined);
      const execution = startup.execute();
      await settle();
      const retried = startup.retry('flaky');
      await clock.advance(100);
      assert.deepEqual(await execution, { successful: 1, failed: 1, cancelled: 0, total: 2 });
      assert.ok(events.includes('complete 1/1/2'));
      second.end();
      await retried;
      assert.equal(startup.summary.successful, 2);
    });

    it('answers with data where there is nothing to retry', async () => {
      const { startup } = setUp();
      startup.addImmediate('fine', () => undefined);
      startup.addImmediate('busy', never);
      startup.addDeferred('later', 0, () => undefined);
      void startup.execute();
      assert.deepEqual(await startup.retry('nobody'), { status: 'unknownTask' });
      assert.deepEqual(await startup.retry('fine'), { status: 'notFailed', state: 'completed' });
      assert.deepEqual(await startup.retry('busy'), { status: 'notFailed', state: 'running' });
      assert.deepEqual(await startup.retry('later'), { status: 'notFailed', state: 'waiting' });
    });

    it('runs one attempt at a time', async () => {
      const { startup } = setUp();
      let calls = 0;
      startup.addImmediate('flaky', () => (calls++ === 0 ? Promise.reject(new Error('no')) : never()));
      await startup.execute();
      void startup.retry('flaky');
      assert.deepEqual(await startup.retry('flaky'), { status: 'notFailed', state: 'running' });
      assert.equal(calls, 2);
    });

    it('is refused after disposal', async () => {
      const { startup } = setUp();
      startup.addImmediate('broken', fail('no'));
      await startup.execute();
      startup.dispose();
      assert.deepEqual(await startup.retry('broken'), { status: 'disposed' });
    });
  });

  describe('disposal', () => {
    it('cancels what has not begun, aborts what runs, leaves no timer, and execute resolves', async () => {
      const { clock, startup, events, logger } = setUp();
      const running = held();
      let begun = 0;
      startup.addImmediate('done', () => undefined);
      startup.addDeferred('running', 0, running.fn);
      startup.addDeferred('waiting', 1_000, () => begun++);
      startup.addBackground('background', 0, () => begun++);
      const execution = startup.execute();
      await clock.advance(10);
      startup.dispose();
      assert.equal(clock.pendingTimers, 0);
      assert.equal(running.signal?.aborted, true);
      assert.deepEqual(await execution, { successful: 1, failed: 0, cancelled: 3, total: 4 });
      const before = [...events];
      running.end();
      await clock.advance(60_000);
      assert.equal(begun, 0);
      assert.deepEqual(events, before);
      assert.ok(!events.some((event) => event.startsWith('complete')));
      assert.ok(!logLines(logger).some((line) => line.startsWith('info Startup complete')));
    });

    it('stops a run of critical tasks', async () => {
      const { startup, clock } = setUp();
      const first = held();
      const second = held();
      startup.addImmediate('first', first.fn);
      startup.addImmediate('second', second.fn);
      const execution = startup.execute();
      startup.dispose();
      assert.deepEqual(await execution, { successful: 0, failed: 0, cancelled: 2, total: 2 });
      assert.equal(second.calls, 0);
      assert.equal(clock.pendingTimers, 0);
    });

    it('before execution leaves nothing to run', async () => {
      const { startup, events } = setUp();
      let ran = false;
      startup.addImmediate('a', () => (ran = true));
      startup.dispose();
      startup.dispose();
      assert.deepEqual(await startup.execute(), { successful: 0, failed: 0, cancelled: 1, total: 1 });
      assert.equal(ran, false);
      assert.deepEqual(events, []);
    });

    it('after the end changes nothing', async () => {
      const { startup } = setUp();
      startup.addImmediate('a', () => undefined);
      startup.addImmediate('b', fail('no'));
      const summary = await startup.execute();
      startup.dispose();
      assert.deepEqual(startup.summary, summary);
    });

    it('from within a task aborts that task', async () => {
      const { startup, clock } = setUp();
      let aborted: boolean | undefined;
      startup.addImmediate('suicidal', ({ signal }) => {
        startup.dispose();
        aborted = signal.aborted;
      });
      assert.deepEqual(await startup.execute(), { successful: 0, failed: 0, cancelled: 1, total: 1 });
      assert.equal(aborted, true);
      assert.equal(clock.pendingTimers, 0);
    });

    it('from a listener keeps the task from being called', async () => {
      for (const event of ['onTaskStarted', 'onPhaseChanged'] as const) {
        const { startup, clock } = setUp();
        let ran = false;
        startup.addImmediate('a', () => (ran = true));
        startup[event](() => {
          startup.dispose();
        });
        assert.equal((await startup.execute()).cancelled, 1, event);
        assert.equal(ran, false, event);
        assert.equal(clock.pendingTimers, 0, event);
      }
    });

    it('when a later phase begins leaves no timer', async () => {
      const { startup, clock } = setUp();
      startup.addDeferred('a', 100, () => undefined);
      startup.onPhaseChanged(({ phase }) => {
        if (phase === 'IMPORTANT') startup.dispose();
      });
      assert.deepEqual(await startup.execute(), { successful: 0, failed: 0, cancelled: 1, total: 1 });
      assert.equal(clock.pendingTimers, 0);
    });

    it('ends a retry and leaves its task failed', async () => {
      const { startup, clock } = setUp();
      let calls = 0;
      startup.addImmediate('flaky', () => (calls++ === 0 ? Promise.reject(new Error('no')) : never()));
      await startup.execute();
      const retried = startup.retry('flaky');
      startup.dispose();
      assert.deepEqual(await retried, { status: 'cancelled' });
      assert.deepEqual(startup.summary, { successful: 0, failed: 1, cancelled: 0, total: 1 });
      assert.equal(clock.pendingTimers, 0);
    });
  });
});

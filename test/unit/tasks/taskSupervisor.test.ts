import assert from 'node:assert/strict';
import { SentinelError } from '../../../src/shared/errors';
import type { Task } from '../../../src/services/tasks/task';
import { settle } from '../support/fakeClock';
import { record, setUp, Work } from './support/tasksHarness';

describe('TaskSupervisor', () => {
  describe('lifecycle', () => {
    it('tells everything in order and keeps the times', async () => {
      const { clock, supervisor, submit } = setUp({ concurrency: { urls: 1 } });
      const first = new Work();
      const second = new Work();
      submit(first);
      const task = submit(second);
      const seen = record(task);
      await clock.advance(100);
      assert.equal(task.status, 'queued');
      first.finish('first');
      await settle();
      assert.equal(task.status, 'running');
      await clock.advance(50);
      second.context?.reportProgress(12.5);
      second.context?.reportProgress(12.5);
      second.context?.reportProgress(400);
      second.finish('result');
      assert.deepEqual(await task.outcome, { status: 'finished', result: 'result' });
      assert.deepEqual(seen, ['→running', 'started', 'heartbeat', '12.5%', '100%', '→finished', 'finished']);
      await clock.advance(1_000);
      assert.deepEqual(task.metrics, { queuedMs: 100, runningMs: 50, pausedMs: 0, totalMs: 150 });
      assert.deepEqual(supervisor.tasks, []);
      assert.equal(clock.pendingTimers, 0);
    });

    it('starts nothing before the caller has attached its listeners', async () => {
      const { submit } = setUp();
      const work = new Work();
      const task = submit(work);
      assert.equal(work.hasStarted, false);
      const seen = record(task);
      await settle();
      assert.deepEqual(seen, ['→running', 'started']);
    });

    it('makes data of errors, with their code', async () => {
      const { submit } = setUp();
      const thrown = submit({
        run: () => {
          throw new Error('at once');
        },
      });
      const rejected = submit({ run: () => Promise.reject(new SentinelError('scan.noEngine', 'none')) });
      const text = submit({
        run: () => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- what work that is not ours may do
          throw 'no error at all';
        },
      });
      const codes = [];
      for (const task of [thrown, rejected, text]) {
        const outcome = await task.outcome;
        assert.equal(outcome.status, 'failed');
        codes.push(outcome.error.code);
      }
      assert.deepEqual(codes, ['task.failed', 'scan.noEngine', 'task.failed']);
    });

    it('ignores what work does after its end', async () => {
      const { clock, submit } = setUp();
      const work = new Work();
      const task = submit(work);
      const seen = record(task);
      await settle();
      const { context } = work;
      work.finish('done');
      await task.outcome;
      context?.reportProgress(50);
      context?.heartbeat();
      context?.extendTimeLimit(1_000);
      context?.onForce(() => assert.fail('forced'));
      task.cancel();
      task.resume();
      assert.equal(await task.pause(), false);
      await clock.advance(100_000);
      assert.equal(task.status, 'finished');
      assert.equal(seen.at(-1), 'finished');
      assert.equal(clock.pendingTimers, 0);
    });
  });

  describe('queues', () => {
    it('run so many at a time, in the order of arrival', async () => {
      const { submit } = setUp({ concurrency: { urls: 2 } });
      const works = [new Work(), new Work(), new Work(), new Work()];
      works.forEach((work) => submit(work));
      const started = () => works.map(({ hasStarted }) => hasStarted);
      await settle();
      assert.deepEqual(started(), [true, true, false, false]);
      works[1]?.finish('');
      await settle();
      assert.deepEqual(started(), [true, true, true, false]);
      works[0]?.fail(new Error('x'));
      await settle();
      assert.deepEqual(started(), [true, true, true, true]);
    });

    it('do not wait for each other', async () => {
      const { submit } = setUp({ concurrency: { network: 1, urls: 1 } });
      submit(new Work(), { kind: 'networkThorough' });
      submit(new Work(), { kind: 'networkQuick' });
      const link = new Work();
      submit(link, { kind: 'url' });
      await settle();
      assert.equal(link.hasStarted, true);
    });

    it('are listed, with a change event for each change', async () => {
      const { supervisor, submit } = setUp({ concurrency: { urls: 1 } });
      const lists: string[][] = [];
      supervisor.onDidChangeTasks(() => {
        lists.push(supervisor.tasks.map(({ id, status }) => `${id} ${status}`));
      });
      const work = new Work();
      const task = submit(work);
      submit(new Work()).cancel();
      await settle();
      assert.equal(supervisor.find(task.id), task);
      work.finish('');
      await settle();
      assert.deepEqual(lists, [['1 queued'], ['1 queued', '2 queued'], ['1 queued'], ['1 running'], []]);
    });
  });

  describe('cancel', () => {
    it('of a queued task ends it at once without running it', async () => {
      const { submit } = setUp({ concurrency: { urls: 1 } });
      const first = new Work();
      submit(first);
      const work = new Work();
      const task = submit(work);
      const seen = record(task);
      await settle();
      task.cancel();
      assert.equal(task.status, 'cancelled');
      assert.deepEqual(seen, ['→cancelled', 'cancelled']);
      first.finish('');
      await settle();
      assert.equal(work.hasStarted, false);
    });

    it('before the first turn keeps it from running', async () => {
      const { submit } = setUp();
      const work = new Work();
      const task = submit(work);
      task.cancel();
      assert.deepEqual(await task.outcome, { status: 'cancelled' });
      await settle();
      assert.equal(work.hasStarted, false);
    });

    it('of a running task reaches its work, which ends it', async () => {
      const { clock, submit } = setUp();
      const work = new Work();
      const task = submit(work);
      const seen = record(task);
      await settle();
      task.cancel();
      assert.equal(task.ending, 'cancelled');
      assert.equal(task.status, 'running', 'until the work has stopped');
      task.cancel();
      assert.deepEqual(await task.outcome, { status: 'cancelled' });
      assert.deepEqual(seen, ['→running', 'started', '→cancelled', 'cancelled']);
      assert.equal(task.ending, undefined);
      assert.equal(clock.pendingTimers, 0);
    });

    it('decides the end even when the work finishes all the same', async () => {
      const { submit } = setUp();
      const work = new Work(true);
      const task = submit(work);
      await settle();
      task.cancel();
      work.finish('too late');
      assert.deepEqual(await task.outcome, { status: 'cancelled' });
    });

    it('stops work at its next checkpoint', async () => {
      const { clock, submit } = setUp();
      let pieces = 0;
      const task = submit({
        run: async ({ checkpoint }) => {
          for (;;) {
            await checkpoint();
            pieces++;
            await new Promise<void>((resolve) => {
              clock.setTimeout(resolve, 10);
            });
          }
        },
      });
      await clock.advance(95);
      task.cancel();
      await clock.advance(10);
      assert.equal(task.status, 'cancelled');
      assert.equal(pieces, 10);
    });

    it('of work that gives up because of another cancelled task is no failure', async () => {
      const { submit } = setUp();
      const task = submit({ run: () => Promise.reject(new SentinelError('task.cancelled', '')) });
      assert.deepEqual(await task.outcome, { status: 'cancelled' });
    });
  });

  describe('listeners', () => {
    it('that throw keep neither the others nor the task from going on', async () => {
      const { logger, supervisor, submit } = setUp();
      const work = new Work();
      const task = submit(work);
      const fault = () => {
        throw new Error('listener');
      };
      task.onEvent(fault);
      supervisor.onEvent(fault);
      supervisor.onDidChangeTasks(fault);
      const seen = record(task);
      await settle();
      work.finish('');
      assert.equal((await task.outcome).status, 'finished');
      assert.deepEqual(seen, ['→running', 'started', '→finished', 'finished']);
      assert.ok(logger.of('error').length >= 8);
    });

    it('that cancel from inside the start keep the work from running', async () => {
      const { submit } = setUp();
      const work = new Work();
      const task = submit(work);
      task.onEvent(({ type }) => {
        if (type === 'started') task.cancel();
      });
      const seen = record(task);
      assert.deepEqual(await task.outcome, { status: 'cancelled' });
      assert.deepEqual(seen, ['→running', 'started', '→cancelled', 'cancelled'], 'in order for those behind');
      assert.equal(work.hasStarted, false);
    });

    it('that cancel or pause from inside progress do not deadlock', async () => {
      const { clock, submit } = setUp();
      const task = submit({
        run: async (context) => {
          for (let percent = 1; percent <= 100; percent++) {
            await context.checkpoint();
            context.reportProgress(percent);
          }
        },
      });
      task.onEvent((event) => {
        if (event.type === 'progress' && event.percent === 10) void task.pause();
        if (event.type === 'statusChanged' && event.status === 'paused') task.resume();
        if (event.type === 'progress' && event.percent === 20) task.cancel();
      });
      const seen = record(task);
      assert.deepEqual(await task.outcome, { status: 'cancelled' });
      assert.ok(seen.includes('→paused'));
      assert.ok(!seen.includes('21%'));
      assert.equal(clock.pendingTimers, 0);
    });

    it('can start another task from inside the end, and cancel from inside a stall', async () => {
      const { clock, supervisor, submit } = setUp({ concurrency: { urls: 1 } });
      const work = new Work();
      let another: Task<string> | undefined;
      const task = submit(work);
      task.onEvent(({ type }) => {
        if (type === 'cancelled') another = submit(new Work());
      });
      supervisor.onStalled(({ id }) => supervisor.find(id)?.cancel());
      await settle();
      task.cancel();
      await settle();
      assert.equal(another?.status, 'running');
      await clock.advance(15_000);
      assert.equal(another.status, 'stalled');
    });
  });

  describe('disposal', () => {
    it('with everything in flight ends each once and leaves nothing', async () => {
      const { clock, supervisor, submit } = setUp({ concurrency: { urls: 4 } });
      const finals: string[] = [];
      supervisor.onEvent(({ task, event }) => {
        if (event.type === 'statusChanged' && task.status !== 'running')
          finals.push(`${task.id} ${event.status}`);
      });
      const deaf = new Work(true);
      const paused = new Work();
      const tasks = [submit(new Work()), submit(deaf), submit(paused), submit(new Work())];
      tasks.push(submit(new Work()), submit(new Work()));
      await settle();
      void tasks[5]!.pause();
      paused.context?.addPausable({ pause: () => Promise.resolve(), resume: () => undefined });
      await tasks[2]!.pause();
      void tasks[3]!.pause();
      tasks[0]!.cancel();
      const stopped = supervisor.stop();
      supervisor.dispose();
      const late = submit(new Work());
      assert.equal(late.status, 'cancelled');
      await clock.advance(499);
      assert.equal(tasks[1]!.status, 'running');
      await clock.advance(1);
      await stopped;
      assert.deepEqual(
        tasks.map(({ status }) => status),
        Array<string>(6).fill('cancelled'),
      );
      assert.equal(finals.filter((entry) => entry.endsWith('cancelled')).length, 7);
      assert.deepEqual(supervisor.tasks, []);
      assert.equal(clock.pendingTimers, 0);
    });

    it('is shorter in its patience also with what is being cancelled already', async () => {
      const { clock, supervisor, submit } = setUp({ graceMs: 10_000 });
      const task = submit(new Work(true));
      await settle();
      task.cancel();
      await clock.advance(5_000);
      const stopped = supervisor.stop();
      await clock.advance(500);
      await stopped;
      assert.equal(task.status, 'cancelled');
    });
  });
});

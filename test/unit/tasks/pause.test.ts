import assert from 'node:assert/strict';
import type { Pausable } from '../../../src/services/tasks/task';
import { settle } from '../support/fakeClock';
import { record, setUp, Work } from './support/tasksHarness';

/** Work in pieces of 10 ms, with a checkpoint before each. */
function inPieces(count: number) {
  const harness = setUp();
  const progress = { done: 0 };
  const task = harness.submit(
    {
      run: async ({ checkpoint }) => {
        for (; progress.done < count; progress.done++) {
          await checkpoint();
          await new Promise<void>((resolve) => {
            harness.clock.setTimeout(resolve, 10);
          });
        }
        return progress.done;
      },
    },
    { timeLimitMs: 5_000 },
  );
  return { ...harness, progress, task };
}

describe('pause', () => {
  it('holds at the next checkpoint and goes on where it was', async () => {
    const { clock, progress, task } = inPieces(20);
    const seen = record(task);
    await clock.advance(95);
    const paused = task.pause();
    assert.equal(task.status, 'running', 'until the checkpoint');
    await clock.advance(5);
    assert.equal(await paused, true);
    assert.equal(task.status, 'paused');
    await clock.advance(3_600_000);
    assert.equal(progress.done, 10);
    task.resume();
    await clock.advance(100);
    assert.deepEqual(await task.outcome, { status: 'finished', result: 20 });
    assert.deepEqual(
      seen.filter((word) => word.startsWith('→')),
      ['→running', '→paused', '→running', '→finished'],
    );
    assert.deepEqual(task.metrics, {
      queuedMs: 0,
      runningMs: 200,
      pausedMs: 3_600_000,
      totalMs: 3_600_200,
    });
    assert.equal(clock.pendingTimers, 0);
  });

  it('stops the time limit and the watchdog, which go on afterwards', async () => {
    const { clock, submit } = setUp();
    const work = new Work();
    const pausable: Pausable = { pause: () => Promise.resolve(), resume: () => undefined };
    const task = submit(work, { timeLimitMs: 20_000 });
    await clock.advance(8_000);
    work.context?.addPausable(pausable);
    assert.equal(await task.pause(), true);
    await clock.advance(1_000_000);
    assert.equal(task.status, 'paused');
    task.resume();
    await clock.advance(11_999);
    assert.equal(task.status, 'running', 'the whole 15 s of silence begin anew, the limit does not');
    await clock.advance(1);
    assert.deepEqual(await task.outcome, { status: 'timedOut', limitMs: 20_000 });
  });

  it('can be cancelled out of', async () => {
    const { clock, progress, task } = inPieces(20);
    await clock.advance(15);
    void task.pause();
    await clock.advance(100);
    assert.equal(task.status, 'paused');
    task.cancel();
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    assert.equal(progress.done, 2);
    assert.equal(clock.pendingTimers, 0);
  });

  it('that is not obeyed is withdrawn after the grace period and says so', async () => {
    const { clock, submit } = setUp({ graceMs: 2_000 });
    const work = new Work();
    const task = submit(work);
    const seen = record(task);
    await settle();
    const paused = task.pause();
    assert.equal(task.pause() instanceof Promise, true);
    await clock.advance(2_000);
    assert.equal(await paused, false);
    assert.equal(task.status, 'running');
    await work.context?.checkpoint();
    assert.ok(!seen.includes('→paused'));
  });

  it('is answered when the task ends first', async () => {
    const { submit } = setUp();
    const work = new Work();
    const task = submit(work);
    await settle();
    const paused = task.pause();
    work.finish('');
    assert.equal(await paused, false);
    assert.equal(await task.pause(), false);
  });

  it('can be taken back before it is obeyed', async () => {
    const { clock, task } = inPieces(3);
    await clock.advance(5);
    const paused = task.pause();
    task.resume();
    assert.equal(await paused, false);
    await clock.advance(30);
    assert.equal(task.status, 'finished');
  });

  it('holds a queued task back, which takes its old place again', async () => {
    const { clock, submit } = setUp({ concurrency: { urls: 1 } });
    const order: string[] = [];
    const named = (name: string) => ({ run: () => void order.push(name) });
    const blocker = new Work();
    submit(blocker);
    const held = submit(named('held'));
    submit(named('later'));
    await settle();
    assert.equal(await held.pause(), true);
    assert.equal(held.status, 'paused');
    assert.equal(await held.pause(), true);
    held.resume();
    held.resume();
    assert.equal(held.status, 'queued');
    blocker.finish('');
    await settle();
    assert.deepEqual(order, ['held', 'later']);
    const early = submit(named('early'));
    assert.equal(await early.pause(), true);
    await clock.advance(1_000_000);
    assert.deepEqual(order, ['held', 'later']);
    early.cancel();
    assert.deepEqual(await early.outcome, { status: 'cancelled' });
    assert.equal(clock.pendingTimers, 0);
  });

  it('reaches what the task runs elsewhere, also what it starts later', async () => {
    const { clock, submit } = setUp();
    const calls: string[] = [];
    const pausable = (name: string): Pausable => ({
      pause: () => {
        calls.push(`${name} pauses`);
        return Promise.resolve();
      },
      resume: () => void calls.push(`${name} resumes`),
    });
    const work = new Work();
    const task = submit(work);
    await settle();
    work.context?.addPausable(pausable('one'));
    const gone = work.context?.addPausable(pausable('gone'));
    gone?.dispose();
    assert.equal(await task.pause(), true);
    work.context?.addPausable(pausable('two'));
    task.resume();
    assert.deepEqual(calls, ['one pauses', 'two pauses', 'one resumes', 'two resumes']);
    calls.length = 0;
    await task.pause();
    task.cancel();
    assert.deepEqual(
      calls,
      ['one pauses', 'two pauses', 'one resumes', 'two resumes'],
      'so that it can obey',
    );
    await task.outcome;
    assert.equal(clock.pendingTimers, 0);
  });

  it('does not take the answer to an earlier request for its own', async () => {
    const { submit } = setUp();
    const work = new Work();
    const task = submit(work);
    await settle();
    const answers: (() => void)[] = [];
    work.context?.addPausable({
      pause: () => new Promise((resolve) => answers.push(resolve)),
      resume: () => undefined,
    });
    void task.pause();
    task.resume();
    void task.pause();
    answers[0]?.();
    await settle();
    assert.equal(task.status, 'running');
    answers[1]?.();
    await settle();
    assert.equal(task.status, 'paused');
  });
});

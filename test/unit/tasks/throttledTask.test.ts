import assert from 'node:assert/strict';
import { ThrottledTask } from '../../../src/services/tasks/throttledTask';
import { FakeClock } from '../support/fakeClock';

function setUp() {
  const clock = new FakeClock();
  const runs: { argument: string; signal: AbortSignal; finish: (result: string) => void }[] = [];
  const task = new ThrottledTask<string, string>(clock, 100, (argument, signal) => {
    if (argument === 'bad') throw new Error('bad');
    return new Promise((finish) => runs.push({ argument, signal, finish }));
  });
  return { clock, runs, task };
}

describe('ThrottledTask', () => {
  it('runs the last request of a burst; the others are told that they were superseded', async () => {
    const { clock, runs, task } = setUp();
    const outcomes = [task.request('a'), task.request('b')];
    await clock.advance(99);
    outcomes.push(task.request('c'));
    await clock.advance(99);
    assert.equal(runs.length, 0);
    await clock.advance(1);
    assert.deepEqual(
      runs.map(({ argument }) => argument),
      ['c'],
    );
    runs[0]?.finish('C');
    assert.deepEqual(await Promise.all(outcomes), [
      { status: 'superseded' },
      { status: 'superseded' },
      { status: 'done', result: 'C' },
    ]);
    assert.equal(clock.pendingTimers, 0);
  });

  it('aborts what runs when a new request comes, and drops its result', async () => {
    const { clock, runs, task } = setUp();
    const first = task.request('a');
    await clock.advance(100);
    const second = task.request('b');
    assert.equal(runs[0]?.signal.aborted, true);
    assert.deepEqual(await first, { status: 'superseded' });
    await clock.advance(100);
    runs[0].finish('A');
    runs[1]?.finish('B');
    assert.deepEqual(await second, { status: 'done', result: 'B' });
  });

  it('gives failures as data and runs again afterwards', async () => {
    const { clock, runs, task } = setUp();
    const failed = task.request('bad');
    await clock.advance(100);
    const outcome = await failed;
    assert.equal(outcome.status, 'failed');
    const next = task.request('good');
    await clock.advance(100);
    runs[0]?.finish('G');
    assert.deepEqual(await next, { status: 'done', result: 'G' });
  });

  it('answers everybody when it is disposed', async () => {
    const { clock, runs, task } = setUp();
    const running = task.request('a');
    await clock.advance(100);
    task.dispose();
    assert.deepEqual(await running, { status: 'disposed' });
    assert.equal(runs[0]?.signal.aborted, true);
    assert.deepEqual(await task.request('b'), { status: 'disposed' });
    const { clock: other, task: waiting } = setUp();
    const pending = waiting.request('a');
    waiting.dispose();
    assert.deepEqual(await pending, { status: 'disposed' });
    assert.equal(other.pendingTimers, 0);
    assert.equal(clock.pendingTimers, 0);
  });
});

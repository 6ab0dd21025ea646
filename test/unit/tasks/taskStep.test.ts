import assert from 'node:assert/strict';
import { setUp, Work } from './support/tasksHarness';

describe('the step of a task', () => {
  it('is what the work was last said to be busy with', async () => {
    const { clock, submit } = setUp();
    const work = new Work();
    const task = submit(work);
    const steps: (string | undefined)[] = [];
    task.onEvent((event) => {
      if (event.type === 'progress') steps.push(event.step);
    });
    await clock.advance(0);
    work.context?.reportProgress(10);
    assert.equal(task.step, undefined);
    work.context?.reportProgress(10, 'one');
    work.context?.reportProgress(20);
    work.context?.reportProgress(20, 'one');
    work.context?.reportProgress(20, 'two');
    assert.equal(task.step, 'two');
    assert.deepEqual(steps, [undefined, 'one', 'one', 'two']);
    work.finish('done');
    await task.outcome;
  });
});

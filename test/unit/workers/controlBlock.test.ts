import assert from 'node:assert/strict';
import { ControlBlock, WorkControl } from '../../../src/workers/controlBlock';

describe('ControlBlock', () => {
  it('knows no progress before the work has said something', () => {
    const block = new ControlBlock();
    assert.equal(block.read().percent, undefined);
    new WorkControl(block.buffer).reportProgress(0);
    assert.equal(block.read().percent, 0);
  });

  it('carries fractions, keeps to 0–100 and ignores what is no number', () => {
    const block = new ControlBlock();
    const work = new WorkControl(block.buffer);
    const seen = [33.333, 150, -5, Number.NaN].map((percent) => {
      work.reportProgress(percent);
      return block.read().percent;
    });
    assert.deepEqual(seen, [33.333, 100, 0, 0]);
  });

  it('adds counters up over threads that share it, beyond 32 bits', () => {
    const block = new ControlBlock();
    new WorkControl(block.buffer).count('bytes', 3e9);
    new WorkControl(block.buffer).count('bytes', 3e9);
    new WorkControl(block.buffer).count('items');
    assert.deepEqual(block.read().counters, { items: 1, bytes: 6e9, findings: 0 });
  });

  it('stays cancelled, whatever comes after', () => {
    const block = new ControlBlock();
    const work = new WorkControl(block.buffer);
    work.checkpoint();
    block.cancel();
    block.pause();
    block.resume();
    assert.equal(work.isCancelled, true);
    assert.throws(
      () => {
        work.checkpoint();
      },
      { code: 'task.cancelled' },
    );
    assert.equal(block.read().beats, 2);
  });

  it('lets a thread go that other tasks wait for, instead of holding it in a pause', () => {
    const block = new ControlBlock();
    const work = new WorkControl(block.buffer);
    work.proceed();
    block.pause();
    assert.equal(work.isPauseWanted, true);
    assert.throws(
      () => {
        work.proceed();
      },
      { code: 'task.paused' },
    );
    block.resume();
    work.proceed();
    block.cancel();
    assert.throws(
      () => {
        work.proceed();
      },
      { code: 'task.cancelled' },
    );
    assert.equal(block.read().beats, 4);
  });

  it('tells that work stands still which does not hold its thread', () => {
    const block = new ControlBlock();
    const still = new WorkControl(block.buffer).standStill();
    assert.equal(block.read().waitingThreads, 1);
    still.dispose();
    still.dispose();
    assert.equal(block.read().waitingThreads, 0);
  });
});

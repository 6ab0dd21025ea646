import assert from 'node:assert/strict';
import { ThreadSign } from '../../../src/workers/threadSign';

describe('the sign of a thread', () => {
  it('says which item a step is about, how large it is, and that there was a step', () => {
    const owner = new ThreadSign();
    const thread = new ThreadSign(owner.buffer);
    assert.equal(owner.read().steps, 0);
    thread.step(5_000, 3);
    assert.deepEqual(owner.read(), { steps: 1, item: 3, stepBytes: 5_120, done: 0, total: 0 });
    thread.step(0);
    assert.deepEqual(owner.read(), { steps: 2, stepBytes: 0, done: 0, total: 0 });
  });

  it('says how far long work has come', () => {
    const owner = new ThreadSign();
    new ThreadSign(owner.buffer).progress(3, 7);
    const { done, total } = owner.read();
    assert.deepEqual([done, total], [3, 7]);
  });

  it('carries sizes of any file', () => {
    const sign = new ThreadSign();
    sign.step(10 * 1_024 ** 4, 0);
    assert.ok(sign.read().stepBytes > 1_024 ** 4);
  });

  it('is no other memory', () => {
    assert.throws(() => new ThreadSign(new SharedArrayBuffer(64)), { code: 'worker.badThreadSign' });
  });
});

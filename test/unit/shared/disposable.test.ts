import assert from 'node:assert/strict';
import { DisposableStore, toDisposable } from '../../../src/shared/disposable';

describe('toDisposable', () => {
  it('runs its function once, also when that throws or disposes again', () => {
    let calls = 0;
    const failing = toDisposable(() => {
      calls++;
      failing.dispose();
      throw new Error('no');
    });
    assert.throws(() => {
      failing.dispose();
    });
    failing.dispose();
    assert.equal(calls, 1);
  });
});

describe('DisposableStore', () => {
  it('ends everything in reverse order, once', () => {
    const store = new DisposableStore();
    const ended: number[] = [];
    for (const n of [1, 2, 3]) store.add({ dispose: () => void ended.push(n) });
    assert.equal(store.isDisposed, false);
    store.dispose();
    store.dispose();
    assert.deepEqual(ended, [3, 2, 1]);
    assert.equal(store.isDisposed, true);
  });

  it('returns what it takes', () => {
    const item = { dispose: () => undefined, name: 'item' };
    assert.equal(new DisposableStore().add(item), item);
  });

  it('ends at once what comes after disposal', () => {
    const store = new DisposableStore();
    store.dispose();
    let ended = 0;
    store.add({ dispose: () => ended++ });
    assert.equal(ended, 1);
  });

  it('ends at once what comes during disposal', () => {
    const store = new DisposableStore();
    let ended = 0;
    store.add({ dispose: () => void store.add({ dispose: () => ended++ }) });
    store.dispose();
    assert.equal(ended, 1);
  });

  it('ends the others when one throws, and throws the first error at the end', () => {
    const store = new DisposableStore();
    let ended = false;
    store.add({ dispose: () => (ended = true) });
    for (const message of ['second', 'first']) {
      store.add({
        dispose() {
          throw new Error(message);
        },
      });
    }
    assert.throws(() => {
      store.dispose();
    }, /^Error: first$/u);
    assert.equal(ended, true);
  });
});

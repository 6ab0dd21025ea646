import assert from 'node:assert/strict';
import { Emitter } from '../../../src/shared/event';

describe('Emitter', () => {
  it('tells every listener, in the order of subscription', () => {
    const emitter = new Emitter<number>();
    const told: string[] = [];
    emitter.event((n) => told.push(`a${n}`));
    emitter.event((n) => told.push(`b${n}`));
    emitter.fire(1);
    emitter.fire(2);
    assert.deepEqual(told, ['a1', 'b1', 'a2', 'b2']);
  });

  it('forgets a listener that was disposed, once for each subscription', () => {
    const emitter = new Emitter<undefined>();
    let calls = 0;
    const listener = (): number => calls++;
    const first = emitter.event(listener);
    emitter.event(listener);
    assert.equal(emitter.listenerCount, 2);
    first.dispose();
    first.dispose();
    assert.equal(emitter.listenerCount, 1);
    emitter.fire(undefined);
    assert.equal(calls, 1);
  });

  it('tells the others when one throws, and hands over the error', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<undefined>((error) => errors.push(error));
    const error = new Error('broken');
    let told = false;
    emitter.event(() => {
      throw error;
    });
    emitter.event(() => (told = true));
    emitter.fire(undefined);
    assert.equal(told, true);
    assert.deepEqual(errors, [error]);
  });

  it('rethrows outside the caller when nobody takes the error', async () => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
    try {
      const emitter = new Emitter<undefined>();
      const error = new Error('broken');
      emitter.event(() => {
        throw error;
      });
      assert.doesNotThrow(() => {
        emitter.fire(undefined);
      });
      assert.equal(await uncaught, error);
    } finally {
      for (const other of others) process.on('uncaughtException', other);
    }
  });

  it('lets a change of listeners take effect with the next event', () => {
    const emitter = new Emitter<undefined>();
    const told: string[] = [];
    const late = (): number => told.push('late');
    const first = emitter.event(() => {
      told.push('first');
      first.dispose();
      second.dispose();
      emitter.event(late);
    });
    const second = emitter.event(() => told.push('second'));
    emitter.fire(undefined);
    assert.deepEqual(told, ['first', 'second']);
    emitter.fire(undefined);
    assert.deepEqual(told, ['first', 'second', 'late']);
  });

  it('may be fired from within a listener', () => {
    const emitter = new Emitter<number>();
    const told: number[] = [];
    emitter.event((n) => {
      told.push(n);
      if (n < 3) emitter.fire(n + 1);
    });
    emitter.fire(1);
    assert.deepEqual(told, [1, 2, 3]);
  });

  it('tells nobody after disposal', () => {
    const emitter = new Emitter<undefined>();
    let told = false;
    const subscription = emitter.event(() => (told = true));
    emitter.dispose();
    emitter.fire(undefined);
    subscription.dispose();
    assert.equal(told, false);
    assert.equal(emitter.listenerCount, 0);
  });
});

import assert from 'node:assert/strict';
import { RingBuffer } from '../../../src/shared/ringBuffer';

describe('RingBuffer', () => {
  it('is empty at first', () => {
    const buffer = new RingBuffer<number>(3);
    assert.deepEqual(buffer.toArray(), []);
    assert.equal(buffer.length, 0);
    assert.equal(buffer.capacity, 3);
  });

  it('gives the newest items, oldest first, for every number pushed', () => {
    for (const capacity of [1, 2, 3, 7]) {
      const buffer = new RingBuffer<number>(capacity);
      const all: number[] = [];
      for (let n = 0; n < 4 * capacity + 1; n++) {
        buffer.push(n);
        all.push(n);
        assert.deepEqual(buffer.toArray(), all.slice(-capacity), `capacity ${capacity} after ${n + 1} items`);
        assert.equal(buffer.length, Math.min(n + 1, capacity));
      }
    }
  });

  it('keeps undefined like any other item', () => {
    const buffer = new RingBuffer<number | undefined>(2);
    buffer.push(1);
    buffer.push(undefined);
    buffer.push(undefined);
    assert.deepEqual(buffer.toArray(), [undefined, undefined]);
  });

  it('hands out a copy', () => {
    const buffer = new RingBuffer<number>(2);
    buffer.push(1);
    buffer.toArray().push(99);
    assert.deepEqual(buffer.toArray(), [1]);
  });

  it('starts anew after clear, also when it had wrapped around', () => {
    const buffer = new RingBuffer<number>(3);
    for (let n = 0; n < 5; n++) buffer.push(n);
    buffer.clear();
    assert.deepEqual(buffer.toArray(), []);
    for (let n = 10; n < 14; n++) buffer.push(n);
    assert.deepEqual(buffer.toArray(), [11, 12, 13]);
  });

  for (const capacity of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses a capacity of ${capacity}`, () => {
      assert.throws(() => new RingBuffer(capacity), RangeError);
    });
  }
});

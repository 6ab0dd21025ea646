import assert from 'node:assert/strict';
import { PacedCalls } from '../../../../src/ui/history/pacedCalls';
import { FakeClock } from '../../support/fakeClock';

describe('PacedCalls', () => {
  it('calls at once, then once in a period, and after the last request', async () => {
    const clock = new FakeClock();
    const calls: number[] = [];
    const paced = new PacedCalls(clock, 500, () => {
      calls.push(clock.monotonicMs());
    });
    for (let request = 0; request < 11; request += 1) {
      paced.request();
      await clock.advance(100);
    }
    await clock.advance(5_000);
    assert.deepEqual(calls, [0, 500, 1_000, 1_500]);
  });

  it('calls no second time while a call is not done', async () => {
    const clock = new FakeClock();
    let calls = 0;
    let done: () => void = () => undefined;
    const paced = new PacedCalls(clock, 500, () => {
      calls++;
      return new Promise((resolve) => (done = resolve));
    });
    paced.request();
    await clock.advance(0);
    paced.request();
    await clock.advance(10_000);
    assert.equal(calls, 1);
    done();
    await clock.advance(500);
    assert.equal(calls, 2);
  });

  it('calls no more once it is disposed', async () => {
    const clock = new FakeClock();
    let calls = 0;
    const paced = new PacedCalls(clock, 500, () => {
      calls++;
    });
    paced.request();
    paced.dispose();
    paced.request();
    await clock.advance(5_000);
    assert.deepEqual([calls, clock.pendingTimers], [0, 0]);
  });
});

import assert from 'node:assert/strict';
import { CircuitBreaker } from '../../../src/gpu/circuitBreaker';
import { FakeClock } from '../support/fakeClock';

describe('CircuitBreaker', () => {
  let clock: FakeClock;
  let breaker: CircuitBreaker;

  beforeEach(() => {
    clock = new FakeClock();
    breaker = new CircuitBreaker(clock);
  });

  it('opens at the third failure within the window', async () => {
    assert.equal(breaker.recordFailure(), false);
    await clock.advance(30_000);
    assert.equal(breaker.recordFailure(), false);
    await clock.advance(30_000);
    assert.equal(breaker.recordFailure(), true);
    assert.equal(breaker.isOpen, true);
  });

  it('forgets failures that are older than the window', async () => {
    breaker.recordFailure();
    await clock.advance(30_001);
    breaker.recordFailure();
    await clock.advance(30_000);
    assert.equal(breaker.recordFailure(), false);
    await clock.advance(30_000);
    assert.equal(breaker.recordFailure(), true);
  });

  it('does not age failures by the silence before a stall was seen', async () => {
    for (const expected of [false, false, true]) {
      // Worked for 28 s, then was silent for 20 s: 96 s from the first verdict to the third.
      await clock.advance(48_000);
      assert.equal(breaker.recordFailure(20_000), expected);
    }
  });

  it('stays closed for stalls with more than half a window of work between them', async () => {
    for (let failure = 0; failure < 10; failure += 1) {
      await clock.advance(51_000);
      assert.equal(breaker.recordFailure(20_000), false);
    }
  });

  it('stays open, however long, until it is closed, and then counts from nothing', async () => {
    for (let failure = 0; failure < 3; failure += 1) breaker.recordFailure();
    await clock.advance(3_600_000);
    assert.equal(breaker.isOpen, true);
    breaker.close();
    assert.equal(breaker.isOpen, false);
    assert.equal(breaker.recordFailure(), false);
    assert.equal(breaker.recordFailure(), false);
    assert.equal(breaker.recordFailure(), true);
  });
});

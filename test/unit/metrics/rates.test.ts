import assert from 'node:assert/strict';
import { clampPercent, RateMeter, sumKnown } from '../../../src/services/metrics/rates';
import { Tier } from '../../../src/services/metrics/tier';

describe('RateMeter', () => {
  function sample(meter: RateMeter, counters: Record<string, number>, elapsedMs?: number): unknown[] {
    meter.begin();
    return Object.entries(counters).map(([key, counter]) => meter.rate(key, counter, elapsedMs));
  }

  it('needs two samples and uses the time that really passed', () => {
    const meter = new RateMeter();
    assert.deepEqual(sample(meter, { a: 100 }), [undefined]);
    assert.deepEqual(sample(meter, { a: 200 }, 500), [200]);
    assert.deepEqual(sample(meter, { a: 3_800 }, 3_600_000), [1], 'after an hour of sleep');
    assert.deepEqual(sample(meter, { a: 3_800 }, 1_000), [0], 'zero is a rate');
  });

  it('has none when a counter goes back or its key was away', () => {
    const meter = new RateMeter();
    sample(meter, { a: 100, b: 100 });
    assert.deepEqual(sample(meter, { a: 90 }, 1_000), [undefined]);
    assert.deepEqual(sample(meter, { a: 95, b: 5_000 }, 1_000), [5, undefined]);
  });

  it('has none without time in between', () => {
    const meter = new RateMeter();
    sample(meter, { a: 1 });
    assert.deepEqual(sample(meter, { a: 9 }, 0), [undefined]);
    assert.deepEqual(sample(meter, { a: 9 }, -1), [undefined]);
  });

  it('makes no figure of what is no number', () => {
    const meter = new RateMeter();
    sample(meter, { a: NaN, b: 1 });
    assert.deepEqual(sample(meter, { a: 5, b: NaN }, 1_000), [undefined, undefined]);
  });
});

describe('figures', () => {
  it('are summed as far as they are known', () => {
    assert.equal(sumKnown([undefined, 1, 2]), 3);
    assert.equal(sumKnown([0]), 0);
    assert.equal(sumKnown([undefined]), undefined);
    assert.equal(sumKnown([]), undefined);
  });

  it('stay within their bounds', () => {
    assert.deepEqual([-1, 0, 50, 100, 101].map(clampPercent), [0, 0, 50, 100, 100]);
  });
});

describe('Tier', () => {
  it('has its turn at once, then once a period, and makes up for none that it missed', () => {
    const tier = new Tier(10_000);
    const turns = [0, 1, 9_999, 10_000, 10_001, 3_600_000, 3_600_001, 3_610_000];
    assert.deepEqual(
      turns.filter((nowMs) => tier.takeTurn(nowMs)),
      [0, 10_000, 3_600_000, 3_610_000],
    );
  });
});

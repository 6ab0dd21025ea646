import assert from 'node:assert/strict';
import { SamplingLoop } from '../../../src/services/metrics/samplingLoop';
import { FakeClock } from '../support/fakeClock';
import { FakeSampler } from './support/fakeSampler';

describe('SamplingLoop', () => {
  let clock: FakeClock;
  let sampler: FakeSampler;
  let loop: SamplingLoop;
  let times: number[];
  beforeEach(() => {
    clock = new FakeClock();
    sampler = new FakeSampler();
    times = [];
    loop = new SamplingLoop(clock, sampler, () => times.push(clock.monotonicMs()));
  });
  afterEach(() => {
    loop.dispose();
    assert.equal(clock.pendingTimers, 0, 'no timer is left');
  });

  it('does nothing before it is told how', async () => {
    await clock.advance(100_000);
    assert.deepEqual(times, []);
  });

  it('samples at once, then after a second, then at a steady beat', async () => {
    loop.configure({ intervalMs: 3_000, processes: 'slow' });
    await clock.advance(10_000);
    assert.deepEqual(times, [0, 1_000, 4_000, 7_000, 10_000]);
    assert.deepEqual(new Set(sampler.asked), new Set(['slow']));
  });

  it('keeps to the beat although each sample takes its time', async () => {
    sampler.onSample = () => {
      clock.suspend(7);
    };
    loop.configure({ intervalMs: 1_000, processes: 'never' });
    await clock.advance(10_000);
    assert.deepEqual(
      times.map((ms) => ms - 7),
      [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000].slice(0, times.length),
    );
    assert.ok(times.length >= 10);
  });

  it('makes up for no beat that it missed', async () => {
    loop.configure({ intervalMs: 3_000, processes: 'never' });
    await clock.advance(4_000);
    times = [];
    clock.suspend(3_600_000);
    await clock.advance(6_500);
    assert.deepEqual(
      times.map((ms) => ms - 3_604_000),
      [0, 3_000, 6_000],
    );
  });

  it('is not moved by the wall clock', async () => {
    loop.configure({ intervalMs: 2_000, processes: 'never' });
    await clock.advance(1_000);
    clock.adjustWallClock(-3_600_000);
    await clock.advance(4_000);
    assert.deepEqual(times, [0, 1_000, 3_000, 5_000]);
  });

  it('follows a new period: at once where that has passed already', async () => {
    loop.configure({ intervalMs: 60_000, processes: 'never' });
    await clock.advance(1_000 + 10_000);
    loop.configure({ intervalMs: 3_000, processes: 'everyTick' });
    await clock.advance(6_000);
    assert.deepEqual(times, [0, 1_000, 11_000, 14_000, 17_000]);
    assert.equal(sampler.asked.at(-1), 'everyTick');
    loop.configure({ intervalMs: 10_000, processes: 'never' });
    await clock.advance(10_000);
    assert.deepEqual(times.slice(5), [27_000]);
  });

  it('is not hurried by being told the same again and again', async () => {
    for (let round = 0; round < 100; round++) {
      loop.configure({ intervalMs: 3_000, processes: 'never' });
      await clock.advance(100);
    }
    assert.deepEqual(times, [0, 1_000, 4_000, 7_000, 10_000].slice(0, times.length));
    assert.ok(times.length >= 4);
  });

  it('may be disposed by whoever receives a snapshot', async () => {
    const once = new SamplingLoop(clock, sampler, () => {
      once.dispose();
    });
    once.configure({ intervalMs: 1_000, processes: 'never' });
    await clock.advance(5_000);
    assert.equal(sampler.asked.length, 1);
  });
});

import assert from 'node:assert/strict';
import { ResultCache, type ResultCacheOptions } from '../../../src/services/cache/resultCache';
import { FakeClock, settle } from '../support/fakeClock';

function setUp(options: Partial<ResultCacheOptions<string>> = {}) {
  const clock = new FakeClock();
  const cache = new ResultCache<string>({ clock, ttlMs: 1_000, maxEntries: 3, ...options });
  let runs = 0;
  const make = (value: string) => () => {
    runs++;
    return Promise.resolve(value);
  };
  return { clock, cache, make, runs: () => runs };
}

/** A run that a test settles. */
class Run {
  count = 0;
  signal: AbortSignal | undefined;
  resolve: (value: string) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;
  readonly start = (signal: AbortSignal): Promise<string> => {
    this.count++;
    this.signal = signal;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  };
}

describe('ResultCache', () => {
  it('keeps a result until it is too old, and tells its age', async () => {
    const { clock, cache, make, runs } = setUp();
    assert.equal(await cache.get('a', make('1')), '1');
    await clock.advance(999);
    assert.equal(await cache.get('a', make('2')), '1');
    assert.deepEqual(cache.peek('a'), { value: '1', ageMs: 999 });
    await clock.advance(1);
    assert.equal(cache.peek('a'), undefined);
    assert.equal(await cache.get('a', make('2')), '2');
    assert.equal(runs(), 2);
  });

  it('does not keep results for ever when the clock is set back', async () => {
    const { clock, cache, make } = setUp();
    await cache.get('a', make('1'));
    clock.adjustWallClock(-86_400_000);
    assert.equal(cache.peek('a'), undefined);
  });

  it('drops the least recently used beyond its size', async () => {
    const { cache, make } = setUp();
    for (const key of ['a', 'b', 'c']) await cache.get(key, make(key));
    cache.peek('a');
    await cache.get('d', make('d'));
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((key) => cache.peek(key)?.value),
      ['a', undefined, 'c', 'd'],
    );
    assert.equal(cache.size, 3);
  });

  it('drops by weight, and keeps nothing that is too heavy alone', async () => {
    const { cache, make } = setUp({ maxEntries: 100, maxWeight: 10, weigh: ({ length }) => length });
    await cache.get('a', make('1234'));
    await cache.get('b', make('1234'));
    await cache.get('c', make('1234'));
    await cache.get('d', make('12345678901'));
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((key) => cache.peek(key) !== undefined),
      [false, true, true, false],
    );
  });

  it('shares one run between all who ask meanwhile', async () => {
    const { cache } = setUp();
    const run = new Run();
    const all = [
      cache.get('a', run.start),
      cache.get('a', run.start),
      cache.get('a', run.start, { refresh: true }),
    ];
    await settle();
    assert.equal(run.count, 1);
    run.resolve('shared');
    assert.deepEqual(await Promise.all(all), ['shared', 'shared', 'shared']);
    assert.equal(cache.runningCount, 0);
  });

  it('does not keep failures, which reach everybody who waits', async () => {
    const { cache, make } = setUp();
    const run = new Run();
    const one = assert.rejects(cache.get('a', run.start), /no nmap/);
    const two = assert.rejects(cache.get('a', run.start), /no nmap/);
    await settle();
    run.reject(new Error('no nmap'));
    await Promise.all([one, two]);
    assert.equal(await cache.get('a', make('now')), 'now');
    await assert.rejects(
      cache.get('sync', () => {
        throw new Error('at once');
      }),
      /at once/,
    );
    assert.equal(cache.runningCount, 0);
  });

  it('does not keep results that are a kind of failure', async () => {
    const { cache, make, runs } = setUp({ isCacheable: (value) => value !== 'error' });
    await cache.get('a', make('error'));
    await cache.get('a', make('fine'));
    assert.equal(runs(), 2);
    assert.equal(cache.peek('a')?.value, 'fine');
  });

  it('runs anew on request, keeping the old result until the new one is there', async () => {
    const { cache, make } = setUp();
    await cache.get('a', make('old'));
    const run = new Run();
    const refreshed = cache.get('a', run.start, { refresh: true });
    await settle();
    assert.equal(cache.peek('a')?.value, 'old');
    run.resolve('new');
    assert.equal(await refreshed, 'new');
    assert.equal(cache.peek('a')?.value, 'new');
  });

  it('aborts the run when the last who waits has left, not before', async () => {
    const { cache } = setUp();
    const run = new Run();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = assert.rejects(cache.get('a', run.start, { signal: one.signal }), {
      code: 'cache.aborted',
    });
    const second = assert.rejects(cache.get('a', run.start, { signal: two.signal }), {
      code: 'cache.aborted',
    });
    await settle();
    one.abort();
    await first;
    assert.equal(run.signal?.aborted, false);
    two.abort();
    await second;
    assert.equal(run.signal.aborted, true);
    const again = new Run();
    const third = cache.get('a', again.start);
    await settle();
    assert.equal(again.count, 1, 'an aborted run is not shared');
    again.resolve('3');
    run.reject(new Error('aborted'));
    assert.equal(await third, '3');
    assert.equal(cache.peek('a')?.value, '3');
  });

  it('starts nothing for a signal that is aborted already', async () => {
    const { cache, make, runs } = setUp();
    await assert.rejects(cache.get('a', make('1'), { signal: AbortSignal.abort() }), {
      code: 'cache.aborted',
    });
    assert.equal(runs(), 0);
  });

  it('does not keep what was begun before it was invalidated', async () => {
    const { cache } = setUp();
    const run = new Run();
    const stale = cache.get('a', run.start);
    await settle();
    cache.invalidate('a');
    run.resolve('stale');
    assert.equal(await stale, 'stale');
    assert.equal(cache.peek('a'), undefined);
  });

  it('aborts what runs when it is disposed', async () => {
    const { cache } = setUp();
    const run = new Run();
    const outcome = assert.rejects(cache.get('a', run.start), /stopped/);
    await settle();
    cache.dispose();
    assert.equal(run.signal?.aborted, true);
    run.reject(new Error('stopped'));
    await outcome;
    assert.equal(cache.runningCount, 0);
  });
});

import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { SentinelError } from '../../shared/errors';

export interface ResultCacheOptions<V> {
  readonly clock: Clock;
  /** How long a result may be used, by the wall clock: sleep makes results older, too. */
  readonly ttlMs: number;
  readonly maxEntries: number;
  /** Bound of what all results weigh together, in the unit of `weigh`. */
  readonly maxWeight?: number;
  readonly weigh?: (value: V) => number;
  /** False for results that are a kind of failure, though nothing was thrown. */
  readonly isCacheable?: (value: V) => boolean;
}

export interface CachedResult<V> {
  readonly value: V;
  /** How long ago it was made. */
  readonly ageMs: number;
}

interface Entry<V> {
  readonly value: V;
  readonly madeAtMs: number;
  readonly weight: number;
}

interface Flight<V> {
  readonly controller: AbortController;
  readonly promise: Promise<V>;
  waiting: number;
}

export interface GetOptions {
  /** Makes this caller stop waiting; the run itself is aborted when nobody waits for it any more. */
  readonly signal?: AbortSignal;
  /** Runs although a result is at hand; one that is under way is shared all the same. */
  readonly refresh?: boolean;
}

/**
 * For what is dear to find out and stays true for a while, such as a scan of the same target with the same profile
 * or another service's report. Keeps results by key, for a limited time and in a limited number; the least recently
 * used goes first. Requests for the same key share one run. Failures are not kept: the next request runs again.
 */
export class ResultCache<V> implements Disposable {
  /** In the order of use, oldest first. */
  private readonly entries = new Map<string, Entry<V>>();
  private readonly flights = new Map<string, Flight<V>>();
  private weight = 0;

  constructor(private readonly options: ResultCacheOptions<V>) {}

  get size(): number {
    return this.entries.size;
  }

  get runningCount(): number {
    return this.flights.size;
  }

  /** What is at hand, without running anything. */
  peek(key: string): CachedResult<V> | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    const ageMs = this.options.clock.now() - entry.madeAtMs;
    // A clock that was set back would keep it for ever.
    if (ageMs >= this.options.ttlMs || ageMs < 0) {
      this.drop(key);
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return { value: entry.value, ageMs };
  }

  /**
   * The result at hand, or that of a run which all who ask for the key meanwhile share.
   * @throws what `run` throws; SentinelError `cache.aborted` when the caller's signal fires first
   */
  async get(
    key: string,
    run: (signal: AbortSignal) => Promise<V>,
    { signal, refresh = false }: GetOptions = {},
  ): Promise<V> {
    if (signal?.aborted === true) throw aborted();
    const cached = refresh ? undefined : this.peek(key);
    if (cached !== undefined) return cached.value;

    const flight = this.flights.get(key) ?? this.takeOff(key, run);
    flight.waiting += 1;
    const leave = toDisposable(() => {
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      // Gone already when it has landed; otherwise a new request shall not share an aborted run.
      if (this.flights.get(key) === flight) this.flights.delete(key);
      flight.controller.abort();
    });
    if (signal === undefined) {
      try {
        return await flight.promise;
      } finally {
        leave.dispose();
      }
    }
    return await new Promise<V>((resolve, reject) => {
      const onAbort = (): void => {
        leave.dispose();
        reject(aborted());
      };
      signal.addEventListener('abort', onAbort, { once: true });
      flight.promise.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', onAbort);
        leave.dispose();
      });
    });
  }

  /** Forgets a result; a run under way still answers those who wait, but is not kept. */
  invalidate(key: string): void {
    this.drop(key);
    this.flights.delete(key);
  }

  clear(): void {
    this.entries.clear();
    this.flights.clear();
    this.weight = 0;
  }

  /** Forgets everything and aborts what runs. */
  dispose(): void {
    const flights = [...this.flights.values()];
    this.clear();
    for (const { controller } of flights) controller.abort();
  }

  private takeOff(key: string, run: (signal: AbortSignal) => Promise<V>): Flight<V> {
    const controller = new AbortController();
    const flight: Flight<V> = {
      controller,
      waiting: 0,
      // Begins in a later turn, so that the flight is on the list before `run` can ask for the same key.
      promise: Promise.resolve().then(async () => {
        try {
          const value = await run(controller.signal);
          if (this.flights.get(key) === flight) this.keep(key, value);
          return value;
        } finally {
          if (this.flights.get(key) === flight) this.flights.delete(key);
        }
      }),
    };
    this.flights.set(key, flight);
    return flight;
  }

  private keep(key: string, value: V): void {
    const { clock, maxEntries, maxWeight = Infinity, weigh, isCacheable } = this.options;
    this.drop(key);
    if (isCacheable?.(value) === false) return;
    const weight = weigh?.(value) ?? 0;
    if (weight > maxWeight) return;
    this.entries.set(key, { value, madeAtMs: clock.now(), weight });
    this.weight += weight;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= maxEntries && this.weight <= maxWeight) break;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.weight -= entry.weight;
  }
}

function aborted(): SentinelError {
  return new SentinelError('cache.aborted', 'The caller stopped waiting for the result.');
}

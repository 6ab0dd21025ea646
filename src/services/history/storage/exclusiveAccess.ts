import type { Clock } from '../../../shared/clock';
import { acquire, courtesyMs, delay, type LockHold, type StorageLock } from '../../locks/storageLock';

export type AccessOutcome<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'failed'; readonly error: unknown }
  /** Somebody else had the lock all the time. */
  | { readonly type: 'locked' };

/** What was not done. */
export type AccessFailure = Exclude<AccessOutcome<never>, { type: 'done' }>;

/** Runs things under a lock that other processes share, one at a time and in the order of the calls. */
export class ExclusiveAccess {
  private turn: Promise<unknown> = Promise.resolve();
  /** When others who wait for the lock have had their chance, by the clock that never goes back. */
  private courteousUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly lock: StorageLock,
    private readonly clock: Clock,
  ) {}

  /** Whether the lock could not be given back, which the next run does. */
  get isStuck(): boolean {
    return this.lock.isStuck;
  }

  /** Never rejects. @param signal ends the waiting for other processes */
  async run<T>(
    action: (hold: LockHold) => T,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<AccessOutcome<T>> {
    const before = this.turn;
    const mine = Promise.withResolvers<undefined>();
    this.turn = mine.promise;
    await before;
    try {
      const courtesyLeftMs = this.courteousUntilMs - this.clock.monotonicMs();
      if (courtesyLeftMs > 0) await delay(this.clock, courtesyLeftMs, options.signal);
      const hold = await acquire(this.lock, { clock: this.clock, ...options });
      if (hold === undefined) return { type: 'locked' };
      try {
        return { type: 'done', value: action(hold) };
      } finally {
        hold.release();
        if (hold.isWanted) this.courteousUntilMs = this.clock.monotonicMs() + courtesyMs;
      }
    } catch (error) {
      return { type: 'failed', error };
    } finally {
      mine.resolve(undefined);
    }
  }

  /** Settles when nothing runs or waits. */
  async idle(): Promise<void> {
    for (let turn: unknown; turn !== this.turn;) {
      turn = this.turn;
      await turn;
    }
  }
}

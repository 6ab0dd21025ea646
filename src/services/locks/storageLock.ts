import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';

/** A lock that is held. */
export interface LockHold {
  /** Whether it still is, as far as can be known: somebody elsewhere may have taken its holder for dead. */
  isHeld(): boolean;
  /**
   * A sign of life, for who holds it longer than a moment: owners who cannot be looked at are taken for dead without.
   * Throws what the system throws.
   */
  refresh(): void;
  /** Whether others wait for it, as far as can be known; whoever wants it again soon lets them go first. */
  readonly isWanted: boolean;
  /** Throws nothing: what could not be given back is given back with the next attempt. */
  release(): void;
}

/** One owner at a time, over all processes that share a folder. */
export interface StorageLock {
  /** @returns undefined while somebody else has it @throws what the system throws, such as for a read-only disk */
  tryAcquire(): LockHold | undefined;
  /** Says that somebody waits, until it is disposed. Throws what the system throws. */
  announce(): Disposable;
  /** Whether a release has failed and is still to be done. */
  readonly isStuck: boolean;
}

/** How long to wait before the next attempt: random, so that two do not meet for ever, and growing to this. */
const longestPauseMs = 40;

/** How long whoever had a wanted lock leaves it to others: longer than the pauses of those who came lately. */
export const courtesyMs = 6;

export interface AcquireOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly random?: () => number;
}

/** @returns undefined when it was not to be had in time, or the signal fired @throws what the system throws */
export async function acquire(
  lock: StorageLock,
  { clock, timeoutMs, signal, random = Math.random }: AcquireOptions,
): Promise<LockHold | undefined> {
  const endMs = clock.monotonicMs() + timeoutMs;
  let announced: Disposable | undefined;
  try {
    for (let limitMs = 1; ; limitMs = Math.min(1.2 * limitMs, longestPauseMs)) {
      const hold = lock.tryAcquire();
      if (hold !== undefined) return hold;
      if (signal.aborted || clock.monotonicMs() >= endMs) return undefined;
      announced ??= lock.announce();
      await delay(clock, 1 + random() * limitMs, signal);
    }
  } finally {
    announced?.dispose();
  }
}

/** Settles early when the signal fires. */
export async function delay(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      timer.dispose();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

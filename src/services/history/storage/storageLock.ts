import type { Clock } from '../../../shared/clock';

/** A lock that is held. */
export interface LockHold {
  /** Whether it still is, as far as can be known: somebody elsewhere may have taken its holder for dead. */
  isHeld(): boolean;
  /** Throws nothing: what could not be given back is given back with the next attempt. */
  release(): void;
}

/** One owner at a time, over all processes that share a folder. */
export interface StorageLock {
  /** @returns undefined while somebody else has it @throws what the system throws, such as for a read-only disk */
  tryAcquire(): LockHold | undefined;
  /** Whether a release has failed and is still to be done. */
  readonly isStuck: boolean;
}

/** How long to wait before the next attempt: random, so that two do not meet for ever, and growing to this. */
const longestPauseMs = 40;

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
  for (let limitMs = 2; ; limitMs = Math.min(2 * limitMs, longestPauseMs)) {
    const hold = lock.tryAcquire();
    if (hold !== undefined) return hold;
    if (signal.aborted || clock.monotonicMs() >= endMs) return undefined;
    await delay(clock, 1 + random() * limitMs, signal);
  }
}

async function delay(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      timer.dispose();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

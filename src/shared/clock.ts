import { type Disposable, toDisposable } from './disposable';

/** Time as services see it. Injected, so that tests move it by hand. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. For people and files; it can jump. */
  now(): number;
  /** Milliseconds of a clock that never goes back. For durations and rates. */
  monotonicMs(): number;
  /** Calls `fn` once after `delayMs`. */
  setTimeout(fn: () => void, delayMs: number): Disposable;
  /** Calls `fn` every `periodMs`. */
  setInterval(fn: () => void, periodMs: number): Disposable;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimeout(fn, delayMs) {
    const timer = setTimeout(fn, delayMs);
    return toDisposable(() => {
      clearTimeout(timer);
    });
  },
  setInterval(fn, periodMs) {
    const timer = setInterval(fn, periodMs);
    return toDisposable(() => {
      clearInterval(timer);
    });
  },
};

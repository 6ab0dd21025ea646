import type { Clock } from '../../../src/shared/clock';
import { type Disposable, toDisposable } from '../../../src/shared/disposable';

interface Timer {
  dueMs: number;
  readonly periodMs?: number;
  readonly fn: () => void;
}

/** A clock that stands still until a test moves it; due timers run in order of their time. */
export class FakeClock implements Clock {
  private elapsedMs = 0;
  private readonly timers = new Set<Timer>();

  constructor(private wallStartMs = Date.parse('2024-01-15T10:30:45.000Z')) {}

  now(): number {
    return this.wallStartMs + this.elapsedMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  setTimeout(fn: () => void, delayMs: number): Disposable {
    return this.schedule({ dueMs: this.elapsedMs + Math.max(0, delayMs), fn });
  }

  setInterval(fn: () => void, periodMs: number): Disposable {
    return this.schedule({ dueMs: this.elapsedMs + periodMs, periodMs, fn });
  }

  /** Timers that have not been disposed and are still to come. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Moves time forward, running each due timer and letting promises settle after it. */
  async advance(ms: number): Promise<void> {
    const endMs = this.elapsedMs + ms;
    await settle();
    for (;;) {
      const next = this.nextTimer();
      if (next === undefined || next.dueMs > endMs) break;
      this.elapsedMs = Math.max(this.elapsedMs, next.dueMs);
      if (next.periodMs === undefined) this.timers.delete(next);
      else next.dueMs += next.periodMs;
      next.fn();
      await settle();
    }
    this.elapsedMs = endMs;
    await settle();
  }

  /** Moves both clocks without running a timer, as a machine that was suspended does. */
  suspend(ms: number): void {
    this.elapsedMs += ms;
  }

  /** Sets the wall clock forward or back, as a person or NTP does. */
  adjustWallClock(byMs: number): void {
    this.wallStartMs += byMs;
  }

  private schedule(timer: Timer): Disposable {
    this.timers.add(timer);
    return toDisposable(() => this.timers.delete(timer));
  }

  private nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (next === undefined || timer.dueMs < next.dueMs) next = timer;
    }
    return next;
  }
}

/** Lets everything that is waiting on settled promises run, chains included. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

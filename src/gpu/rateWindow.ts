import type { Clock } from '../shared/clock';

/** Lets an amount of something pass in each second. */
export class RateWindow {
  private startedAtMs: number;
  private passed = 0;

  constructor(
    private readonly clock: Clock,
    private readonly perSec: number,
  ) {
    this.startedAtMs = clock.monotonicMs();
  }

  /** Milliseconds until something may pass again; 0 while it may. */
  get waitMs(): number {
    return this.passed < this.perSec ? 0 : Math.max(0, this.startedAtMs + 1_000 - this.clock.monotonicMs());
  }

  /** @returns whether it may pass; the last amount of a second may be larger than what was left */
  take(amount = 1): boolean {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.startedAtMs >= 1_000) {
      this.startedAtMs = nowMs;
      this.passed = 0;
    }
    if (this.passed >= this.perSec) return false;
    this.passed += amount;
    return true;
  }
}

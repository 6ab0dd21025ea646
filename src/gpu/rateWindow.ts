import type { Clock } from '../shared/clock';

/** Lets a number of things pass in each second. */
export class RateWindow {
  private startedAtMs: number;
  private passed = 0;

  constructor(
    private readonly clock: Clock,
    private readonly perSec: number,
  ) {
    this.startedAtMs = clock.monotonicMs();
  }

  /** @returns whether one more may pass now */
  take(): boolean {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.startedAtMs >= 1_000) {
      this.startedAtMs = nowMs;
      this.passed = 0;
    }
    if (this.passed >= this.perSec) return false;
    this.passed += 1;
    return true;
  }
}

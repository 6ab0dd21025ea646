import type { Clock } from '../shared/clock';

export interface CircuitBreakerLimits {
  readonly maxFailures: number;
  readonly windowMs: number;
}

export const defaultBreakerLimits: CircuitBreakerLimits = { maxFailures: 3, windowMs: 60_000 };

/**
 * Opens after `maxFailures` failures within `windowMs`, and stays open until it is closed by hand.
 *
 * The window runs over time in which a failure could have been seen. A stall is seen only after a long silence,
 * which is the supervisor's own waiting: with 20 s of it before each verdict, a process that works for 10 s and
 * then hangs would fail every 31 s and never three times within 60 s, although one that works for 10 s and
 * crashes does. `blindMs` of a failure is that silence; it does not age the failures before it. So crash loops
 * and stall loops open the breaker by the same rule: the time that the process worked, plus the delays before
 * the restarts, between the first failure and the third.
 */
export class CircuitBreaker {
  private failures: number[] = [];
  private open = false;

  constructor(
    private readonly clock: Clock,
    private readonly limits: CircuitBreakerLimits = defaultBreakerLimits,
  ) {}

  get isOpen(): boolean {
    return this.open;
  }

  /**
   * @param blindMs how long the failure went unseen, 0 for an exit
   * @returns whether the breaker is open now
   */
  recordFailure(blindMs = 0): boolean {
    const nowMs = this.clock.monotonicMs();
    this.failures = this.failures
      .map((failedAtMs) => Math.min(nowMs, failedAtMs + blindMs))
      .filter((failedAtMs) => nowMs - failedAtMs <= this.limits.windowMs);
    this.failures.push(nowMs);
    if (this.failures.length >= this.limits.maxFailures) this.open = true;
    return this.open;
  }

  /** Closes the breaker and forgets all failures. */
  close(): void {
    this.open = false;
    this.failures = [];
  }
}

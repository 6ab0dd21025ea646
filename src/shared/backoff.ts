/** How long to wait before something that failed is started again. */
export interface BackoffLimits {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Whoever ran this long before it failed is healthy: the count begins anew. */
  readonly healthyMs: number;
}

const defaultBackoff: BackoffLimits = { firstDelayMs: 1_000, maxDelayMs: 60_000, healthyMs: 60_000 };

/** Restarts at once after the first failure, then after delays that double until something ran healthily. */
export class Backoff {
  private failures = 0;

  constructor(private readonly limits: BackoffLimits = defaultBackoff) {}

  /** @param ranMs how long it ran before it failed @returns the delay before the next start */
  nextDelayMs(ranMs: number): number {
    if (ranMs >= this.limits.healthyMs) this.failures = 0;
    this.failures += 1;
    if (this.failures === 1) return 0;
    return Math.min(this.limits.firstDelayMs * 2 ** (this.failures - 2), this.limits.maxDelayMs);
  }
}

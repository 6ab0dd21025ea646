export interface RestartLimits {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A run that was well for this long begins the count anew. */
  readonly healthyMs: number;
  /** Part of the delay that chance may add, so that many windows do not restart in step. */
  readonly jitter: number;
}

export const defaultRestartLimits: RestartLimits = {
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  healthyMs: 60_000,
  jitter: 0.25,
};

/** Delays before restarts: they double with each failure until a run was healthy. */
export class RestartPolicy {
  private failures = 0;

  /** @param random in [0, 1), as `Math.random` */
  constructor(
    private readonly random: () => number,
    private readonly limits: RestartLimits = defaultRestartLimits,
  ) {}

  /** @param healthyMs how long the run that failed had been well */
  nextDelayMs(healthyMs: number): number {
    if (healthyMs >= this.limits.healthyMs) this.failures = 0;
    // The exponent is bounded so that a count of years does not overflow into Infinity.
    const delayMs = Math.min(
      this.limits.firstDelayMs * 2 ** Math.min(this.failures, 30),
      this.limits.maxDelayMs,
    );
    this.failures += 1;
    return delayMs * (1 + this.limits.jitter * this.random());
  }

  reset(): void {
    this.failures = 0;
  }
}

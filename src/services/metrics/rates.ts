/**
 * Turns counters that only grow into rates over real elapsed time.
 *
 * A key seen for the first time, and one whose counter went back (its device was unplugged and plugged in
 * again, or the counter wrapped), has no rate until the next sample: better none than a spike.
 */
export class RateMeter {
  private previous = new Map<string, number>();
  private current = new Map<string, number>();

  /** Begins a sample. Keys that the last sample did not mention are forgotten. */
  begin(): void {
    const reused = this.previous;
    this.previous = this.current;
    this.current = reused;
    this.current.clear();
  }

  /**
   * @param counter undefined where the source has none at this moment
   * @param elapsedMs since the previous sample, of a monotonic clock; undefined in the first one
   * @returns units of the counter per second, or undefined where there is no rate yet
   */
  rate(key: string, counter: number | undefined, elapsedMs: number | undefined): number | undefined {
    if (counter === undefined) return undefined;
    this.current.set(key, counter);
    const before = this.previous.get(key);
    if (before === undefined || elapsedMs === undefined || elapsedMs <= 0) return undefined;
    // Put this way round it is false as well for what is no number.
    if (!(counter >= before)) return undefined;
    return ((counter - before) * 1_000) / elapsedMs;
  }
}

/** Adds what is known; undefined where nothing is. */
export function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined;
  for (const value of values) {
    if (value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** Keeps a percentage within its bounds: counters of different moments can overshoot by a hair. */
export function clampPercent(value: number): number {
  return Math.min(100, Math.max(0, value));
}

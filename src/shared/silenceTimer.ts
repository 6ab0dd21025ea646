import type { Clock } from './clock';
import type { Disposable } from './disposable';

/** A timer that rings this much late did so because the machine slept, or the host's own thread stood still. */
const latenessMs = 1_000;

/**
 * Rings once when nothing was heard for `limitMs`. Hearing costs a time stamp and touches no timer. Time in which
 * nothing could be heard (a suspended machine, a blocked host) does not count: what was sent meanwhile is still
 * waiting to be read, so that the one who was silent gets the whole limit again.
 */
export class SilenceTimer implements Disposable {
  private lastHeardMs: number;
  private timer: Disposable | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number,
    private readonly onSilence: (silentMs: number) => void,
  ) {
    this.lastHeardMs = clock.monotonicMs();
    this.wait(limitMs);
  }

  heard(): void {
    this.lastHeardMs = this.clock.monotonicMs();
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = undefined;
  }

  private wait(delayMs: number): void {
    const dueMs = this.clock.monotonicMs() + delayMs;
    this.timer = this.clock.setTimeout(() => {
      const nowMs = this.clock.monotonicMs();
      if (nowMs - dueMs > latenessMs) this.lastHeardMs = nowMs;
      const silentMs = nowMs - this.lastHeardMs;
      if (silentMs < this.limitMs) {
        // Timers of Node count whole milliseconds and may ring a fraction early.
        this.wait(Math.max(1, this.limitMs - silentMs));
        return;
      }
      this.timer = undefined;
      this.onSilence(silentMs);
    }, delayMs);
  }
}

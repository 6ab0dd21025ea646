import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';

/**
 * Calls for requests that may come in any number: at once after a pause, then one at a time and at most once in a
 * period, and always once more after the last request. Unlike a `ThrottledTask`, it is never held up by requests that
 * do not end.
 */
export class PacedCalls implements Disposable {
  private timer: Disposable | undefined;
  private running = false;
  private requested = false;
  private endedMs = Number.NEGATIVE_INFINITY;
  private disposed = false;

  /** @param call must not reject */
  constructor(
    private readonly clock: Clock,
    private readonly periodMs: number,
    private readonly call: () => void | Promise<void>,
  ) {}

  request(): void {
    this.requested = true;
    this.schedule();
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.timer = undefined;
  }

  private schedule(): void {
    if (this.disposed || this.running || this.timer !== undefined || !this.requested) return;
    const waitMs = Math.max(0, this.endedMs + this.periodMs - this.clock.monotonicMs());
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined;
      void this.run();
    }, waitMs);
  }

  private async run(): Promise<void> {
    this.requested = false;
    this.running = true;
    await this.call();
    this.running = false;
    this.endedMs = this.clock.monotonicMs();
    this.schedule();
  }
}

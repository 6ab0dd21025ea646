import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';
import type { ThreadSign } from '../../../workers/threadSign';

/** How long one step of a thread may take. */
export interface StepLimits {
  readonly baseMs: number;
  /** The pace of the slowest scan that still counts as working: many rules, a machine that is busy with other things. */
  readonly bytesPerMs: number;
}

export const defaultStepLimits: StepLimits = { baseMs: 15_000, bytesPerMs: 500 };

const pollMs = 250;
/** A look that comes so late tells that the machine slept, or that this thread stood still itself. */
const lateMs = 1_000;

/**
 * Watches a thread that cannot be asked, being busy in a step that nothing interrupts. Rings once when a step takes
 * longer than its size explains.
 */
export class StepWatch implements Disposable {
  private steps: number;
  private sinceMs: number;
  private lastLookMs: number;
  private readonly timer: Disposable;

  constructor(
    private readonly sign: ThreadSign,
    private readonly clock: Clock,
    private readonly limits: StepLimits,
    private readonly onStuck: (elapsedMs: number) => void,
  ) {
    this.steps = sign.read().steps;
    this.sinceMs = clock.monotonicMs();
    this.lastLookMs = this.sinceMs;
    this.timer = clock.setInterval(() => {
      this.look();
    }, pollMs);
  }

  dispose(): void {
    this.timer.dispose();
  }

  private look(): void {
    const nowMs = this.clock.monotonicMs();
    const { steps, stepBytes } = this.sign.read();
    if (steps !== this.steps || nowMs - this.lastLookMs > pollMs + lateMs) this.sinceMs = nowMs;
    this.steps = steps;
    this.lastLookMs = nowMs;
    const elapsedMs = nowMs - this.sinceMs;
    if (elapsedMs <= this.limits.baseMs + stepBytes / this.limits.bytesPerMs) return;
    this.dispose();
    this.onStuck(elapsedMs);
  }
}

import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { MachineSnapshot } from '../../shared/metrics/snapshot';
import type { SamplingConfig } from '../../shared/protocol/metricsWorker';
import type { Sampler } from './sampler';

/** Rates need two samples: the second one follows the first sooner than the period, so that figures show at once. */
const secondSampleMs = 1_000;

/**
 * Samples at a steady beat and sends each snapshot on. A beat that was missed (the machine slept, the thread got no
 * processor) is left out instead of made up for.
 */
export class SamplingLoop implements Disposable {
  private config: SamplingConfig | undefined;
  private timer: Disposable | undefined;
  private lastMs: number | undefined;
  private samples = 0;

  constructor(
    private readonly clock: Clock,
    private readonly sampler: Sampler,
    private readonly send: (snapshot: MachineSnapshot) => void,
  ) {}

  /** Samples now where the new period would have had a sample by now, and goes on with that period. */
  configure(config: SamplingConfig): void {
    this.config = config;
    this.schedule();
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.config = undefined;
  }

  private schedule(): void {
    this.timer?.dispose();
    this.timer = undefined;
    if (this.config === undefined) return;
    const { intervalMs } = this.config;
    const periodMs = this.samples === 1 ? Math.min(intervalMs, secondSampleMs) : intervalMs;
    const nowMs = this.clock.monotonicMs();
    const dueMs = this.lastMs === undefined ? nowMs : this.lastMs + periodMs;
    this.timer = this.clock.setTimeout(
      () => {
        this.tick(dueMs, periodMs);
      },
      Math.max(0, dueMs - nowMs),
    );
  }

  private tick(dueMs: number, periodMs: number): void {
    if (this.config === undefined) return;
    const lateMs = this.clock.monotonicMs() - dueMs;
    // Keeping to the beat avoids a drift of a millisecond or two at each turn; after a missed one a new beat begins.
    this.lastMs = lateMs < periodMs / 2 ? dueMs : this.clock.monotonicMs();
    this.samples += 1;
    this.send(this.sampler.sample(this.config.processes));
    this.schedule();
  }
}

import type { Clock } from '../../../shared/clock';
import type { ProcessesMetrics } from '../../../shared/metrics/snapshot';
import type { ProcessDemand } from '../../../shared/protocol/metricsWorker';
import { tierPeriodsMs, topProcessCount } from '../sampler';
import type { ProcessTable } from './processes';

/**
 * How long the table is left alone for each millisecond that reading it took: it may cost 0.4 % of a processor
 * while someone looks at it and 0.1 % otherwise, however many processes the machine has.
 */
const restPerCost = { slow: 1_000, everyTick: 250 } as const;

/** Decides when the table of processes is read, and keeps the last list in between. */
export class BusiestProcesses {
  private latest: ProcessesMetrics | undefined;
  private readMs: number | undefined;
  private costMs = 0;

  constructor(
    private readonly table: ProcessTable,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined while nobody looks, and before the list has its second reading */
  current(demand: ProcessDemand, nowMs: number, timestamp: string): ProcessesMetrics | undefined {
    if (demand === 'never') {
      this.table.reset();
      this.latest = undefined;
      this.readMs = undefined;
    } else if (this.isDue(demand, nowMs)) {
      const startedMs = this.clock.monotonicMs();
      this.latest = this.table.update(nowMs, timestamp, topProcessCount) ?? this.latest;
      this.costMs = this.clock.monotonicMs() - startedMs;
      this.readMs = nowMs;
    }
    return this.latest;
  }

  private isDue(demand: Exclude<ProcessDemand, 'never'>, nowMs: number): boolean {
    // Without a list the second reading follows the first at once.
    if (this.readMs === undefined || this.latest === undefined) return true;
    const shortestMs = demand === 'slow' ? tierPeriodsMs.processes : 0;
    return nowMs - this.readMs >= Math.max(shortestMs, this.costMs * restPerCost[demand]);
  }
}

import { availableParallelism } from 'node:os';
import type { CpuMetrics } from '../../../shared/metrics/snapshot';
import { defined } from '../../../shared/defined';
import type { Absences } from '../absences';
import { clampPercent } from '../rates';
import type { Reading } from './systemFile';

/** Clock ticks of one processor (or of all) since the machine started. */
interface CpuTimes {
  readonly total: number;
  readonly idle: number;
}

/**
 * Use of the processors from /proc/stat (proc_stat(5)). Busy is everything but idle and waiting for I/O, as `top`
 * has it; time stolen by the hypervisor counts as busy, since this machine could not use it.
 */
export class CpuUsage {
  private previous = new Map<string, CpuTimes>();

  /** @param stat /proc/stat, at least its lines that begin with "cpu" */
  update(stat: Reading, absences: Absences): Pick<CpuMetrics, 'percent' | 'cores' | 'count'> {
    if ('absent' in stat) {
      absences.addAll(['cpu.percent', 'cpu.cores'], stat.absent);
      // Counted by the scheduler's mask of this process: no machine has none.
      return { count: availableParallelism() };
    }
    const current = parseCpuTimes(stat.text);
    const percents = new Map<string, number | undefined>();
    for (const [name, times] of current) percents.set(name, usage(this.previous.get(name), times));
    this.previous = current;

    const total = percents.get('cpu');
    percents.delete('cpu');
    const cores = [...percents.values()];
    const complete = cores.filter((percent) => percent !== undefined);
    return defined({
      percent: absences.noted('cpu.percent', total, 'notAvailableYet'),
      // A processor that has just come online has no figure yet; a strip that leaves it out would shift the others.
      cores: absences.noted(
        'cpu.cores',
        complete.length === cores.length && cores.length > 0 ? complete : undefined,
        'notAvailableYet',
      ),
      count: cores.length > 0 ? cores.length : availableParallelism(),
    });
  }
}

/** @returns "cpu" (all together), "cpu0", "cpu1", … in the system's order */
export function parseCpuTimes(stat: string): Map<string, CpuTimes> {
  const times = new Map<string, CpuTimes>();
  for (const line of stat.split('\n')) {
    if (!line.startsWith('cpu')) continue;
    const fields = line.split(' ').filter((field) => field !== '');
    const name = fields[0];
    // user nice system idle iowait irq softirq steal; guest times, which follow, are part of user and nice.
    const ticks = fields.slice(1, 9).map(Number);
    if (name === undefined || ticks.length < 4 || ticks.some((value) => !Number.isFinite(value))) continue;
    const total = ticks.reduce((sum, value) => sum + value, 0);
    times.set(name, { total, idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) });
  }
  return times;
}

function usage(before: CpuTimes | undefined, now: CpuTimes): number | undefined {
  if (before === undefined) return undefined;
  const total = now.total - before.total;
  // iowait is known to go back at times (proc_stat(5)): the share stays within its bounds all the same.
  return total > 0 ? clampPercent(100 - (100 * (now.idle - before.idle)) / total) : undefined;
}

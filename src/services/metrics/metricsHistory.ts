import type { HistoryPoint } from '../../shared/metrics/history';
import { historyWindowsMinutes } from '../../shared/metrics/history';

const keptMs = Math.max(...historyWindowsMinutes) * 60_000;
/** Denser points are finer than any chart can draw; it also bounds the memory. */
const minSpacingMs = 900;

/** The last quarter of an hour, oldest first. */
export class MetricsHistory {
  private points: HistoryPoint[] = [];

  get all(): readonly HistoryPoint[] {
    return this.points;
  }

  add(point: HistoryPoint): void {
    const last = this.points.at(-1);
    // The wall clock was set back: the points of the time that comes again would stand in front of the new ones.
    if (last !== undefined && point.t <= last.t) this.points = this.points.filter(({ t }) => t < point.t);
    else if (last !== undefined && point.t - last.t < minSpacingMs) this.points.pop();
    this.points.push(point);
    const oldest = point.t - keptMs;
    const firstKept = this.points.findIndex(({ t }) => t >= oldest);
    if (firstKept > 0) this.points.splice(0, firstKept);
  }
}

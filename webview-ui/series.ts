import type { HistoryPoint } from '../src/shared/metrics/history';

/** A point of a chart's line; `y` is NaN where the line is broken. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface TimeRange {
  /** Milliseconds since the epoch. */
  readonly fromT: number;
  readonly toT: number;
}

/** Sampling slower than this is taken for a pause, however regular it looks. */
const slowestCadenceMs = 60_000;
/** How late a sample may be before the line breaks; one missed tick is not a gap. */
const gapFactor = 2.5;

/**
 * Adds a point and drops those that are older than `keepMs`. After the clock was set back, points that lie in its
 * future are dropped too: a line never goes back in time.
 */
export function appendPoint(
  history: readonly HistoryPoint[],
  point: HistoryPoint,
  keepMs: number,
): HistoryPoint[] {
  const kept = history.filter(({ t }) => t < point.t && t >= point.t - keepMs);
  kept.push(point);
  return kept;
}

/** The part of a history that a range shows, with one point before it, so that the line reaches the edge. */
export function pointsInRange(
  history: readonly HistoryPoint[],
  { fromT, toT }: TimeRange,
): readonly HistoryPoint[] {
  const first = history.findIndex(({ t }) => t >= fromT);
  if (first < 0) return [];
  const start = Math.max(0, first - 1);
  const afterLast = history.findIndex(({ t }) => t > toT);
  return history.slice(start, afterLast < 0 ? history.length : afterLast);
}

export interface LineOptions {
  /** Milliseconds between samples. */
  readonly intervalMs: number;
  /** What the chart shows from edge to edge. */
  readonly windowMs: number;
  readonly maxPoints: number;
}

/**
 * One line of a chart. It is broken where a figure is absent and where time jumped (paused, suspended), and holds
 * at most about `maxPoints` points: from crowded stretches the lowest and the highest stay, so that no peak is lost.
 */
export function lineSeries(
  points: readonly HistoryPoint[],
  pick: (point: HistoryPoint) => number | undefined,
  { intervalMs, windowMs, maxPoints }: LineOptions,
): ChartPoint[] {
  const stretches = unbrokenStretches(points, pick, intervalMs);
  const bucketMs = points.length > maxPoints ? (2 * windowMs) / maxPoints : 0;
  const line: ChartPoint[] = [];
  for (const stretch of stretches) {
    const before = line.at(-1);
    if (before) line.push({ x: before.x, y: Number.NaN });
    const [only] = stretch;
    // A sample between two gaps would be a line without length; a short dash shows it.
    if (only && stretch.length === 1) line.push({ x: only.x - intervalMs / 2, y: only.y });
    for (const point of bucketMs > 0 ? thinned(stretch, bucketMs) : stretch) line.push(point);
  }
  return line;
}

function unbrokenStretches(
  points: readonly HistoryPoint[],
  pick: (point: HistoryPoint) => number | undefined,
  intervalMs: number,
): ChartPoint[][] {
  const stretches: ChartPoint[][] = [];
  let current: ChartPoint[] = [];
  points.forEach((point, index) => {
    const y = pick(point);
    if (current.length > 0 && (y === undefined || isGapBefore(points, index, intervalMs))) {
      stretches.push(current);
      current = [];
    }
    if (y !== undefined) current.push({ x: point.t, y });
  });
  if (current.length > 0) stretches.push(current);
  return stretches;
}

/**
 * Whether time jumped before a point. The cadence around it counts, not only the present interval: while the
 * panel was hidden, samples came more slowly and still belong together.
 */
function isGapBefore(points: readonly HistoryPoint[], index: number, intervalMs: number): boolean {
  const step = stepMs(points, index);
  const around = Math.min(Math.max(stepMs(points, index - 1), stepMs(points, index + 1)), slowestCadenceMs);
  return step > gapFactor * Math.max(intervalMs, around);
}

function stepMs(points: readonly HistoryPoint[], index: number): number {
  const point = points[index];
  const previous = points[index - 1];
  return point && previous ? point.t - previous.t : 0;
}

/** Buckets stand on whole multiples of their length, so that a line does not shimmer while it moves. */
function thinned(stretch: readonly ChartPoint[], bucketMs: number): ChartPoint[] {
  const kept: ChartPoint[] = [];
  let bucket: ChartPoint[] = [];
  const flush = (): void => {
    const [first] = bucket;
    if (!first) return;
    const lowest = bucket.reduce((low, point) => (point.y < low.y ? point : low), first);
    const highest = bucket.reduce((high, point) => (point.y > high.y ? point : high), first);
    if (lowest === highest) kept.push(first);
    else if (lowest.x < highest.x) kept.push(lowest, highest);
    else kept.push(highest, lowest);
    bucket = [];
  };
  for (const point of stretch) {
    const [first] = bucket;
    if (first && Math.floor(first.x / bucketMs) !== Math.floor(point.x / bucketMs)) flush();
    bucket.push(point);
  }
  flush();
  // The newest point agrees with the figure beside the chart, even where its bucket would drop it.
  const newest = stretch.at(-1);
  if (newest && kept.at(-1) !== newest) kept.push(newest);
  return kept;
}

export interface SeriesSummary {
  readonly latest: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What a line says in three figures; undefined for a line without points. */
export function summarize(line: readonly ChartPoint[]): SeriesSummary | undefined {
  const values = line.map(({ y }) => y).filter((y) => !Number.isNaN(y));
  const latest = values.at(-1);
  if (latest === undefined) return undefined;
  return { latest, lowest: Math.min(...values), highest: Math.max(...values) };
}

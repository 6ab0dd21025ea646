import assert from 'node:assert/strict';
import type { HistoryPoint } from '../../../src/shared/metrics/history';
import {
  appendPoint,
  type ChartPoint,
  lineSeries,
  pointsInRange,
  summarize,
} from '../../../webview-ui/series';

const intervalMs = 3_000;
const cpu = ({ cpu: percent }: HistoryPoint): number | undefined => percent;
const options = { intervalMs, windowMs: 60_000, maxPoints: 240 };

function every(stepMs: number, count: number, startT = 0): HistoryPoint[] {
  return Array.from({ length: count }, (_, index) => ({ t: startT + index * stepMs, cpu: index }));
}

function gaps(line: readonly ChartPoint[]): number {
  return line.filter(({ y }) => Number.isNaN(y)).length;
}

describe('appendPoint', () => {
  it('keeps the window and no more', () => {
    let history: HistoryPoint[] = [];
    for (const point of every(intervalMs, 1_000)) history = appendPoint(history, point, 900_000);
    assert.equal(history.length, 301);
    assert.equal(history.at(-1)?.t, 999 * intervalMs);
  });

  it('drops the future after the clock was set back', () => {
    const history = appendPoint(every(intervalMs, 5), { t: 4_000, cpu: 50 }, 900_000);
    assert.deepEqual(
      history.map(({ t }) => t),
      [0, 3_000, 4_000],
    );
  });
});

describe('pointsInRange', () => {
  it('takes one point before the range, so that the line reaches the edge', () => {
    const points = pointsInRange(every(1_000, 10), { fromT: 4_500, toT: 7_000 });
    assert.deepEqual(
      points.map(({ t }) => t),
      [4_000, 5_000, 6_000, 7_000],
    );
  });

  it('is empty when everything is older', () => {
    assert.deepEqual(pointsInRange(every(1_000, 10), { fromT: 60_000, toT: 120_000 }), []);
  });
});

describe('lineSeries', () => {
  it('draws regular samples in one line', () => {
    const line = lineSeries(every(intervalMs, 20), cpu, options);
    assert.equal(line.length, 20);
    assert.equal(gaps(line), 0);
  });

  it('bears one missed tick', () => {
    const points = every(intervalMs, 20).filter((_, index) => index !== 10);
    assert.equal(gaps(lineSeries(points, cpu, options)), 0);
  });

  it('breaks where time jumped', () => {
    const points = [...every(intervalMs, 10), ...every(intervalMs, 10, 3_600_000)];
    assert.equal(gaps(lineSeries(points, cpu, options)), 1);
  });

  it('breaks where the figure is absent', () => {
    const points = every(intervalMs, 10).map((point) => (point.t === 15_000 ? { t: point.t } : point));
    const line = lineSeries(points, cpu, options);
    assert.equal(gaps(line), 1);
    assert.equal(line.filter(({ y }) => !Number.isNaN(y)).length, 9);
  });

  it('shows a sample between two gaps as a short dash', () => {
    assert.deepEqual(lineSeries([{ t: 30_000, cpu: 7 }], cpu, options), [
      { x: 28_500, y: 7 },
      { x: 30_000, y: 7 },
    ]);
  });

  it('keeps samples together that came slowly while the panel was hidden', () => {
    const hidden = every(15_000, 20);
    const shown = every(intervalMs, 20, 20 * 15_000);
    assert.equal(gaps(lineSeries([...hidden, ...shown], cpu, options)), 0);
    const afterwards = every(15_000, 20, 20 * intervalMs);
    assert.equal(gaps(lineSeries([...every(intervalMs, 20), ...afterwards], cpu, options)), 0);
  });

  it('thins a crowd without losing a peak, a dip or the newest value', () => {
    const points = every(1_000, 900).map(({ t }, index) => ({
      t,
      cpu: index === 333 ? 100 : index === 555 ? 1 : 50,
    }));
    points[899] = { t: 899_000, cpu: 42 };
    const line = lineSeries(points, cpu, { intervalMs: 1_000, windowMs: 900_000, maxPoints: 240 });
    assert.ok(line.length <= 244, `${line.length} points`);
    const summary = summarize(line);
    assert.deepEqual(summary, { latest: 42, lowest: 1, highest: 100 });
    const times = line.map(({ x }) => x);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('thins the same stretch the same way while the line moves on', () => {
    const all = every(1_000, 920).map(({ t }, index) => ({ t, cpu: (index * 7_919) % 101 }));
    const crowd = { intervalMs: 1_000, windowMs: 900_000, maxPoints: 240 };
    const before = lineSeries(all.slice(0, 900), cpu, crowd).filter(({ x }) => x > 100_000 && x < 800_000);
    const after = lineSeries(all.slice(20, 920), cpu, crowd).filter(({ x }) => x > 100_000 && x < 800_000);
    assert.deepEqual(after, before);
  });
});

describe('summarize', () => {
  it('says nothing of a line without points', () => {
    assert.equal(summarize([]), undefined);
    assert.equal(summarize([{ x: 1, y: Number.NaN }]), undefined);
  });
});

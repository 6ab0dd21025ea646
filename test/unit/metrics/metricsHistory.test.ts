import assert from 'node:assert/strict';
import { MetricsHistory } from '../../../src/services/metrics/metricsHistory';

const start = Date.parse('2024-01-15T10:00:00.000Z');

describe('MetricsHistory', () => {
  const times = (history: MetricsHistory): number[] => history.all.map(({ t }) => t - start);

  it('keeps a quarter of an hour, however long and often samples come', () => {
    const history = new MetricsHistory();
    for (let second = 0; second <= 5_000; second++) history.add({ t: start + second * 1_000 });
    assert.equal(history.all.length, 901);
    assert.equal(times(history)[0], 4_100_000);
    assert.equal(times(history).at(-1), 5_000_000);
  });

  it('keeps the newer of two points that no chart could tell apart', () => {
    const history = new MetricsHistory();
    history.add({ t: start, cpu: 1 });
    history.add({ t: start + 5_000, cpu: 2 });
    history.add({ t: start + 5_100, cpu: 3 });
    assert.deepEqual(
      history.all.map(({ cpu }) => cpu),
      [1, 3],
    );
  });

  it('stays in order and bounded when the wall clock is set back or forward', () => {
    const history = new MetricsHistory();
    for (const offset of [0, 60_000, 120_000, 180_000]) history.add({ t: start + offset });
    history.add({ t: start + 90_000 });
    assert.deepEqual(times(history), [0, 60_000, 90_000]);
    history.add({ t: start - 7_200_000 });
    assert.deepEqual(times(history), [-7_200_000]);
    history.add({ t: start + 7_200_000 });
    assert.deepEqual(times(history), [7_200_000]);
  });
});

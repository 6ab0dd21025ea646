import assert from 'node:assert/strict';
import { absenceReasons } from '../../../../src/shared/metrics/snapshot';
import { absenceOf, absenceText, gpuMetricText } from '../../../../src/shared/presentation/absence';

describe('reasons for missing figures', () => {
  it('each has its own words', () => {
    const texts = absenceReasons.map((reason) => absenceText(reason));
    assert.equal(new Set(texts).size, absenceReasons.length);
  });

  it('finds a figure’s reason, or its group’s', () => {
    const absent = { 'cpu.temperatureC': 'unsupported', disk: 'timedOut' } as const;
    assert.equal(absenceOf(absent, 'cpu.temperatureC'), 'Not supported on this machine');
    assert.equal(absenceOf(absent, 'disk.percent'), 'No answer in time');
    assert.equal(absenceOf(absent, 'cpu.percent'), 'Not available');
  });

  it('a device’s zero is a figure, a missing one is words', () => {
    const format = (value: number): string => `${value} W`;
    assert.equal(gpuMetricText({ status: 'ok', value: 0 }, format), '0 W');
    assert.equal(gpuMetricText({ status: 'unsupported' }, format), 'not supported');
    assert.equal(gpuMetricText({ status: 'permissionDenied' }, format), 'permission denied');
  });
});

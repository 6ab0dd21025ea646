import assert from 'node:assert/strict';
import { formatAge, formatDuration, formatMoment } from '../../../../src/shared/presentation/moments';

const dayMs = 86_400_000;

describe('times in words', () => {
  it('durations: the two units that matter', () => {
    const rows: [number, string][] = [
      [0, '0 ms'],
      [0.2, '<1 ms'],
      [38.4, '38 ms'],
      [999.4, '999 ms'],
      [999.6, '1.0 s'],
      [1_240, '1.2 s'],
      [9_949, '9.9 s'],
      [9_960, '10 s'],
      [59_499, '59 s'],
      [59_600, '1 min'],
      [185_000, '3 min 5 s'],
      [3_599_600, '1 h'],
      [7_800_000, '2 h 10 min'],
      [360_000_000, '100 h'],
    ];
    for (const [durationMs, text] of rows) assert.equal(formatDuration(durationMs), text);
  });

  it('ages: roughly, and nothing for what lies ahead', () => {
    const rows: [number, string | undefined][] = [
      [0, 'less than a day'],
      [-3_600_000, 'less than a day'],
      [1.5 * dayMs, '1 day'],
      [12 * dayMs, '12 days'],
      [90 * dayMs, '2 months'],
      [800 * dayMs, '2 years'],
      [-2 * dayMs, undefined],
    ];
    for (const [ageMs, text] of rows) assert.equal(formatAge(ageMs), text);
  });

  it('moments: with date, time and zone, and a sign for what is none', () => {
    assert.match(formatMoment(Date.UTC(2026, 2, 14, 9, 26, 53)), /^1[345] Mar 2026, \d\d:26:53 \S+$/);
    assert.equal(formatMoment(1e300), '–');
  });
});

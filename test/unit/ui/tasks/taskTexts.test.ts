import assert from 'node:assert/strict';
import { durationText, percentText } from '../../../../src/ui/tasks/taskTexts';

describe('texts of tasks', () => {
  it('name a duration by its two largest units', () => {
    const cases: [number, string][] = [
      [0, '0 s'],
      [999, '0 s'],
      [59_999, '59 s'],
      [60_000, '1 min'],
      [67_000, '1 min 7 s'],
      [3_600_000, '1 h'],
      [7_500_000, '2 h 5 min'],
    ];
    for (const [durationMs, text] of cases) assert.equal(durationText(durationMs), text);
  });

  it('do not promise an end that has not come', () => {
    assert.deepEqual([99.9, 0.9, 100].map(percentText), ['99 %', '0 %', '100 %']);
  });
});

import assert from 'node:assert/strict';
import { levelOf } from '../../../../src/shared/presentation/thresholds';

describe('levelOf', () => {
  const thresholds = { warning: 80, error: 95 };
  for (const [percent, level] of [
    [undefined, 'normal'],
    [0, 'normal'],
    [80, 'normal'],
    [80.1, 'warning'],
    [95, 'warning'],
    [95.1, 'error'],
  ] as const) {
    it(`is ${level} at ${percent ?? 'no figure'}`, () => {
      assert.equal(levelOf(percent, thresholds), level);
    });
  }

  it('never rings at a threshold of 100', () => {
    assert.equal(levelOf(100, { warning: 100, error: 100 }), 'normal');
  });
});

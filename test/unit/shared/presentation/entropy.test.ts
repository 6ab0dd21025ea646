import assert from 'node:assert/strict';
import { entropyMeaning } from '../../../../src/shared/presentation/entropy';

describe('what entropy means', () => {
  it('in plain words, from one byte throughout to chance', () => {
    const words = [0, 2, 4.5, 6, 7, 7.9, 8].map(entropyMeaning);
    assert.equal(new Set(words).size, 6);
    assert.match(words[0] ?? '', /same byte/);
    assert.match(words[2] ?? '', /text/);
    assert.match(words[6] ?? '', /compressed or encrypted/);
  });
});

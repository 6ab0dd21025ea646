import assert from 'node:assert/strict';
import { CompactSet } from '../../../../src/services/scan/url/lists/compactSet';
import { Random, testSeed } from '../../support/random';

describe('A compact set', () => {
  it('holds what a set holds, and nothing else', () => {
    const random = new Random(testSeed());
    const pieces = ['a', 'b', '.', '-', 'com', 'ü', '東', '😀', '', 'x'.repeat(300)];
    const text = (): string => Array.from({ length: random.below(8) }, () => random.pick(pieces)).join('');
    const expected = new Set<string>();
    const set = new CompactSet();
    for (let round = 0; round < 20_000; round++) {
      const one = text();
      assert.equal(set.add(one), !expected.has(one));
      expected.add(one);
      const other = text();
      assert.equal(set.has(other), expected.has(other), JSON.stringify(other));
    }
    set.trim();
    assert.equal(set.size, expected.size);
    for (const one of expected) assert.ok(set.has(one));
  });

  it('grows again after it was trimmed', () => {
    const set = new CompactSet();
    set.add('one.example');
    set.trim();
    for (let index = 0; index < 1_000; index++) set.add(`${index}.example`);
    assert.ok(set.has('one.example') && set.has('999.example') && !set.has('1000.example'));
  });

  it('takes no text that its lengths have no room for', () => {
    const set = new CompactSet();
    assert.throws(() => set.add('x'.repeat(65_536)), RangeError);
    assert.equal(set.has('x'.repeat(65_536)), false);
    assert.ok(set.add('x'.repeat(65_535)));
  });
});

import assert from 'node:assert/strict';
import { displayBytes, displayPath } from '../../../../src/services/scan/content/displayPath';
import { Random, testSeed } from '../../support/random';

describe('paths as text', () => {
  const shown = (latin1: string): string => displayBytes(Buffer.from(latin1, 'latin1'));

  it('stay as they are where they are text', () => {
    assert.equal(displayPath('/a/b\nc'), '/a/b\nc');
    assert.equal(displayPath(Buffer.from('/grüße/🦊\ufeff')), '/grüße/🦊\ufeff');
  });

  it('name each byte that is none', () => {
    assert.equal(shown('a\xffb'), 'a\\xffb');
    assert.equal(shown('\xc3'), '\\xc3');
    assert.equal(shown('\xc3\xa4\xc3x'), 'ä\\xc3x');
    assert.equal(shown('\xf0\x9f\xa6'), '\\xf0\\x9f\\xa6');
    // Longer than it needs to be, half of a surrogate pair, beyond the last character.
    assert.equal(shown('\xc0\xaf'), '\\xc0\\xaf');
    assert.equal(shown('\xed\xa0\x80'), '\\xed\\xa0\\x80');
    assert.equal(shown('\xf4\x90\x80\x80'), '\\xf4\\x90\\x80\\x80');
  });

  it('tell any two names apart that differ in bytes which are no text', () => {
    const random = new Random(testSeed());
    const names = new Map<string, string>();
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(
        Array.from({ length: 1 + random.below(6) }, () =>
          random.pick([0x61, 0x80, 0xc3, 0xa4, 0xf0, 0x9f, 0xff]),
        ),
      );
      const text = displayBytes(bytes);
      const hex = bytes.toString('hex');
      assert.equal(names.get(text) ?? hex, hex, text);
      names.set(text, hex);
      assert.ok(text.isWellFormed() && !text.includes('\ufffd'));
    }
  });
});

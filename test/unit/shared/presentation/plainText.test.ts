import assert from 'node:assert/strict';
import { oneLine, plainText } from '../../../../src/shared/presentation/plainText';

describe('text from outside', () => {
  it('stays as it is where it is harmless, in whatever script', () => {
    for (const text of ['setup.exe', 'a "b", c', 'שלום.txt', 'naïve 👩‍💻.md', 'a\\b', '=cmd|calc!A0']) {
      assert.equal(plainText(text), text);
    }
  });

  it('comes on one line, and what broke it is seen', () => {
    assert.equal(oneLine('a\nb\r\tc\u0000\u2028d'), 'a[U+000A]b[U+000D][U+0009]c[U+0000][U+2028]d');
  });

  it('cannot turn the direction of what comes after it', () => {
    assert.equal(oneLine('invoice\u202etxt.exe'), 'invoice[U+202E]txt.exe');
    assert.equal(oneLine('\u2066a\u2069\u200f'), '[U+2066]a[U+2069][U+200F]');
  });

  it('keeps halves of surrogate pairs from whoever cannot take them', () => {
    assert.equal(oneLine('a\ud83db'), 'a[U+D83D]b');
    assert.equal(oneLine('\ud83d\ude00'), '😀');
  });

  it('is shortened in the middle, without halving a character', () => {
    assert.equal(oneLine('abcdefghij', 7), 'abc…hij');
    assert.equal(oneLine('ab😀efgh😀j', 7), 'ab…😀j');
    assert.ok(oneLine('\ufffd'.repeat(65_536)).length <= 200);
    assert.ok(oneLine(`${'a'.repeat(65_536)}.exe`).endsWith('.exe'));
  });

  it('becomes neither an icon nor a link', () => {
    assert.ok(!plainText('$(alert) [a](command:x)').includes('$('));
    assert.ok(!plainText('[a](command:x)').includes(']('));
  });
});

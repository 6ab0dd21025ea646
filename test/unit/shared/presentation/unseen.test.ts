import assert from 'node:assert/strict';
import { textPieces, withUnseenMarked } from '../../../../src/shared/presentation/unseen';
import { Random, testSeed } from '../../support/random';

describe('unseen characters', () => {
  it('are marked with their code and named', () => {
    assert.deepEqual(textPieces('invoice\u202efdp.exe'), [
      { text: 'invoice' },
      { text: 'U+202E', unseen: 'right-to-left override' },
      { text: 'fdp.exe' },
    ]);
    assert.equal(withUnseenMarked('a\nb\u0000\u{e0041}'), 'a[U+000A]b[U+0000][U+E0041]');
  });

  it('are also halves of a character, alone and next to each other', () => {
    assert.equal(withUnseenMarked('\ud83d'), '[U+D83D]');
    assert.equal(withUnseenMarked('\udc00\ud83d'), '[U+DC00][U+D83D]');
    assert.equal(withUnseenMarked('😀'), '😀');
  });

  it('stay where letters need them', () => {
    for (const text of ['👩‍💻', 'می‌خواهم', 'naïve', 'שלום', 'क्‍ष', ' two  blanks ']) {
      assert.deepEqual(textPieces(text), [{ text }]);
    }
  });

  it('hide nothing after plain letters', () => {
    assert.equal(withUnseenMarked('goo\u200dgle.com'), 'goo[U+200D]gle.com');
    assert.equal(withUnseenMarked('goo\u200bgle\u00ad.com'), 'goo[U+200B]gle[U+00AD].com');
  });

  it('leave nothing of the text out, whatever it is', () => {
    const random = new Random(testSeed());
    const alphabet = ['a', 'é', '\u202e', '\n', '😀', '\ud83d', '\udc00', '\u200d', '\ufeff', '[', 'U+0041'];
    for (let round = 0; round < 300; round += 1) {
      const text = Array.from({ length: random.below(40) }, () => random.pick(alphabet)).join('');
      const back = textPieces(text)
        .map(({ text: piece, unseen }) =>
          unseen === undefined ? piece : String.fromCodePoint(Number.parseInt(piece.slice(2), 16)),
        )
        .join('');
      assert.equal(back, text);
    }
  });
});

import assert from 'node:assert/strict';
import { type Line, LineSplitter } from '../../../src/services/process/lineSplitter';

function split(chunks: readonly (string | Uint8Array)[], maxLineLength?: number): Line[] {
  const lines: Line[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), maxLineLength);
  for (const chunk of chunks) splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  splitter.end();
  return lines;
}

const texts = (lines: readonly Line[]) => lines.map(({ text }) => text);

describe('LineSplitter', () => {
  it('gives the same lines wherever the chunks are cut', () => {
    const bytes = Buffer.from('first\nzweite Zeile mit ü und 🛡\r\n\nlast');
    const whole = split([bytes]);
    assert.deepEqual(texts(whole), ['first', 'zweite Zeile mit ü und 🛡', '', 'last']);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(split([bytes.subarray(0, cut), bytes.subarray(cut)]), whole, `cut at ${cut}`);
    }
    assert.deepEqual(split([...bytes].map((byte) => Uint8Array.of(byte))), whole);
  });

  it('invents no line at the end', () => {
    assert.deepEqual(texts(split(['a\n'])), ['a']);
    assert.deepEqual(texts(split(['a\n\n'])), ['a', '']);
    assert.deepEqual(texts(split([''])), []);
  });

  it('cuts a line that is too long, says so, and goes on with the next', () => {
    assert.deepEqual(split(['12345\n123456\n1\n'], 5), [
      { text: '12345', truncated: false },
      { text: '12345', truncated: true },
      { text: '1', truncated: false },
    ]);
    assert.deepEqual(split(['123', '456', '789', '\nx'], 5), [
      { text: '12345', truncated: true },
      { text: 'x', truncated: false },
    ]);
    assert.deepEqual(split(['12345\r\n'], 5), [{ text: '12345', truncated: false }]);
    assert.deepEqual(split(['123456\r\n'], 5), [{ text: '12345', truncated: true }]);
    assert.deepEqual(split(['12345\r', '\n12345\r', 'x\n'], 5), [
      { text: '12345', truncated: false },
      { text: '12345', truncated: true },
    ]);
  });

  it('says at once, and once, that a line is too long', () => {
    for (const [chunks, expected] of [
      [['12345'], 0],
      [['12345\r\n'], 0],
      [['1234567'], 1],
      [['12345', '6', '7', '8\n'], 1],
      [['123456\n'], 1],
      [['1234567\n1\n1234567'], 2],
    ] as const) {
      let told = 0;
      const splitter = new LineSplitter(
        () => undefined,
        5,
        () => (told += 1),
      );
      for (const chunk of chunks) splitter.push(Buffer.from(chunk));
      assert.equal(told, expected, chunks.join('|'));
    }
  });

  it('holds no more than the limit of a line that never ends', () => {
    const lines: Line[] = [];
    const splitter = new LineSplitter((line) => lines.push(line), 1_000);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 100; count++) splitter.push(chunk);
    assert.equal(lines.length, 0);
    splitter.end();
    assert.deepEqual(lines, [{ text: 'x'.repeat(1_000), truncated: true }]);
  });
});

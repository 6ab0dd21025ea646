import assert from 'node:assert/strict';
import { mostReadBytes, textPlace, type TextPosition } from '../../../../src/ui/report/textPlace';
import { Random, testSeed } from '../../support/random';

/** The bytes in pieces, as a file's stream gives them; counts those that were asked for. */
async function* inChunks(
  bytes: Uint8Array,
  chunkBytes: number,
  read = { bytes: 0 },
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const chunk = bytes.subarray(start, start + chunkBytes);
    read.bytes += chunk.length;
    yield await Promise.resolve(chunk);
  }
}

function placeIn(
  text: string | Buffer,
  offset: number,
  length = 0,
  chunkBytes = 64,
): ReturnType<typeof textPlace> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return textPlace(inChunks(bytes, chunkBytes), { offset, length });
}

/** Counted in a plain way over the whole text at once. */
function positionAfter(before: string): TextPosition {
  const lines = before.split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

describe('the place of bytes in a text', () => {
  it('counts lines and characters, not bytes', async () => {
    const text = 'const ä = 1;\n// 😀 payload\n';
    const offset = Buffer.byteLength('const ä = 1;\n// 😀 ');
    assert.deepEqual(await placeIn(text, offset, 7), {
      type: 'text',
      start: { line: 1, character: 6 },
      end: { line: 1, character: 13 },
    });
  });

  it('takes CR, LF and both for the end of a line, also where a piece ends between them', async () => {
    const text = 'a\r\nb\rc\nd';
    for (let chunkBytes = 1; chunkBytes <= text.length; chunkBytes += 1) {
      const place = await placeIn(text, text.length - 1, 1, chunkBytes);
      assert.ok(place.type === 'text');
      assert.deepEqual(place.start, { line: 3, character: 0 });
    }
  });

  it('does not count a byte order mark, which editors do not show', async () => {
    const text = Buffer.from('\ufeffabc');
    const place = await placeIn(text, 4);
    assert.deepEqual(place, {
      type: 'text',
      start: { line: 0, character: 1 },
      end: { line: 0, character: 1 },
    });
  });

  it('reads UTF-16, with a mark and without', async () => {
    const plain = Buffer.from('ab\ncd', 'utf16le');
    const marked = Buffer.from('\ufeffab\ncd', 'utf16le');
    const expected = { type: 'text', start: { line: 1, character: 1 }, end: { line: 1, character: 2 } };
    assert.deepEqual(await placeIn(plain, 8, 2), expected);
    assert.deepEqual(await placeIn(marked, 10, 2), expected);
    assert.deepEqual(await placeIn(Buffer.from(plain).swap16(), 8, 2), expected);
  });

  it('tells what is no text, by its beginning', async () => {
    assert.deepEqual(await placeIn(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1]), 2), { type: 'binary' });
    const late = Buffer.concat([Buffer.alloc(600, 'a'), Buffer.alloc(4)]);
    assert.equal((await placeIn(late, 602)).type, 'text', 'an editor opens it as text, too');
  });

  it('is at the start of a character whose middle is meant', async () => {
    const place = await placeIn('é€', 3);
    assert.deepEqual(place, {
      type: 'text',
      start: { line: 0, character: 1 },
      end: { line: 0, character: 1 },
    });
  });

  it('tells what lies behind the end, and takes the end itself', async () => {
    assert.deepEqual(await placeIn('abc', 4, 1), { type: 'beyondEnd' });
    assert.equal((await placeIn('abc', 3)).type, 'text');
    assert.equal((await placeIn('', 0)).type, 'text');
    assert.deepEqual(await placeIn('', 1), { type: 'beyondEnd' });
    assert.equal((await placeIn('abc', 1, 1_000_000)).type, 'text');
  });

  it('reads no more than it needs, and nothing where that would be too much', async () => {
    const bytes = Buffer.alloc(100_000, 'a');
    const read = { bytes: 0 };
    await textPlace(inChunks(bytes, 1_000, read), { offset: 10_500, length: 20 });
    assert.equal(read.bytes, 11_000);
    const far = await textPlace(inChunks(bytes, 1_000, read), { offset: mostReadBytes + 1, length: 1 });
    assert.deepEqual(far, { type: 'tooFar' });
    assert.equal(read.bytes, 11_000);
    assert.deepEqual(await placeIn('a', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), {
      type: 'tooFar',
    });
  });

  it('selects a part of what is very long', async () => {
    const place = await placeIn(Buffer.alloc(1_000_000, 'a'), 10, 900_000, 4_096);
    assert.ok(place.type === 'text');
    assert.equal(place.end.character - place.start.character, 65_536);
  });

  it('is the same however the file comes in pieces', async () => {
    const random = new Random(testSeed());
    const alphabet = ['a', 'é', '€', '😀', '\n', '\r\n', '\r', '\t', 'ش'];
    for (let round = 0; round < 200; round += 1) {
      const parts = Array.from({ length: 1 + random.below(1_200) }, () => random.pick(alphabet));
      const from = random.below(parts.length);
      const to = from + random.below(Math.min(50, parts.length - from));
      const before = parts.slice(0, from).join('');
      const matched = parts.slice(from, to).join('');
      // Where CR and LF belong together depends on both sides of a place between them.
      if (before.endsWith('\r') || `${before}${matched}`.endsWith('\r')) continue;
      const place = await placeIn(
        parts.join(''),
        Buffer.byteLength(before),
        Buffer.byteLength(matched),
        1 + random.below(700),
      );
      assert.deepEqual(place, {
        type: 'text',
        start: positionAfter(before),
        end: positionAfter(before + matched),
      });
    }
  });
});

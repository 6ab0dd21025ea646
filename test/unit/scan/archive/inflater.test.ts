import assert from 'node:assert/strict';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { Inflater } from '../../../../src/services/scan/archive/inflater';
import { Random, testSeed } from '../../support/random';
import { deflatedZeros, storedBlock } from '../support/deflateBuilder';

interface Inflated {
  readonly output: Buffer;
  readonly state: string;
  readonly consumedBytes: number;
  readonly longestPiece: number;
}

/** @param pieceBytes how much input it is given at a time */
function inflate(input: Uint8Array, pieceBytes = 1000): Inflated {
  let at = 0;
  const inflater = new Inflater(() => {
    const piece = input.subarray(at, at + pieceBytes);
    at += piece.length;
    return piece;
  });
  const pieces: Uint8Array[] = [];
  for (let piece = inflater.read(); piece !== undefined; piece = inflater.read()) pieces.push(piece.slice());
  return {
    output: Buffer.concat(pieces),
    state: inflater.state,
    consumedBytes: inflater.consumedBytes,
    longestPiece: Math.max(0, ...pieces.map(({ length }) => length)),
  };
}

/** Bytes of all kinds: text that repeats, runs, noise. */
function someContent(random: Random): Buffer {
  const pieces = Array.from({ length: 1 + random.below(20) }, () => {
    const length = random.below(random.pick([10, 300, 2000]));
    const kind = random.below(3);
    if (kind === 0) return Buffer.alloc(length, random.below(256));
    if (kind === 1) return Buffer.from(Array.from({ length }, () => random.below(256)));
    return Buffer.alloc(length, random.pick(['abcabd', 'a line of text\n', 'function () { return 0; } ']));
  });
  return Buffer.concat(pieces);
}

describe('Inflater', () => {
  const settings = [
    { level: 0 },
    { level: 1 },
    { level: 6 },
    { level: 9, memLevel: 1 },
    { strategy: constants.Z_FIXED },
    { strategy: constants.Z_HUFFMAN_ONLY },
    { strategy: constants.Z_RLE },
    { windowBits: 9 },
  ];

  it('unpacks what zlib packs, and knows where it ends', function () {
    this.timeout(20_000);
    const random = new Random(testSeed());
    for (let round = 0; round < 150; round++) {
      const content = someContent(random);
      const setting = random.pick(settings);
      const packed = deflateRawSync(content, setting);
      const tail = Buffer.alloc(random.below(20), 0xff);
      const inflated = inflate(Buffer.concat([packed, tail]), random.pick([1, 2, 7, 1000, 100_000]));
      assert.deepEqual(
        [inflated.state, inflated.consumedBytes, inflated.output.equals(content)],
        ['ended', packed.length, true],
        `round ${round}, ${JSON.stringify(setting)}`,
      );
    }
  });

  it('gives as much as there is of a stream that is cut, and says that it is', () => {
    const content = Buffer.alloc(50_000, 'text that repeats, with numbers: 0123456789 ');
    const packed = deflateRawSync(content);
    for (let length = 0; length < packed.length; length += 1 + (length >> 3)) {
      const { state, output } = inflate(packed.subarray(0, length));
      assert.equal(state, 'truncated', `${length} bytes`);
      assert.ok(content.subarray(0, output.length).equals(output));
    }
  });

  it('agrees with zlib about any bytes at all', function () {
    this.timeout(20_000);
    const random = new Random(testSeed());
    for (let round = 0; round < 1000; round++) {
      const bytes =
        round % 2 === 0
          ? Buffer.from(Array.from({ length: 1 + random.below(60) }, () => random.below(256)))
          : deflateRawSync(someContent(random), random.pick(settings));
      if (round % 2 === 1) {
        const at = random.below(bytes.length);
        bytes[at] = bytes.readUInt8(at) ^ (1 << random.below(8));
      }
      const { state, output } = inflate(bytes);
      let expected: Buffer | undefined;
      try {
        expected = inflateRawSync(bytes);
      } catch {
        // Not valid for zlib, which is stricter about codes that are never used.
      }
      if (expected === undefined) continue;
      assert.deepEqual([state, output.equals(expected)], ['ended', true], bytes.toString('hex'));
    }
  });

  it('finds fault with what is no DEFLATE', () => {
    const bad: Record<string, number[]> = {
      'a block of the fourth kind': [7],
      'a length that is not confirmed': [1, 5, 0, 5, 0],
      'a distance beyond the beginning': [3, 2, 0, 0],
      'too many codes': [5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    };
    for (const [what, bytes] of Object.entries(bad)) {
      assert.equal(inflate(Uint8Array.from(bytes)).state, 'invalid', what);
      assert.throws(() => inflateRawSync(Uint8Array.from(bytes)), what);
    }
  });

  it('goes on in pieces of bounded size however much comes of little', () => {
    const { output, longestPiece, state } = inflate(deflatedZeros(8));
    assert.deepEqual([output.length, state], [8 * 1024 * 1024, 'ended']);
    assert.ok(longestPiece <= 100_000, `${longestPiece} bytes`);
  });

  it('passes over blocks without content', () => {
    const empty = storedBlock(Buffer.alloc(0));
    const packed = Buffer.concat([
      empty,
      storedBlock(Buffer.from('a')),
      empty,
      empty,
      storedBlock(Buffer.from('b'), true),
    ]);
    assert.equal(inflate(packed, 1).output.toString(), 'ab');
  });
});

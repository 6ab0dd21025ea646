import assert from 'node:assert/strict';
import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { skip } from '../../../support/skip';
import { gzipOf } from '../support/deflateBuilder';
import { readArchive } from '../support/readArchive';
import { tar } from '../support/tarBuilder';

describe('reading a gzip file', () => {
  const content = 'a line of text\n'.repeat(20);

  it('gives its content, named as it says or after the file', () => {
    const named = gzipOf(deflateRawSync(content), {
      checksum: crc32(content),
      size: content.length,
      name: 'inner.txt',
    });
    assert.deepEqual(readArchive(named, {}, 'outer.gz').members, [['inner.txt', content]]);
    const names = { 'a.txt.gz': 'a.txt', 'b.tgz': 'b.tar', c: 'c', 'd.GZ': 'd' };
    for (const [file, name] of Object.entries(names)) {
      assert.deepEqual(readArchive(gzipSync(content), {}, file).members, [[name, content]]);
    }
  });

  it('gives an empty content', () => {
    assert.deepEqual(readArchive(gzipSync('')).members, [['archive', '']]);
  });

  it('passes over the fields of its header', () => {
    const bytes = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]),
      Buffer.from('name\0a comment\0cc'),
      deflateRawSync(content),
      Buffer.alloc(8),
    ]);
    assert.deepEqual(readArchive(bytes).members, [['name', content]]);
  });

  it('joins its parts', () => {
    const parts = Buffer.concat([gzipSync('one '), gzipSync('two '), gzipSync('three')]);
    const read = readArchive(parts);
    assert.deepEqual([read.members, read.problems], [[['archive', 'one two three']], []]);
    const archive = tar([{ name: 'a', content: 'x'.repeat(900) }]);
    const split = Buffer.concat([gzipSync(archive.subarray(0, 700)), gzipSync(archive.subarray(700))]);
    assert.deepEqual(readArchive(split).members, [['a', 'x'.repeat(900)]]);
  });

  it('does not mind what follows it', () => {
    for (const rest of [Buffer.alloc(2000), Buffer.from('not gzip')]) {
      const read = readArchive(Buffer.concat([gzipSync(content), rest]));
      assert.deepEqual([read.members, read.problems], [[['archive', content]], []]);
    }
  });

  it('says what is wrong, and gives what was there', () => {
    const packed = gzipSync(content);
    const kindsOf = (bytes: Buffer): readonly string[] => readArchive(bytes).kinds;
    assert.deepEqual(kindsOf(packed.subarray(0, -3)), ['truncated']);
    assert.deepEqual(kindsOf(packed.subarray(0, 15)), ['truncated']);
    assert.deepEqual(kindsOf(packed.subarray(0, 5)), ['truncated']);
    assert.deepEqual(readArchive(packed.subarray(0, -3)).members, [['archive', content]]);
    assert.deepEqual(kindsOf(gzipOf(deflateRawSync(content), { size: content.length })), ['damaged']);
    assert.deepEqual(kindsOf(gzipOf(Buffer.from([7, 7, 7]))), ['damaged']);
    // A header whose name never ends.
    assert.deepEqual(kindsOf(Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 65, 66, 67])), ['damaged']);
  });

  it('cuts a tar archive that is cut', () => {
    const archive = gzipSync(
      tar([
        { name: 'a', content: 'a' },
        { name: 'b', content: Buffer.alloc(3000, 'b') },
      ]),
      { level: 0 },
    );
    const read = readArchive(archive.subarray(0, 2500));
    assert.deepEqual(read.names, ['a', 'b']);
    assert.deepEqual(read.kinds, ['truncated']);
  });

  it('reads on behind zeros, as some programs do', () => {
    for (const zeros of [1, 5, 70_000]) {
      const parts = [gzipSync('same size'), Buffer.alloc(zeros), gzipSync('SAME SIZE'), Buffer.alloc(3)];
      const read = readArchive(Buffer.concat(parts), {}, 'a.gz');
      assert.deepEqual(read.members, [['a', 'same sizeSAME SIZE']]);
      assert.deepEqual(read.problems, []);
    }
  });

  describe('that is Zstandard', () => {
    beforeEach(function () {
      if (typeof zstdCompressSync !== 'function') skip(this, 'this Node has no Zstandard');
    });
    const frame = (text: string, checksum = 0): Buffer =>
      zstdCompressSync(Buffer.from(text), { params: { [constants.ZSTD_c_checksumFlag]: checksum } });
    const skippable = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

    it('reads every frame, and passes over those that are none', () => {
      const long = 'many blocks '.repeat(40_000);
      const whole = Buffer.concat([
        skippable,
        frame('one '),
        skippable,
        frame(long, 1),
        frame('', 1),
        frame('end'),
      ]);
      const read = readArchive(whole, {}, 'a.zst');
      assert.deepEqual(read.names, ['a']);
      assert.equal(read.unpackedBytes, long.length + 7);
      assert.deepEqual(read.problems, []);
      const archive = tar([{ name: 'a', content: '1' }]);
      const halves = [archive.subarray(0, 700), archive.subarray(700)];
      assert.deepEqual(readArchive(Buffer.concat(halves.map((half) => zstdCompressSync(half)))).members, [
        ['a', '1'],
      ]);
    });

    it('says that there is more than can be read, and shows what could be', () => {
      for (const rest of [Buffer.from('more'), frame('cut off').subarray(0, -3), Buffer.from([0x28, 0xb5])]) {
        const read = readArchive(Buffer.concat([frame('first'), rest]), {}, 'a.zst');
        assert.deepEqual([read.members, read.kinds], [[['a', 'first']], ['damaged']]);
      }
      const noise = Buffer.concat([
        frame('first'),
        Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
        Buffer.alloc(40, 7),
      ]);
      assert.deepEqual(readArchive(noise, {}, 'a.zst').kinds, ['damaged']);
    });

    it('bounds all frames together', () => {
      const bomb = Buffer.concat(
        Array.from({ length: 40 }, () => zstdCompressSync(Buffer.alloc(10_000_000))),
      );
      const read = readArchive(bomb);
      assert.equal(read.kinds.length, 1);
      assert.match(read.kinds[0] ?? '', /^(ratioTooHigh|memberTooLarge)$/);
      assert.ok(read.unpackedBytes < 200_000_000, `${read.unpackedBytes}`);
    });
  });

  it('reads Zstandard in the same way, where Node can', function () {
    if (typeof zstdCompressSync !== 'function') skip(this, 'this Node has no Zstandard');
    assert.deepEqual(readArchive(zstdCompressSync(Buffer.from(content)), {}, 'a.txt.zst').members, [
      ['a.txt', content],
    ]);
    const archive = zstdCompressSync(tar([{ name: 'a', content: '1' }]));
    assert.deepEqual(readArchive(archive).members, [['a', '1']]);
    assert.deepEqual(readArchive(archive.subarray(0, -5)).kinds, ['damaged']);
    const bomb = readArchive(zstdCompressSync(Buffer.alloc(100_000_000)));
    assert.deepEqual(bomb.problems, [
      { type: 'problem', problem: 'ratioTooHigh', members: [], claimedBytes: 100_000_000 },
    ]);
  });
});

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { archiveProblems } from '../../../../src/services/scan/archive/archive';
import { archiveFormatOf } from '../../../../src/services/scan/archive/archiveFormat';
import { MemorySource } from '../../../../src/services/scan/archive/byteSource';
import { Random, testSeed } from '../../support/random';
import { withCpuTime } from '../support/cpuTime';
import { zipQuine } from '../support/quine';
import { readArchive } from '../support/readArchive';
import { binarySize, pax, tar } from '../support/tarBuilder';
import { zip } from '../support/zipBuilder';

const limits = { maxDepth: 4, maxMembers: 60, maxUnpackedBytes: 2_000_000, maxMemberBytes: 500_000 };
/** The last piece that was unpacked may exceed it. */
const tolerance = 200_000;

function originals(): readonly Buffer[] {
  const text = 'some text that repeats, some text that repeats '.repeat(20);
  const parts = [
    { name: 'a.txt', content: text },
    { name: 'folder/b', content: 'second', method: 0 },
    { name: 'c', content: text, sizesFollow: true },
    { name: 'd', content: 'large', zip64: true },
  ];
  const archive = tar([
    { name: 'a', content: text },
    pax({ path: 'long name', size: '5' }),
    { name: 'b', content: '12345' },
    { name: '././@LongLink', kind: 'L', content: 'another name\0' },
    { name: 'c', content: 'c', size: binarySize(1n) },
    { name: 'link', kind: '2', linkTarget: '/etc' },
  ]);
  return [
    zip(parts),
    zip(parts, { zip64: true, prefix: Buffer.from('before'), comment: Buffer.from('after') }),
    archive,
    gzipSync(archive),
    gzipSync(text),
    zip([
      { name: 'inner.tgz', content: gzipSync(archive) },
      { name: 'inner.zip', content: zip(parts), method: 0 },
    ]),
    zipQuine(),
  ];
}

function mutated(random: Random, original: Buffer): Buffer {
  let bytes = Buffer.from(original);
  const times = 1 + random.below(4);
  for (let time = 0; time < times && bytes.length > 8; time++) {
    const at = random.below(bytes.length - 8);
    switch (random.below(7)) {
      case 0:
        bytes[at] = bytes.readUInt8(at) ^ (1 << random.below(8));
        break;
      case 1:
        bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
        break;
      case 2:
        bytes.writeUInt32LE(random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff]), at);
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(bytes.length))]);
        break;
      case 5:
        bytes.copy(bytes, at, random.below(bytes.length));
        break;
      default: {
        // In a record of the directory, where numbers matter.
        const record = bytes.indexOf(
          random.pick(['PK\x01\x02', 'PK\x05\x06', 'PK\x03\x04', 'PK\x06\x06']),
          0,
          'latin1',
        );
        const field = record + 4 + random.below(42);
        if (record >= 0 && field < bytes.length) bytes[field] = random.below(256);
      }
    }
  }
  return bytes;
}

describe('archives changed at random', function () {
  this.timeout(120_000);

  it('are read within limits, whatever they have become', () => {
    const random = new Random(testSeed());
    const seeds = originals();
    const seen = new Set<string>();
    let opened = 0;
    for (let round = 0; round < 2000; round++) {
      const bytes = mutated(random, random.pick(seeds));
      if (archiveFormatOf(new MemorySource(bytes)) === undefined) continue;
      opened++;
      const { result: read, cpuMs } = withCpuTime(() => readArchive(bytes, limits));
      const about = `round ${round}: ${bytes.toString('base64').slice(0, 4000)}`;
      assert.ok(cpuMs < 3000, `${cpuMs} ms, ${about}`);
      assert.ok(read.memberCount <= limits.maxMembers, about);
      assert.ok(read.unpackedBytes <= limits.maxUnpackedBytes + limits.maxMemberBytes + tolerance, about);
      for (const { problem } of read.problems) seen.add(problem);
    }
    assert.ok(opened > 1500, `${opened} opened`);
    // The changes reach what they should.
    const expected = ['damaged', 'truncated'];
    assert.deepEqual(
      expected.filter((problem) => !seen.has(problem)),
      [],
    );
    assert.ok([...seen].every((problem) => (archiveProblems as readonly string[]).includes(problem)));
  });
});

import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { defaultArchiveLimits } from '../../../../src/services/scan/archive/archive';
import { ArchiveBudget } from '../../../../src/services/scan/archive/archiveBudget';
import { archiveFormatOf } from '../../../../src/services/scan/archive/archiveFormat';
import { ArchiveReader } from '../../../../src/services/scan/archive/archiveReader';
import { FileSource, MemorySource } from '../../../../src/services/scan/archive/byteSource';
import { SentinelError } from '../../../../src/shared/errors';
import { withCpuTime } from '../support/cpuTime';
import { noControl, readArchive } from '../support/readArchive';
import { pax, tar } from '../support/tarBuilder';
import { zip } from '../support/zipBuilder';

/** Assembled here, so that no scanner takes this file for it. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('');

describe('ArchiveReader', () => {
  const file = { name: 'eicar.com', content: eicar };

  it('finds what is inside of archives of every kind, in each other', () => {
    const ways: Record<string, Buffer> = {
      'eicar.com': zip([file]),
      'inner.zip!eicar.com': zip([{ name: 'inner.zip', content: zip([file]) }]),
      'a.zip!b.zip!c.zip!eicar.com': zip([
        {
          name: 'a.zip',
          content: zip([{ name: 'b.zip', content: zip([{ name: 'c.zip', content: zip([file]) }]) }]),
        },
      ]),
      'package/eicar.com': gzipSync(tar([{ name: 'package/eicar.com', content: eicar }])),
      'extension/lib.tgz!eicar.com': zip([{ name: 'extension/lib.tgz', content: gzipSync(tar([file])) }]),
      'x.jar!eicar.com': tar([{ name: 'x.jar', content: zip([file]) }]),
      'archive!eicar.com': gzipSync(gzipSync(tar([file]))),
      'tar!eicar.com': zip([{ name: 'tar', content: tar([pax({ comment: 'x' }), file]), method: 0 }]),
    };
    for (const [way, archive] of Object.entries(ways)) {
      const found = readArchive(archive).members.filter(([, content]) => content === eicar);
      assert.deepEqual(found, [[way, eicar]]);
    }
  });

  it('gives an archive within another before what is in it', () => {
    const inner = zip([file]);
    const read = readArchive(
      zip([
        { name: 'first.zip', content: inner },
        { name: 'last', content: 'l' },
      ]),
    );
    assert.deepEqual(read.names, ['first.zip', 'first.zip!eicar.com', 'last']);
  });

  it('opens an archive that is appended to something else', () => {
    const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(50_000, 0x90)]);
    assert.deepEqual(readArchive(Buffer.concat([program, zip([file])])).members, [['eicar.com', eicar]]);
    const picture = Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(900)]);
    assert.deepEqual(
      readArchive(zip([{ name: 'x.gif', content: Buffer.concat([picture, zip([file])]) }])).names,
      ['x.gif', 'x.gif!eicar.com'],
    );
  });

  it('opens what is an archive of two kinds as either', () => {
    const hidden = zip([file]);
    const harmless = { name: 'harmless', content: 'x' };
    for (const cover of [gzipSync(tar([harmless])), gzipSync('x'), tar([harmless], { zeroBlocks: 0 })]) {
      const read = readArchive(Buffer.concat([cover, hidden]));
      assert.equal(read.names.length, 2);
      assert.equal(read.names[1], 'eicar.com');
    }
    const rar = Buffer.concat([Buffer.from('Rar!\x1a\x07\x01\0'), Buffer.alloc(100)]);
    assert.deepEqual(readArchive(Buffer.concat([rar, hidden])).names, ['eicar.com']);
    // A zip archive in a tar archive is not one at its end.
    const within = readArchive(tar([harmless, { name: 'a.zip', content: hidden }]));
    assert.deepEqual(within.names, ['harmless', 'a.zip', 'a.zip!eicar.com']);
    assert.deepEqual(within.problems, []);
  });

  it('says which archives it cannot open', () => {
    const others = {
      '7-Zip': Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'),
      RAR: Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'),
      XZ: Buffer.from('\xfd7zXZ\0', 'latin1'),
      bzip2: Buffer.from('BZh91AY&SY', 'latin1'),
      Cabinet: Buffer.from('MSCF\0\0\0\0', 'latin1'),
      'Debian package': Buffer.from('!<arch>\ndebian-binary   1342943816'),
      'RPM package': Buffer.from('\xed\xab\xee\xdb\x03', 'latin1'),
    };
    for (const [detail, magic] of Object.entries(others)) {
      const bytes = Buffer.concat([magic, Buffer.alloc(100)]);
      assert.deepEqual(readArchive(bytes).problems, [
        { type: 'problem', problem: 'unsupportedMethod', members: [], detail },
      ]);
      assert.deepEqual(readArchive(zip([{ name: 'x', content: bytes }])).problems, [
        { type: 'problem', problem: 'unsupportedMethod', members: ['x'], detail },
      ]);
    }
  });

  it('takes nothing else for an archive', () => {
    const others = [
      '',
      'P',
      'PK',
      'plain text',
      'BZhang is a name',
      'PK\x05\x06',
      eicar,
      '\x1f\x8b',
      'Rar!'.padEnd(600),
      'LZIP is a program',
      '!<arch>\n',
    ];
    for (const text of others) {
      // `PK\x05\x06` alone is the beginning of an archive without members.
      const format = archiveFormatOf(new MemorySource(Buffer.from(text, 'latin1')));
      assert.equal(format === undefined, text !== 'PK\x05\x06', text);
    }
    const mentions = Buffer.concat([Buffer.alloc(70_000, 1), Buffer.from('PK\x05\x06 and more', 'latin1')]);
    assert.equal(archiveFormatOf(new MemorySource(mentions)), undefined);
  });

  describe('within limits', function () {
    this.timeout(30_000);
    it('of depth', () => {
      let archive = zip([file]);
      for (let depth = 1; depth < 4; depth++) archive = zip([{ name: `${depth}.zip`, content: archive }]);
      assert.deepEqual(readArchive(archive, { maxDepth: 4 }).problems, []);
      const read = readArchive(archive, { maxDepth: 2 });
      assert.deepEqual(read.names, ['3.zip', '3.zip!2.zip']);
      assert.deepEqual(read.problems, [{ type: 'problem', problem: 'tooDeep', members: ['3.zip', '2.zip'] }]);
    });

    it('of members, in all archives together', () => {
      const ten = Array.from({ length: 10 }, (_, index) => ({ name: `${index}`, content: 'x' }));
      const kinds: Record<string, Buffer> = {
        zip: zip(ten),
        tar: tar(ten),
        tgz: gzipSync(tar(ten)),
        nested: zip([
          { name: 'a', content: zip(ten.slice(0, 5)) },
          { name: 'b', content: zip(ten.slice(5)) },
        ]),
      };
      for (const [kind, archive] of Object.entries(kinds)) {
        const read = readArchive(archive, { maxMembers: 7 });
        assert.equal(read.memberCount, 7, kind);
        assert.deepEqual(read.kinds, ['tooManyMembers'], kind);
      }
      assert.deepEqual(readArchive(zip(ten), { maxMembers: 10 }).problems, []);
    });

    it('of size, in all archives together', () => {
      const parts = Array.from({ length: 5 }, (_, index) => ({ name: `${index}`, content: noise(100_000) }));
      for (const archive of [
        zip(parts),
        tar(parts),
        gzipSync(tar(parts)),
        zip([{ name: 'a', content: tar(parts), method: 0 }]),
      ]) {
        const read = readArchive(archive, { maxUnpackedBytes: 250_000 });
        assert.deepEqual(
          read.kinds.filter((kind) => kind !== 'memberTooLarge'),
          ['tooLarge'],
        );
        assert.ok(read.unpackedBytes <= 1_000_000);
      }
    });

    it('of one member, whose beginning is given', () => {
      const content = noise(100_000);
      for (const archive of [
        zip([{ name: 'big', content }, file]),
        zip([{ name: 'big', content, method: 0 }, file]),
        tar([{ name: 'big', content }, file]),
        gzipSync(tar([{ name: 'big', content }, file])),
      ]) {
        const read = readArchive(archive, { maxMemberBytes: 30_000 });
        assert.deepEqual(read.members, [
          ['big', '30000 bytes'],
          ['eicar.com', eicar],
        ]);
        assert.deepEqual(
          read.problems.map(({ problem, members }) => [problem, ...members]),
          [['memberTooLarge', 'big']],
        );
      }
      const single = readArchive(gzipSync(content), { maxMemberBytes: 30_000 });
      assert.deepEqual([single.members, single.kinds], [[['archive', '30000 bytes']], ['memberTooLarge']]);
    });

    it('of memory, for archives that are held while their members are read', () => {
      const mebibyte = 1024 * 1024;
      const budget = new ArchiveBudget(defaultArchiveLimits, mebibyte, noControl);
      assert.deepEqual([budget.memberBytes, budget.wholeBytes], [64 * mebibyte, 96 * mebibyte]);
      budget.hold(96 * mebibyte);
      assert.deepEqual([budget.memberBytes, budget.wholeBytes], [64 * mebibyte, 0]);
      budget.hold(60 * mebibyte);
      assert.deepEqual([budget.memberBytes, budget.sharedBytes], [4 * mebibyte, 64 * mebibyte]);
      budget.release(156 * mebibyte);
      assert.equal(budget.memberBytes, 64 * mebibyte);
    });

    it('of memory, which members that lie in memory anyway do not need', () => {
      let archive = zip([file]);
      for (let depth = 0; depth < 4; depth++) {
        const content = Buffer.concat([Buffer.alloc(20_000_000), archive]);
        archive = zip([{ name: `${depth}.zip`, content, method: 0 }]);
      }
      const limits = { maxMemberBytes: 100_000_000, maxUnpackedBytes: 1_000_000_000 };
      const read = readArchive(archive, limits);
      assert.deepEqual(read.problems, []);
      assert.equal(read.names.at(-1), '3.zip!2.zip!1.zip!0.zip!eicar.com');
    });

    it('but not for members whose checksum alone is wrong, since some programs do not look at it', () => {
      const read = readArchive(zip([{ name: 'a.zip', content: zip([file]), checksum: 5 }]));
      assert.deepEqual(read.names, ['a.zip', 'a.zip!eicar.com']);
      assert.deepEqual(read.kinds, ['damaged']);
    });
  });

  it('stops where its control says so', () => {
    const cancelled = new SentinelError('task.cancelled', 'The work was cancelled.');
    let calls = 0;
    const checkpoint = (): void => {
      if (++calls === 5) throw cancelled;
    };
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, content: 'x' }));
    for (const archive of [
      zip(many),
      tar(many),
      gzipSync(tar(many)),
      zip([{ name: 'big', content: noise(2_000_000), checksum: 0 }]),
    ]) {
      calls = 0;
      const source = new MemorySource(archive);
      const reader = new ArchiveReader(source, archiveFormatOf(source)!, {
        name: 'a',
        control: { checkpoint },
      });
      assert.throws(() => [...reader.read()], cancelled);
    }
  });

  describe('of an open file', function () {
    this.timeout(30_000);
    let folder: string;
    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'sentinel-archive-'));
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    function fromFile(bytes: Uint8Array, act: (source: FileSource, name: string) => void): void {
      const name = path.join(folder, 'archive');
      writeFileSync(name, bytes);
      const descriptor = openSync(name, 'r');
      try {
        act(new FileSource(descriptor, bytes.length), name);
      } finally {
        closeSync(descriptor);
      }
    }

    it('gives the same as from memory', () => {
      const parts = Array.from({ length: 40 }, (_, index) => ({
        name: `${index}`,
        content: noise(index * 3_000),
      }));
      for (const archive of [
        zip(parts),
        zip(parts, { prefix: noise(300_000) }),
        tar(parts),
        gzipSync(tar(parts)),
        gzipSync(noise(500_000)),
      ]) {
        fromFile(archive, (source) => {
          assert.deepEqual(readArchive(source), readArchive(archive));
        });
      }
    });

    it('finds many members without a directory in time', () => {
      const parts = Array.from({ length: 5_000 }, (_, index) => ({
        name: `${index}`,
        content: 'x',
        sizesFollow: true,
      }));
      const whole = zip(parts);
      const cut = whole.subarray(0, whole.indexOf('PK\x01\x02', 0, 'latin1'));
      fromFile(cut, (source) => {
        const { result: read, cpuMs } = withCpuTime(() => readArchive(source));
        assert.deepEqual([read.names.length, read.kinds], [5_000, ['truncated']]);
        assert.ok(cpuMs < 4_000, `${cpuMs} ms`);
      });
    });

    it('says that it ends early when the file is cut while it is read', () => {
      const parts = Array.from({ length: 40 }, (_, index) => ({ name: `${index}`, content: noise(30_000) }));
      for (const archive of [zip(parts), tar(parts)]) {
        fromFile(archive, (source, name) => {
          const reader = new ArchiveReader(source, archiveFormatOf(source)!, {
            name: 'a',
            control: noControl,
          });
          const kinds = new Set<string>();
          let count = 0;
          for (const event of reader.read()) {
            if (event.type === 'problem') kinds.add(event.problem);
            if (++count === 5) truncateSync(name, 500_000);
          }
          assert.ok(kinds.has('truncated') || kinds.has('damaged'), [...kinds].join());
        });
      }
    });
  });

  it('has limits that leave room for what people have', () => {
    assert.ok(defaultArchiveLimits.maxUnpackedBytes >= 512 * 1024 * 1024);
  });
});

let state = 1;
/** Bytes that cannot be packed. */
function noise(length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let index = 0; index < words.length; index++)
    words[index] = state = Math.imul(state, 1664525) + 1013904223;
  return Buffer.from(words.buffer, 0, length);
}

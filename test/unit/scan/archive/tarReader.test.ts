import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { withCpuTime } from '../support/cpuTime';
import { readArchive } from '../support/readArchive';
import { binarySize, pax, tar } from '../support/tarBuilder';

describe('reading a tar archive', () => {
  const parts = [
    { name: 'folder/', kind: '5' },
    { name: 'folder/a.txt', content: 'first' },
    { name: 'empty', content: '' },
    { name: 'b.bin', content: Buffer.alloc(513, 'b') },
    { name: 'old', content: 'of the first tar', kind: '\0' },
  ];
  const members = [
    ['folder/a.txt', 'first'],
    ['empty', ''],
    ['b.bin', 'b'.repeat(513)],
    ['old', 'of the first tar'],
  ];

  it('gives each file with its bytes, packed or not', () => {
    for (const archive of [tar(parts), gzipSync(tar(parts))]) {
      const read = readArchive(archive);
      assert.deepEqual(read.members, members);
      assert.deepEqual(read.problems, []);
      assert.equal(read.memberCount, 5);
    }
  });

  it('gives members of kinds that programs write as files', () => {
    for (const kind of ['D', '7', 'Z']) {
      const read = readArchive(tar([{ name: 'evil.sh', content: 'payload', kind }]));
      assert.deepEqual(read.members, [['evil.sh', 'payload']]);
    }
  });

  it('does not need the padding at its end', () => {
    assert.deepEqual(readArchive(tar(parts, { zeroBlocks: 1 })).problems, []);
    const bare = tar([{ name: 'a', content: 'no padding' }], { zeroBlocks: 0 });
    assert.deepEqual(readArchive(bare.subarray(0, 512 + 10)).members, [['a', 'no padding']]);
  });

  it('reads long names of every kind', () => {
    const long = 'folder/'.repeat(30) + 'name';
    const read = readArchive(
      tar([
        { name: 'name', prefix: 'of/two/parts', content: '1' },
        { name: '././@LongLink', kind: 'L', content: `${long}\0` },
        { name: long.slice(0, 100), content: '2' },
        pax({ path: `${long} 🦊`, mtime: '12.5' }),
        { name: 'short', content: '3' },
        pax({ comment: 'about all' }, 'g'),
        { name: 'afterwards', content: '4' },
      ]),
    );
    assert.deepEqual(
      read.names,
      ['of/two/parts/name', long, `${long} \xf0\x9f\xa6\x8a`, 'afterwards'].map((name) =>
        Buffer.from(name, name.includes('\xf0') ? 'latin1' : 'utf8').toString(),
      ),
    );
    assert.deepEqual(read.problems, []);
  });

  it('reads sizes of pax and binary ones', () => {
    const content = 'x'.repeat(600);
    const read = readArchive(
      tar([
        pax({ size: '600' }),
        { name: 'pax', content, size: '00000000000\0' },
        { name: 'binary', content, size: binarySize(600n) },
      ]),
    );
    assert.deepEqual(read.members, [
      ['pax', content],
      ['binary', content],
    ]);
  });

  it('shows names that are no text', () => {
    const read = readArchive(tar([{ name: Buffer.from([0x61, 0xff, 0x0a, 0x62]), content: '' }]));
    assert.deepEqual(read.names, ['a\\xff\nb']);
  });

  it('passes over links, devices and folders', () => {
    const read = readArchive(
      tar([
        { name: 'hard', kind: '1', linkTarget: 'b', size: '00000001000\0' },
        { name: 'soft', kind: '2', linkTarget: 'b' },
        { name: 'device', kind: '3' },
        { name: 'pipe', kind: '6' },
        { name: 'b', content: 'target' },
      ]),
    );
    assert.deepEqual(read.members, [['b', 'target']]);
    assert.deepEqual(read.problems, []);
    assert.equal(read.memberCount, 5);
  });

  it('reads what is there of a file with holes', () => {
    const sparse = tar([{ name: 'holes', kind: 'S', content: 'the data' }], { zeroBlocks: 0 });
    sparse[482] = 1;
    // The map goes on in a second block, which is the last one.
    const map = Buffer.alloc(512, '0');
    map[504] = 0;
    fixChecksum(sparse);
    const read = readArchive(
      Buffer.concat([
        sparse.subarray(0, 512),
        map,
        sparse.subarray(512),
        tar([{ name: 'next', content: 'n' }]),
      ]),
    );
    assert.deepEqual(read.members, [
      ['holes', 'the data'],
      ['next', 'n'],
    ]);
  });

  describe('says what is wrong', () => {
    const problemsOf = (archive: Buffer): string[] =>
      readArchive(archive).problems.map(({ problem, members: way, detail }) =>
        [problem, way.join('!'), detail ?? ''].join(' ').trim(),
      );

    it('with an end that is missing', () => {
      const archive = tar(parts, { zeroBlocks: 0 });
      assert.deepEqual(problemsOf(archive.subarray(0, -700)), ['truncated']);
      assert.deepEqual(problemsOf(archive.subarray(0, -100)), []);
      const inside = tar([{ name: 'a', content: 'x'.repeat(2000) }]).subarray(0, 1000);
      assert.deepEqual(problemsOf(inside), ['truncated a']);
      assert.deepEqual(readArchive(inside).members, [['a', 'x'.repeat(488)]]);
    });

    it('with sizes that are huge, negative or no numbers', () => {
      const huge = [`77777777777\0`, binarySize(2n ** 62n), binarySize(2n ** 40n)];
      for (const size of huge) {
        const { result, cpuMs } = withCpuTime(() => problemsOf(tar([{ name: 'a', content: 'x', size }])));
        assert.deepEqual(result, ['truncated a']);
        assert.ok(cpuMs < 500, `${cpuMs} ms`);
        assert.deepEqual(problemsOf(gzipSync(tar([{ name: 'a', content: 'x', size }]))), ['truncated a']);
      }
      for (const size of [binarySize(-1n), binarySize(-(2n ** 40n)), '-7\0', 'many\0']) {
        assert.deepEqual(problemsOf(tar([{ name: 'a', content: '', size }, ...parts])), [
          'damaged a its size is no number',
        ]);
      }
      assert.deepEqual(
        readArchive(tar([{ name: 'a', content: '', size: 'many\0' }, ...parts])).members,
        members,
      );
    });

    it('with a header that is damaged, and finds the next one', () => {
      const archive = tar([
        { name: 'a', content: 'first' },
        { name: 'b', content: 'second', checksum: 17 },
        { name: 'c', content: 'third' },
      ]);
      assert.deepEqual(readArchive(archive).names, ['a', 'c']);
      assert.deepEqual(problemsOf(archive), ['damaged  a header is damaged']);
    });

    it('with members behind its end', () => {
      const hidden = Buffer.concat([
        tar(parts),
        Buffer.alloc(10_000 * 512),
        tar([{ name: 'hidden', content: 'h' }]),
      ]);
      assert.deepEqual(readArchive(hidden).names.at(-1), 'hidden');
      assert.deepEqual(readArchive(Buffer.concat([tar(parts), Buffer.alloc(40_000 * 512)])).members, members);
    });

    it('with names that are long and no text, without much effort', () => {
      const name = Buffer.alloc(4000, Buffer.from([0xff, 0xc3, 0xa4, 0xe0, 0x80]));
      const many = Array.from({ length: 500 }, () => [
        { name: 'L', kind: 'L', content: name },
        { name: 'x' },
      ]).flat();
      const { result, cpuMs } = withCpuTime(() => readArchive(tar(many)));
      assert.equal(result.memberCount, 500);
      assert.ok(cpuMs < 2000, `${cpuMs} ms`);
    });

    it('with records of pax that are none', () => {
      const records = [
        '999999 path=x\n',
        '-5 path=x\n',
        'path=x\n',
        '9 path=x',
        '7 path=',
        '0 =\n',
        ' \n',
        '6 =\n\n\n\n',
      ];
      for (const content of records) {
        const read = readArchive(
          tar([
            { name: 'p', kind: 'x', content },
            { name: 'real', content: '1' },
          ]),
        );
        assert.equal(read.memberCount, 1, content);
      }
    });

    it('with names that lead out of the folder, and links through which names do', () => {
      const read = readArchive(
        tar([
          { name: '../up', content: '1' },
          { name: '/etc/passwd', content: '2' },
          { name: 'bin/tool', kind: '2', linkTarget: '../lib/tool.js' },
          { name: 'bin/tool/inside', content: '3' },
          { name: 'out', kind: '2', linkTarget: '/etc' },
          { name: './out/passwd', content: '4' },
          { name: 'a/b/up', kind: '2', linkTarget: '../../../x' },
          { name: 'a/b/up/y/z', content: '5' },
          { name: 'outside', content: '6' },
        ]),
      );
      assert.deepEqual(
        read.problems.map(({ problem, members: way, detail }) => [problem, ...way, detail]),
        [
          ['pathTraversal', '../up', undefined],
          ['pathTraversal', '/etc/passwd', undefined],
          ['pathTraversal', './out/passwd', 'through a link that leads out'],
          ['pathTraversal', 'a/b/up/y/z', 'through a link that leads out'],
        ],
      );
    });
  });
});

function fixChecksum(archive: Buffer): void {
  archive.fill(0x20, 148, 156);
  const checksum = archive.subarray(0, 512).reduce((sum, byte) => sum + byte, 0);
  archive.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

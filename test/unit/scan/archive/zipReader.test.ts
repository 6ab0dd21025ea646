import assert from 'node:assert/strict';
import { zstdCompressSync } from 'node:zlib';
import { skip } from '../../../support/skip';
import { readArchive } from '../support/readArchive';
import { endRecord, flagOf, zip } from '../support/zipBuilder';

describe('reading a zip archive', () => {
  const parts = [
    { name: 'a.txt', content: 'first' },
    { name: 'folder/', content: '', method: 0 },
    { name: 'folder/b.txt', content: 'second', method: 0 },
    { name: 'empty', content: '' },
  ];
  const members = [
    ['a.txt', 'first'],
    ['folder/b.txt', 'second'],
    ['empty', ''],
  ];

  it('gives each file with its bytes, in the order of the directory', () => {
    const read = readArchive(zip(parts));
    assert.deepEqual(read.members, members);
    assert.deepEqual(read.problems, []);
    assert.equal(read.memberCount, 4);
    assert.equal(read.unpackedBytes, 'firstsecond'.length);
  });

  it('takes an archive without members for one', () => {
    const read = readArchive(zip([]));
    assert.deepEqual([read.members, read.problems], [[], []]);
  });

  it('finds the members when something was put before the archive, as programs that unpack themselves do', () => {
    const prefix = Buffer.from('#!/bin/sh\nexec unpack "$0"\n');
    assert.deepEqual(readArchive(zip(parts, { prefix })).members, members);
    assert.deepEqual(readArchive(zip(parts, { prefix: Buffer.alloc(100_000, 'x') })).problems, []);
  });

  it('reads sizes that follow the data, sizes of zip64, and an end of zip64', () => {
    const odd = [
      { name: 'follow', content: 'sizes follow', sizesFollow: true },
      { name: 'large', content: 'sizes are elsewhere', zip64: true },
    ];
    for (const zip64 of [false, true]) {
      const read = readArchive(zip(odd, { zip64 }));
      assert.deepEqual(read.members, [
        ['follow', 'sizes follow'],
        ['large', 'sizes are elsewhere'],
      ]);
      assert.deepEqual(read.problems, []);
    }
    const prefix = Buffer.from('something before');
    assert.deepEqual(readArchive(zip(odd, { zip64: true, prefix })).problems, []);
  });

  it('is not led astray by a comment that looks like an end', () => {
    const fakes = [
      endRecord(0, 0, 0, Buffer.alloc(0)),
      endRecord(7, 1000, 12, Buffer.alloc(0)),
      Buffer.concat([endRecord(1, 46, 5, Buffer.alloc(0)), Buffer.alloc(30)]),
    ];
    for (const [index, comment] of fakes.entries()) {
      const { names } = readArchive(zip(parts, { comment }));
      assert.deepEqual(names, ['a.txt', 'folder/b.txt', 'empty'], `fake ${index}`);
    }
  });

  it('reads names in UTF-8 and in the code page of DOS', () => {
    const dos = Buffer.from([0x52, 0x81, 0x62, 0x65, 0x2e, 0x74, 0x78, 0x74]);
    const read = readArchive(
      zip([
        { name: 'Grüße 你好.txt', content: '1' },
        { name: dos, content: '2', flags: 0 },
        { name: 'Ohne Zeichen ä', content: '3', flags: 0 },
      ]),
    );
    assert.deepEqual(read.names, ['Grüße 你好.txt', 'Rübe.txt', 'Ohne Zeichen ä']);
  });

  it('unpacks Zstandard where Node can', function () {
    if (typeof zstdCompressSync !== 'function') skip(this, 'this Node has no Zstandard');
    const packed = zstdCompressSync(Buffer.from('modern'));
    const read = readArchive(zip([{ name: 'z', content: 'modern', packed, method: 93 }]));
    assert.deepEqual([read.members, read.problems], [[['z', 'modern']], []]);
  });

  describe('says what is wrong', () => {
    const problemsOf = (archive: Buffer): string[] =>
      readArchive(archive).problems.map(({ problem, members: way, detail }) =>
        [problem, way.join('!'), detail ?? ''].join(' ').trim(),
      );

    it('with a password', () => {
      const archive = zip([
        { name: 'a', content: 'secret', packed: Buffer.from('0123456789ab!!!!!!'), flags: flagOf.encrypted },
        { name: 'b', content: 'secret', packed: Buffer.alloc(30, 7), flags: flagOf.encrypted, method: 99 },
      ]);
      assert.deepEqual(problemsOf(archive), ['encrypted a ZipCrypto', 'encrypted b AES']);
      assert.deepEqual(readArchive(archive).members, []);
    });

    it('and looks at what only claims to be encrypted', () => {
      const read = readArchive(zip([{ name: 'a', content: 'not secret at all', flags: flagOf.encrypted }]));
      assert.deepEqual([read.members, read.problems], [[['a', 'not secret at all']], []]);
    });

    it('with a method that is not known', () => {
      const archive = zip([
        { name: 'lzma', content: 'x', method: 14 },
        { name: 'odd', content: 'x', method: 77 },
      ]);
      assert.deepEqual(problemsOf(archive), [
        'unsupportedMethod lzma LZMA',
        'unsupportedMethod odd method 77',
      ]);
    });

    it('with a checksum, and shows the bytes all the same', () => {
      const read = readArchive(zip([{ name: 'a', content: 'changed', checksum: 1 }]));
      assert.deepEqual(read.members, [['a', 'changed']]);
      assert.deepEqual(read.problems, [
        { type: 'problem', problem: 'damaged', members: ['a'], detail: 'its checksum is wrong' },
      ]);
    });

    it('with sizes that lie, in either direction', () => {
      const content = 'a'.repeat(500);
      assert.deepEqual(problemsOf(zip([{ name: 'small', content, unpackedBytes: 10 }])), [
        'damaged small it says 10 bytes and holds 500',
      ]);
      assert.deepEqual(problemsOf(zip([{ name: 'large', content, unpackedBytes: 4_000_000_000 }])), [
        'damaged large it says 4000000000 bytes and holds 500',
      ]);
      assert.deepEqual(problemsOf(zip([{ name: 'stored', content, method: 0, unpackedBytes: 1 }])), [
        'damaged stored it says 1 bytes and holds 500',
      ]);
      assert.deepEqual(problemsOf(zip([{ name: 'packed', content, packedBytes: 3 }])), ['truncated packed']);
    });

    it('with data that is no DEFLATE, and shows what came before', () => {
      const archive = zip([
        { name: 'a', content: 'x'.repeat(100), packed: Buffer.from([0, 3, 0, 252, 255, 1, 2, 3, 7]) },
      ]);
      assert.deepEqual(problemsOf(archive), ['damaged a its compressed data is invalid']);
      assert.deepEqual(readArchive(archive).members, [['a', '\x01\x02\x03']]);
    });

    it('with an end that is missing, and finds what is there', () => {
      const archive = zip([
        { name: 'a', content: 'first' },
        { name: 'b', content: 'second', sizesFollow: true },
        { name: 'c', content: 'third', method: 0 },
      ]);
      const cut = archive.subarray(0, archive.indexOf('PK\x01\x02', 0, 'latin1') - 2);
      const read = readArchive(cut);
      assert.deepEqual(read.members, [
        ['a', 'first'],
        ['b', 'second'],
        ['c', 'thi'],
      ]);
      assert.deepEqual(problemsOf(cut), ['truncated  its directory is missing', 'truncated c']);
    });

    it('with a directory that is damaged, and finds what is there', () => {
      const archive = zip(parts);
      archive.writeUInt32LE(0, archive.indexOf('PK\x01\x02', 0, 'latin1'));
      const read = readArchive(archive);
      assert.deepEqual(read.members, members);
      assert.deepEqual(problemsOf(archive), ['damaged  its directory is damaged']);
      assert.deepEqual(problemsOf(zip(parts, { entryCount: 3 })), ['damaged  its directory is damaged']);
    });

    it('with members that the directory hides', () => {
      const archive = zip([
        { name: 'shown', content: 'harmless' },
        { name: 'hidden', content: 'not harmless', isHidden: true },
        { name: 'shown too', content: 'harmless' },
      ]);
      assert.deepEqual(readArchive(archive).names, ['shown', 'shown too', 'hidden']);
      assert.deepEqual(problemsOf(archive), ['damaged  its directory does not name all members']);
    });

    it('with two archives in one file, of which programs see the one or the other', () => {
      const first = zip([{ name: 'first', content: '1' }]);
      const both = Buffer.concat([first, zip([{ name: 'second', content: '2' }])]);
      assert.deepEqual(readArchive(both).names, ['second', 'first']);
    });

    it('with an entry that leads nowhere', () => {
      const archive = zip([
        { name: 'a', content: 'a' },
        { name: 'lost', content: 'b', headerAt: 5 },
        { name: 'far', content: 'b', headerAt: 4_000_000_000 },
      ]);
      assert.deepEqual(problemsOf(archive), [
        'damaged lost it is not where the directory says',
        'damaged far it is not where the directory says',
      ]);
    });

    it('with a part of a split archive', () => {
      const archive = zip(parts);
      archive.writeUInt16LE(3, archive.length - 22 + 4);
      assert.deepEqual(problemsOf(archive), ['truncated  it is one part of a split archive']);
    });

    it('with names that lead out of the folder', () => {
      const names = [
        '../../etc/passwd',
        '/etc/passwd',
        'C:\\Windows\\x.dll',
        '..\\x',
        'a/../../b',
        '\\\\host\\x',
      ];
      const fine = ['a/../b', '..hidden', 'a..b/c', 'B::Deparse.3perl', './a'];
      const archive = zip([...names, ...fine].map((name) => ({ name, content: 'x' })));
      const read = readArchive(archive);
      assert.deepEqual(
        read.problems.map(({ problem, members: way }) => [problem, ...way]),
        names.map((name) => ['pathTraversal', name]),
      );
      assert.deepEqual(read.names, [...names, ...fine]);
    });
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from 'mocha';
import { skip } from '../../../support/skip';
import { readArchive } from '../support/readArchive';

const longName = `${'a-long-name-'.repeat(12)}.txt`;
const files: Readonly<Record<string, string>> = {
  'tree/a.txt': 'first',
  'tree/empty': '',
  [`tree/${longName}`]: 'long',
  'tree/deep/er/ünïcode 你好.txt': 'wide',
  'tree/big.txt': 'a line that repeats\n'.repeat(60_000),
};
const shown = Object.entries(files).map(([name, content]) => [
  name,
  content.length > 1000 ? `${content.length} bytes` : content,
]);
shown.sort();

describe('archives that other programs made', function () {
  this.timeout(20_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-programs-'));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    symlinkSync('a.txt', path.join(folder, 'tree/link'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns the archive that the program wrote */
  function made(context: Context, file: string, program: string, ...args: string[]): Buffer {
    try {
      execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        skip(context, `${program} is not installed`);
      throw error;
    }
    return readFileSync(path.join(folder, file));
  }

  function assertWhole(archive: Buffer): void {
    const { members, problems } = readArchive(archive);
    assert.deepEqual([...members].sort(), shown);
    assert.deepEqual(problems, []);
  }

  it('zip', function () {
    assertWhole(made(this, 'a.zip', 'zip', '-q', '-r', 'a.zip', 'tree', '-x', 'tree/link'));
    assertWhole(made(this, 'stored.zip', 'zip', '-q', '-0', '-r', 'stored.zip', 'tree', '-x', 'tree/link'));
    assertWhole(made(this, 'large.zip', 'zip', '-q', '-fz', '-r', 'large.zip', 'tree', '-x', 'tree/link'));
  });

  it('zip, with a password', function () {
    const archive = made(
      this,
      'secret.zip',
      'zip',
      '-q',
      '-P',
      'password',
      '-r',
      'secret.zip',
      'tree/a.txt',
      'tree/big.txt',
    );
    const { members, problems } = readArchive(archive);
    assert.deepEqual(members, []);
    assert.deepEqual(
      problems.map(({ problem, members: way, detail }) => [problem, ...way, detail]),
      [
        ['encrypted', 'tree/a.txt', 'ZipCrypto'],
        ['encrypted', 'tree/big.txt', 'ZipCrypto'],
      ],
    );
  });

  for (const format of ['gnu', 'pax', 'posix', 'oldgnu']) {
    it(`tar, as ${format}`, function () {
      const args = [`--format=${format}`, '-cf', 'a.tar', 'tree'];
      assertWhole(made(this, 'a.tar', 'tar', ...args));
      assertWhole(made(this, 'a.tgz', 'tar', `--format=${format}`, '-czf', 'a.tgz', 'tree'));
    });
  }

  it('tar, of a file with holes', function () {
    writeFileSync(
      path.join(folder, 'holes'),
      Buffer.concat([Buffer.from('start'), Buffer.alloc(3_000_000), Buffer.from('end')]),
    );
    for (const format of ['gnu', 'pax']) {
      const archive = made(
        this,
        'holes.tar',
        'tar',
        `--format=${format}`,
        '-S',
        '--hole-detection=raw',
        '-cf',
        'holes.tar',
        'holes',
        'tree/a.txt',
      );
      const { names, members, problems } = readArchive(archive);
      assert.deepEqual([names, problems], [['holes', 'tree/a.txt'], []], format);
      assert.deepEqual(members[1], ['tree/a.txt', 'first']);
    }
  });

  it('gzip', function () {
    const archive = made(this, 'tree/big.txt.gz', 'gzip', '-k', '-f', 'tree/big.txt');
    assert.deepEqual(readArchive(archive, {}, 'other.gz').members, [['big.txt', '1200000 bytes']]);
    rmSync(path.join(folder, 'tree/big.txt.gz'));
  });

  it('zstd', function () {
    const archive = made(this, 'big.zst', 'zstd', '-q', '-f', '-o', 'big.zst', 'tree/big.txt');
    assert.deepEqual(readArchive(archive, {}, 'big.txt.zst').members, [['big.txt', '1200000 bytes']]);
  });

  it('bzip2 and xz, which are not opened', function () {
    for (const [program, file, detail] of [
      ['bzip2', 'tree/a.txt.bz2', 'bzip2'],
      ['xz', 'tree/a.txt.xz', 'XZ'],
    ] as const) {
      const archive = made(this, file, program, '-k', '-f', 'tree/a.txt');
      assert.deepEqual(readArchive(archive).problems, [
        { type: 'problem', problem: 'unsupportedMethod', members: [], detail },
      ]);
      rmSync(path.join(folder, file));
    }
  });
});

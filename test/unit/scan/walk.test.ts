import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { excluder } from '../../../src/services/scan/exclude';
import { FolderWalk, type WalkProblem } from '../../../src/services/scan/walk';
import { skip } from '../../support/skip';
import { asNobody } from './support/asNobody';

describe('walking a folder', () => {
  let folder: string;
  const files: (string | Buffer)[] = [];
  const problems: WalkProblem[] = [];
  const visitor = {
    onFile: (file: string | Buffer) => files.push(file),
    onProblem: (problem: WalkProblem) => problems.push(problem),
  };
  const make = (...names: string[]): void => {
    for (const name of names) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), name);
    }
  };
  const walk = (root = folder, step = 1_000): FolderWalk => {
    const walking = new FolderWalk(root, visitor);
    while (walking.step(step));
    return walking;
  };
  const found = (): string[] => files.map((file) => path.relative(folder, file.toString())).sort();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-walk-'));
    files.length = 0;
    problems.length = 0;
  });
  afterEach(() => {
    // Node's own removal takes no paths that are too long for a system call.
    execFileSync('sh', ['-c', 'chmod -R u+rwx "$0"; rm -rf "$0"', folder]);
  });

  it('finds every file, in however small steps it goes', () => {
    make('a', 'b/c', 'b/d/e', 'f/g/h/i', '.hidden/.j');
    mkdirSync(path.join(folder, 'empty'));
    for (const step of [1, 2, 3, 1_000]) {
      files.length = 0;
      walk(folder, step);
      assert.deepEqual(found(), ['.hidden/.j', 'a', 'b/c', 'b/d/e', 'f/g/h/i']);
    }
    assert.deepEqual(problems, []);
  });

  it('looks at no more entries in a step than it may', () => {
    make(...Array.from({ length: 50 }, (_, index) => `file${index}`));
    const walking = new FolderWalk(folder, visitor);
    assert.equal(walking.step(10), true);
    assert.ok(files.length > 0 && files.length <= 10);
  });

  it('counts links and follows none, so that none leads out or round in circles', () => {
    make('a/b');
    symlinkSync('..', path.join(folder, 'a/up'));
    symlinkSync('/', path.join(folder, 'out'));
    symlinkSync('itself', path.join(folder, 'itself'));
    symlinkSync('a/b', path.join(folder, 'file'));
    assert.equal(walk().counts.links, 4);
    assert.deepEqual(found(), ['a/b']);
    assert.deepEqual(problems, []);
  });

  it('enters the folder that was chosen, though it is a link', () => {
    make('a/b');
    symlinkSync('a', path.join(folder, 'link'));
    walk(path.join(folder, 'link'));
    assert.deepEqual(found(), ['link/b']);
  });

  it('counts pipes and sockets and opens none', async () => {
    make('a');
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    const server = createServer().listen(path.join(folder, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      assert.equal(walk().counts.special, 2);
      assert.deepEqual(found(), ['a']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('finds files whose names are no text, by their bytes', () => {
    make('plain', 'with\nnewline', 'x\ufffdy/valid');
    const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff, 0xfe])]);
    writeFileSync(odd, 'x');
    const oddFolder = Buffer.concat([Buffer.from(`${folder}/d`), Buffer.from([0xe9])]);
    mkdirSync(oddFolder);
    writeFileSync(Buffer.concat([oddFolder, Buffer.from('/inside')]), 'x');
    walk();
    const strings = files.filter((file) => typeof file === 'string');
    assert.deepEqual(strings.map((file) => path.relative(folder, file)).sort(), [
      'plain',
      'with\nnewline',
      'x\ufffdy/valid',
    ]);
    const buffers = files.filter((file) => typeof file !== 'string');
    assert.equal(buffers.length, 2);
    assert.ok(buffers.some((file) => file.equals(odd)));
  });

  it('leaves out what is excluded, and does not enter it', () => {
    make('keep/a', 'node_modules/x/y', 'keep/b.log');
    const excludes = excluder({
      base: folder,
      globs: ['**/node_modules'],
      ignoreLines: '*.log',
      separator: '/',
      ignoreCase: false,
    });
    const walking = new FolderWalk(folder, visitor, excludes);
    while (walking.step(100));
    assert.deepEqual(found(), ['keep/a']);
    assert.equal(walking.counts.excluded, 2);
    assert.equal(walking.excludedPaths.length, 2);
    assert.ok(walking.excludedPaths.includes(path.join(folder, 'node_modules')));
  });

  it('counts all that is excluded, and names so many of it', () => {
    for (let index = 0; index < 1_010; index++) make(`${index}.log`);
    const walking = new FolderWalk(folder, visitor, (_path, name) => name.endsWith('.log'));
    while (walking.step(1_000));
    assert.deepEqual([walking.counts.excluded, walking.excludedPaths.length], [1_010, 1_000]);
  });

  it('enters the folder that was chosen, though it is one that would be excluded', () => {
    make('node_modules/a');
    const excludes = excluder({
      base: folder,
      globs: ['**/node_modules'],
      separator: '/',
      ignoreCase: false,
    });
    const walking = new FolderWalk(path.join(folder, 'node_modules'), visitor, excludes);
    while (walking.step(100));
    assert.deepEqual(found(), ['node_modules/a']);
  });

  it('names a folder that may not be read, and goes on', () => {
    make('a', 'secret/b', 'z/c');
    chmodSync(folder, 0o755);
    chmodSync(path.join(folder, 'secret'), 0);
    asNobody(() => {
      walk();
    });
    assert.deepEqual(found(), ['a', 'z/c']);
    assert.deepEqual(problems, [
      { path: path.join(folder, 'secret'), reason: 'unreadable', detail: 'EACCES' },
    ]);
  });

  it('names paths that are longer than the system takes', () => {
    const name = 'd'.repeat(200);
    // By relative steps, since no call takes the whole path.
    const script = `for (let i = 0; i < 25; i++) { fs.mkdirSync("${name}"); process.chdir("${name}"); }`;
    execFileSync(process.execPath, ['-e', script], { cwd: folder });
    walk();
    assert.deepEqual(
      problems.map(({ reason, detail }) => [reason, detail]),
      [['unreadable', 'ENAMETOOLONG']],
    );
  });

  it('says of a folder that is not there that it is not', () => {
    walk(path.join(folder, 'nowhere'));
    assert.deepEqual(problems, [
      { path: path.join(folder, 'nowhere'), reason: 'vanished', detail: 'ENOENT' },
    ]);
  });

  it('does not walk the file systems of the kernel', function () {
    if (process.platform !== 'linux') skip(this, 'only Linux has /proc');
    walk('/proc/self');
    assert.deepEqual(problems, [{ path: '/proc/self', reason: 'notApplicable', detail: 'proc' }]);
    assert.deepEqual(files, []);
  });
});

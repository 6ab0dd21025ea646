import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import {
  failureReason,
  ReadBuffer,
  readSystemNumber,
  SystemFile,
} from '../../../../src/services/metrics/linux/systemFile';
import { skip } from '../../../support/skip';
import { SystemTree } from '../support/systemTree';

function text(file: SystemFile): string {
  const reading = file.read();
  return 'text' in reading ? reading.text : `absent: ${reading.absent}`;
}

describe('SystemFile', () => {
  let tree: SystemTree;
  beforeEach(() => {
    tree = new SystemTree();
  });
  afterEach(() => {
    tree.dispose();
  });

  it('reads what the file holds now, at each read', () => {
    tree.write('proc/loadavg', '0.10\n');
    const file = new SystemFile(tree.path('proc/loadavg'), new ReadBuffer(64));
    assert.equal(text(file), '0.10\n');
    tree.write('proc/loadavg', '7\n');
    assert.equal(text(file), '7\n', 'nothing of the earlier content is left');
    tree.write('proc/loadavg', '');
    assert.equal(text(file), '');
    file.dispose();
  });

  it('reads files whose kernel buffer holds a page at a time to their end', function () {
    // The kernel hands out tables such as /proc/net/dev and /proc/diskstats one page per read; maps is one as well
    // and longer than a page in every Node process.
    if (process.platform !== 'linux') skip(this, 'needs /proc of Linux');
    const file = new SystemFile('/proc/self/maps', new ReadBuffer(1 << 20));
    const read = text(file);
    file.dispose();
    assert.ok(read.length > 8_192, `${read.length} characters`);
    assert.match(read.split('\n').at(-2) ?? '', /\[(vsyscall|stack|vdso)\]|\.so/);
    const expected = readFileSync('/proc/self/maps', 'latin1').split('\n').length;
    assert.ok(Math.abs(read.split('\n').length - expected) < 20, 'as many lines as the whole file');
  });

  it('grows for content that is longer than expected, and cuts off behind a whole line where it may not', () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join('');
    tree.write('proc/x', lines);
    const growing = new SystemFile(tree.path('proc/x'), new ReadBuffer(64));
    assert.equal(text(growing), lines);
    growing.dispose();
    const bounded = new SystemFile(tree.path('proc/x'), new ReadBuffer(64, 100));
    assert.equal(text(bounded), lines.slice(0, lines.lastIndexOf('\n', 99) + 1));
    bounded.dispose();
  });

  it('leaves out what follows the mark, wherever a read was cut', () => {
    tree.write('proc/stat', 'cpu 1 2 3 4\nintr 5 6 7\n');
    for (const size of [1, 5, 11, 12, 13, 14, 15, 16, 17, 64]) {
      const file = new SystemFile(tree.path('proc/stat'), new ReadBuffer(size), '\nintr');
      assert.equal(text(file), 'cpu 1 2 3 4', `with a buffer of ${size}`);
      file.dispose();
    }
  });

  it('is not misled by a mark that an earlier, longer file left in the buffer', () => {
    const buffer = new ReadBuffer(64);
    tree.write('proc/long', 'aaaaaaaaaa\nintr').write('proc/short', 'bbb\n');
    const long = new SystemFile(tree.path('proc/long'), buffer);
    const short = new SystemFile(tree.path('proc/short'), buffer, '\nintr');
    text(long);
    assert.equal(text(short), 'bbb\n');
    long.dispose();
    short.dispose();
  });

  it('says why there is nothing, and finds a file that comes later', () => {
    const file = new SystemFile(tree.path('proc/late'), new ReadBuffer(64));
    assert.equal(text(file), 'absent: unsupported');
    tree.write('proc/late', 'here\n');
    assert.equal(text(file), 'here\n');
    file.dispose();
    tree.write('proc/folder/x', '');
    const folder = new SystemFile(tree.path('proc/folder'), new ReadBuffer(64));
    assert.equal(text(folder), 'absent: failed');
    folder.dispose();
  });

  it('leaks no descriptor, however often files fail and come back', function () {
    if (process.platform !== 'linux') skip(this, 'counts descriptors in /proc of Linux');
    const count = (): number => readdirSync('/proc/self/fd').length;
    tree.write('proc/folder/x', '');
    const before = count();
    for (let round = 0; round < 50; round++) {
      const folder = new SystemFile(tree.path('proc/folder'), new ReadBuffer(64));
      folder.read();
      folder.read();
      const file = new SystemFile(tree.path('proc/f'), new ReadBuffer(64));
      writeFileSync(tree.path('proc/f'), 'x');
      file.read();
      rmSync(tree.path('proc/f'));
      file.read();
      file.dispose();
      file.dispose();
      folder.dispose();
    }
    assert.equal(count(), before);
  });

  it('names reasons that a person can act on', () => {
    const failing = (code: string): Error => Object.assign(new Error(code), { code });
    assert.equal(failureReason(failing('ENOENT')), 'unsupported');
    assert.equal(failureReason(failing('EACCES')), 'permissionDenied');
    assert.equal(failureReason(failing('EPERM')), 'permissionDenied');
    assert.equal(failureReason(failing('EIO')), 'failed');
    assert.equal(failureReason('not even an error'), 'failed');
  });

  it('reads numbers, and no number from what is none', () => {
    const cases: readonly (readonly [string, number | undefined])[] = [
      ['42\n', 42],
      ['-1\n', -1],
      ['', undefined],
      ['max\n', undefined],
      ['1e999\n', undefined],
      ['\0\0', undefined],
    ];
    for (const [content, expected] of cases) {
      assert.equal(readSystemNumber(tree.write('sys/n', content).path('sys/n')), expected, content);
    }
    assert.equal(readSystemNumber(tree.path('sys/missing')), undefined);
  });
});

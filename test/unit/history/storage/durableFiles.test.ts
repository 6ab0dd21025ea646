import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { FaultPoint } from '../../../../src/services/files/faults';
import { DurableFiles, type HistoryStep } from '../../../../src/services/history/storage/durableFiles';
import { type FileCalls, systemFileCalls } from '../../../../src/services/files/fileCalls';
import {
  asideName,
  journalGenerations,
  journalName,
} from '../../../../src/services/history/storage/folderNames';
import { faultyCalls, systemError } from '../../support/faultyCalls';

describe('DurableFiles', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-durable-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  function filesWith(
    calls: FileCalls = systemFileCalls,
    more: Partial<ConstructorParameters<typeof DurableFiles>[0]> = {},
  ): DurableFiles {
    return new DurableFiles({ folder: path.join(root, 'deep', 'folder'), calls, ...more });
  }

  it('writes, brings to the disk, renames, and brings the folder to the disk, in this order', () => {
    const points: FaultPoint<HistoryStep>[] = [];
    const files = filesWith(systemFileCalls, { faults: (point) => points.push(point) });
    assert.deepEqual(files.list(), []);
    files.writeTemporary('base', 'x.tmp', [Buffer.from('content')]);
    files.rename('base', 'x.tmp', 'x');
    assert.deepEqual(files.list(), ['x']);
    assert.equal(files.read('x')?.toString(), 'content');
    assert.equal(files.read('x', 3)?.toString(), 'tent');
    assert.equal(files.read('y'), undefined);
    assert.deepEqual(
      points.filter((point) => point.startsWith('after')),
      ['after folder.sync', 'after base.write', 'after base.sync', 'after base.rename', 'after folder.sync'],
    );
  });

  for (const platform of ['linux', 'win32'] as const) {
    it(`has what a file held when it was opened, whatever takes its place, on ${platform}`, () => {
      let open = 0;
      const calls: FileCalls = {
        ...systemFileCalls,
        open: (file, flags) => {
          const descriptor = systemFileCalls.open(file, flags);
          open += 1;
          return descriptor;
        },
        close: (descriptor) => {
          open -= 1;
          systemFileCalls.close(descriptor);
        },
      };
      const files = filesWith(calls, { platform });
      assert.equal(files.open('x'), undefined);
      const old = Buffer.alloc(700_000, 'old');
      files.writeTemporary('base', 'x', [old.subarray(0, 1_000), old.subarray(1_000)]);
      const content = files.open('x');
      assert.ok(content);
      // Windows replaces no file that is open.
      assert.equal(open, platform === 'win32' ? 0 : 1);
      files.writeTemporary('base', 'y', [Buffer.from('new')]);
      files.rename('base', 'y', 'x');
      const target = Buffer.alloc(600_000);
      content.read(target, 100_000);
      assert.ok(target.equals(old.subarray(100_000)));
      assert.equal(content.sizeBytes, old.length);
      assert.equal(content.crc32, crc32(old));
      assert.throws(() => {
        content.read(target, 100_001);
      }, /ends after 700000 bytes/);
      content.close();
      content.close();
      assert.equal(open, 0);
      assert.equal(files.read('x')?.toString(), 'new');
    });
  }

  it('closes a file that it cannot read to its end', () => {
    let open = 0;
    const calls: FileCalls = {
      ...faultyCalls((call) => (call === 'read' ? systemError('EIO', call) : undefined)),
      close: (descriptor) => {
        open -= 1;
        systemFileCalls.close(descriptor);
      },
    };
    const files = filesWith(calls);
    files.writeTemporary('base', 'x', [Buffer.from('content')]);
    open = 1;
    assert.throws(() => files.open('x'), { code: 'EIO' });
    assert.equal(open, 0);
  });

  it('cuts a torn end off before it adds', () => {
    const files = filesWith();
    files.makeFolder();
    writeFileSync(files.pathOf('j'), 'whole\ntorn');
    files.append('j', 6, Buffer.from('next\n'));
    assert.equal(readFileSync(files.pathOf('j'), 'utf8'), 'whole\nnext\n');
    assert.throws(() => {
      files.append('missing', 0, Buffer.from('x'));
    }, /ENOENT/);
    assert.deepEqual(readdirSync(files.folder), ['j']);
  });

  it('takes back what it added in part, and removes the part of a file that did not fit', () => {
    const files = filesWith(faultyCalls((call) => (call === 'write' ? 3 : undefined)));
    files.makeFolder();
    writeFileSync(files.pathOf('j'), 'whole\n');
    assert.throws(() => {
      files.append('j', 6, Buffer.from('next\n'));
    }, /ENOSPC/);
    assert.equal(readFileSync(files.pathOf('j'), 'utf8'), 'whole\n');
    assert.throws(() => {
      files.writeTemporary('base', 'b.tmp', [Buffer.from('large')]);
    }, /ENOSPC/);
    assert.equal(existsSync(files.pathOf('b.tmp')), false);
  });

  it('writes on where the system took a part only', () => {
    const files = filesWith({
      ...systemFileCalls,
      write: (descriptor, bytes, offset, length) =>
        systemFileCalls.write(descriptor, bytes, offset, Math.min(length, 2)),
    });
    files.writeTemporary('base', 'b', [Buffer.from('in five parts')]);
    assert.equal(files.read('b')?.toString(), 'in five parts');
  });

  it('is patient on Windows with who has the file open, and nowhere else', () => {
    let refusals = 3;
    const pauses: number[] = [];
    const calls = faultyCalls((call) => {
      if (call !== 'rename' || refusals === 0) return undefined;
      refusals -= 1;
      return systemError('EPERM', 'rename');
    });
    const pause = (ms: number): number => pauses.push(ms);
    const windows = filesWith(calls, { platform: 'win32', pause });
    windows.writeTemporary('base', 'b.tmp', [Buffer.from('x')]);
    windows.rename('base', 'b.tmp', 'b');
    assert.deepEqual(pauses, [10, 20, 30]);

    refusals = 100;
    assert.throws(() => {
      windows.rename('base', 'b', 'c');
    }, /EPERM/);
    assert.equal(refusals, 90);
    assert.throws(() => {
      filesWith(calls, { platform: 'linux', pause }).rename('base', 'b', 'c');
    }, /EPERM/);
    assert.equal(refusals, 89);
    assert.deepEqual(windows.list(), ['b']);
  });

  it('does without bringing the folder to the disk where the system cannot', () => {
    const refuse = (code: string): FileCalls =>
      faultyCalls((call, file) =>
        call === 'sync' && file?.endsWith('folder') === true ? systemError(code, 'fsync') : undefined,
      );
    const files = filesWith(refuse('EINVAL'));
    files.writeTemporary('base', 'b.tmp', [Buffer.from('x')]);
    files.rename('base', 'b.tmp', 'b');
    assert.throws(() => {
      filesWith(refuse('EIO')).rename('base', 'b', 'c');
    }, /EIO/);
  });
});

describe('names of the history', () => {
  it('count generations and know no others', () => {
    const names = ['history-000010.journal', journalName(9), journalName(1_234_567), 'history.sqlite'];
    const others = ['history-1.journal', 'history-000002.journal.tmp', 'history.damaged-x.journal', 'locks'];
    assert.deepEqual(journalGenerations([...names, ...others]), [9, 10, 1_234_567]);
  });

  it('give what is set aside a date, and never a name that is taken', () => {
    const nowMs = Date.parse('2026-11-23T10:15:30.789Z');
    const first = asideName('damaged', 'sqlite', nowMs, []);
    assert.equal(first, 'history.damaged-2026-11-23T10-15-30Z.sqlite');
    const second = asideName('damaged', 'sqlite', nowMs, [first]);
    assert.equal(second, 'history.damaged-2026-11-23T10-15-30Z-2.sqlite');
    assert.equal(
      asideName('foreign', 'journal', nowMs, [first, second]),
      'history.foreign-2026-11-23T10-15-30Z.journal',
    );
  });
});

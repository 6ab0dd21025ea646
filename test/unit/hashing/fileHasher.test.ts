import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chunkBytes, FileHasher, type HashControl } from '../../../src/services/hashing/fileHasher';
import { SentinelError } from '../../../src/shared/errors';
import { skip } from '../../support/skip';

/** Counts what the hasher reports, and lets a test do something at a checkpoint. */
class FakeControl implements HashControl {
  checkpoints = 0;
  bytes = 0;
  percent: number | undefined;

  constructor(private readonly at: (checkpoint: number) => void = () => undefined) {}

  checkpoint(): void {
    this.at(++this.checkpoints);
  }

  reportProgress(percent: number): void {
    this.percent = percent;
  }

  count(_counter: string, by = 1): void {
    this.bytes += by;
  }
}

/** The first is before the file is opened, the second before the first chunk is read. */
const beforeSecondChunk = 3;

function at(checkpoint: number, act: () => void): FakeControl {
  return new FakeControl((reached) => {
    if (reached === checkpoint) act();
  });
}

describe('FileHasher', () => {
  const hasher = new FileHasher();
  let folder: string;
  const inFolder = (name: string): string => path.join(folder, name);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-hash-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const sizeBytes of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes + 17]) {
    it(`computes the hashes of ${sizeBytes} bytes`, () => {
      const content = Buffer.alloc(sizeBytes, 'a line of text that is no multiple of a block\n');
      writeFileSync(inFolder('file'), content);
      const of = (algorithm: string): string => createHash(algorithm).update(content).digest('hex');
      const control = new FakeControl();
      assert.deepEqual(hasher.hash(inFolder('file'), control), {
        status: 'hashed',
        sizeBytes,
        hashes: { md5: of('md5'), sha1: of('sha1'), sha256: of('sha256') },
      });
      assert.equal(control.bytes, sizeBytes);
      assert.equal(control.percent, sizeBytes === 0 ? undefined : 100);
      assert.ok(control.checkpoints >= Math.ceil(sizeBytes / chunkBytes) + 1, 'one for each chunk');
    });
  }

  it('knows the published hashes of "abc"', () => {
    writeFileSync(inFolder('abc'), 'abc');
    const result = hasher.hash(inFolder('abc'), new FakeControl());
    assert.deepEqual(result.status === 'hashed' && result.hashes, {
      md5: '900150983cd24fb0d6963f7d28e17f72',
      sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  it('follows a link, and reads a file that says it is empty', function () {
    writeFileSync(inFolder('target'), 'abc');
    symlinkSync(inFolder('target'), inFolder('link'));
    assert.equal(hasher.hash(inFolder('link'), new FakeControl()).status, 'hashed');
    if (process.platform !== 'linux') skip(this, 'only Linux has /proc');
    const version = hasher.hash('/proc/version', new FakeControl());
    assert.ok(version.status === 'hashed' && version.sizeBytes > 0, JSON.stringify(version));
  });

  const refusal = (file: string, control = new FakeControl()): string => {
    const result = hasher.hash(file, control);
    return result.status === 'refused' ? `${result.reason} ${result.systemCode ?? ''}`.trim() : 'hashed';
  };

  it('tells a missing file, a dangling link and a folder apart', () => {
    symlinkSync(inFolder('nowhere'), inFolder('dangling'));
    writeFileSync(inFolder('file'), '');
    assert.equal(refusal(inFolder('nowhere')), 'vanished ENOENT');
    assert.equal(refusal(inFolder('dangling')), 'vanished ENOENT');
    assert.equal(refusal(path.join(inFolder('file'), 'below')), 'vanished ENOTDIR');
    mkdirSync(inFolder('folder'));
    assert.equal(refusal(inFolder('folder')), 'isDirectory');
    symlinkSync('loop', inFolder('loop'));
    assert.equal(refusal(inFolder('loop')), 'linkLoop ELOOP');
  });

  it('says when it may not read', function () {
    if (process.getuid === undefined) skip(this, 'Windows has no permission bits');
    writeFileSync(inFolder('secret'), 'x');
    chmodSync(inFolder('secret'), 0);
    chmodSync(folder, 0o755);
    // Root may read everything, and becomes nobody for a moment.
    const isRoot = process.getuid() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      assert.equal(refusal(inFolder('secret')), 'permissionDenied EACCES');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('refuses a pipe without waiting for a writer, a device and a socket', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has none of these in its file system');
    execFileSync('mkfifo', [inFolder('pipe')]);
    assert.equal(refusal(inFolder('pipe')), 'notRegularFile');
    assert.equal(refusal('/dev/zero'), 'notRegularFile');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(inFolder('socket'), resolve));
    assert.equal(refusal(inFolder('socket')), 'notRegularFile');
    server.close();
  });

  describe('gives no hash of a file that changed while it was read', () => {
    let file: string;
    beforeEach(() => {
      file = inFolder('moving');
      writeFileSync(file, Buffer.alloc(2 * chunkBytes, 1));
    });

    it('because it grew', () => {
      const control = at(beforeSecondChunk, () => {
        appendFileSync(file, 'more');
      });
      assert.equal(refusal(file, control), 'changed');
    });

    it('because it grows for ever: without reading on', () => {
      const control = new FakeControl(() => {
        appendFileSync(file, Buffer.alloc(2 * chunkBytes));
      });
      assert.equal(refusal(file, control), 'changed');
      assert.ok(control.checkpoints <= 8, `${control.checkpoints} checkpoints`);
    });

    it('because it shrank', () => {
      const control = at(beforeSecondChunk, () => {
        truncateSync(file, chunkBytes + 1);
      });
      assert.equal(refusal(file, control), 'changed');
    });

    it('because it was overwritten with as many bytes', () => {
      const control = at(beforeSecondChunk, () => {
        writeFileSync(file, Buffer.alloc(2 * chunkBytes, 2));
      });
      assert.equal(refusal(file, control), 'changed');
    });

    it('because another one took its name', () => {
      const control = at(beforeSecondChunk, () => {
        writeFileSync(inFolder('new'), Buffer.alloc(2 * chunkBytes, 1));
        renameSync(inFolder('new'), file);
      });
      assert.equal(refusal(file, control), 'changed');
    });

    it('because it was removed', () => {
      const control = at(beforeSecondChunk, () => {
        rmSync(file);
      });
      assert.equal(refusal(file, control), 'vanished ENOENT');
    });
  });

  it('stops where its control says so, and closes the file', function () {
    const cancelled = new SentinelError('task.cancelled', 'The work was cancelled.');
    writeFileSync(inFolder('file'), Buffer.alloc(4 * chunkBytes));
    const control = at(beforeSecondChunk, () => {
      throw cancelled;
    });
    assert.throws(() => hasher.hash(inFolder('file'), control), { code: 'task.cancelled' });
    assert.equal(control.bytes, chunkBytes);
    if (process.platform !== 'linux') skip(this, 'open files are counted in /proc');
    const open = execFileSync('ls', ['-l', `/proc/${process.pid}/fd`], { encoding: 'utf8' });
    assert.ok(!open.includes(folder), open);
  });
});

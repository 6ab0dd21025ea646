import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FilePath } from '../../../../src/services/files/regularFile';
import { displayPath } from '../../../../src/services/scan/content/displayPath';
import {
  type FileContent,
  FileReader,
  type FileReadOptions,
  type FileReadResult,
  type ReadControl,
} from '../../../../src/services/scan/content/fileReader';
import { SentinelError } from '../../../../src/shared/errors';
import { skip } from '../../../support/skip';
import { asNobody } from '../support/asNobody';
import { withCpuTime } from '../support/cpuTime';

const mebibyte = 1024 * 1024;
const defaults: FileReadOptions = {
  followLinks: false,
  hashes: true,
  entropy: true,
  maxKeptBytes: 4 * mebibyte,
};
const noControl: ReadControl = { checkpoint: () => undefined };

/** Does something when a chunk is about to be read, counted from 1. */
function at(chunk: number, act: () => void): ReadControl {
  let reached = 0;
  return {
    checkpoint: () => {
      if (++reached === chunk) act();
    },
  };
}

describe('FileReader', function () {
  this.timeout(30_000);
  const reader = new FileReader();
  let folder: string;
  const inFolder = (name: string): string => path.join(folder, name);
  const read = (
    file: FilePath,
    options: Partial<FileReadOptions> = {},
    control = noControl,
  ): FileReadResult => reader.read(file, { ...defaults, ...options }, control);

  function content(result: FileReadResult): FileContent {
    if (result.status === 'read') return result;
    throw new assert.AssertionError({ message: `refused: ${result.reason} ${result.systemCode ?? ''}` });
  }

  const refusal = (file: FilePath, options: Partial<FileReadOptions> = {}): string => {
    const result = read(file, options);
    if (result.status === 'read') return 'read';
    return [result.reason, result.special, result.systemCode].filter((part) => part !== undefined).join(' ');
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-read-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const sizeBytes of [0, 1, 4095, 4096, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte + 17]) {
    it(`reads ${sizeBytes} bytes, with their hashes and entropy`, () => {
      const bytes = Buffer.alloc(sizeBytes, 'ab');
      writeFileSync(inFolder('file'), bytes);
      let counted = 0;
      const result = content(
        read(inFolder('file'), {}, { checkpoint: () => undefined, onBytes: (count) => (counted += count) }),
      );
      const of = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
      assert.ok(bytes.equals(result.bytes));
      assert.equal(result.sizeBytes, sizeBytes);
      assert.equal(counted, sizeBytes);
      assert.equal(result.incomplete, undefined);
      assert.deepEqual(result.hashes, { md5: of('md5'), sha1: of('sha1'), sha256: of('sha256') });
      assert.ok(Math.abs((result.entropy ?? -1) - (sizeBytes < 2 ? 0 : 1)) < 1e-6, `${result.entropy}`);
    });
  }

  it('leaves out what is not asked for', () => {
    writeFileSync(inFolder('file'), 'abc');
    const result = content(read(inFolder('file'), { hashes: false, entropy: false }));
    assert.deepEqual([result.hashes, result.entropy], [undefined, undefined]);
    assert.equal(result.identity.sizeBytes, 3);
    assert.ok(Math.abs(result.modifiedAt - Date.now()) < 60_000);
  });

  it('gives bytes that a later read does not change', () => {
    writeFileSync(inFolder('one'), 'first');
    writeFileSync(inFolder('two'), 'other');
    const one = content(read(inFolder('one')));
    read(inFolder('two'));
    assert.equal(Buffer.from(one.bytes).toString(), 'first');
  });

  it('keeps the beginning of what is too large, with the hashes of all of it', () => {
    const bytes = Buffer.alloc(3 * mebibyte, 'abcdefg');
    writeFileSync(inFolder('file'), bytes);
    const result = content(read(inFolder('file'), { maxKeptBytes: mebibyte + 5 }));
    assert.equal(result.incomplete, 'tooLarge');
    assert.ok(bytes.subarray(0, mebibyte + 5).equals(result.bytes));
    assert.equal(result.hashes?.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(result.sizeBytes, bytes.length);
  });

  it('does not read the rest of what is too large when nobody asks for it', () => {
    writeFileSync(inFolder('file'), Buffer.alloc(20 * mebibyte));
    let chunks = 0;
    const result = content(
      read(
        inFolder('file'),
        { hashes: false, entropy: false, maxKeptBytes: mebibyte },
        {
          checkpoint: () => {
            chunks++;
          },
        },
      ),
    );
    assert.deepEqual(
      [result.incomplete, result.bytes.length, result.sizeBytes],
      ['tooLarge', mebibyte, 20 * mebibyte],
    );
    assert.ok(chunks <= 2, `${chunks} chunks`);
  });

  it('reads no more than the beginning of a file that is nearly all holes', () => {
    writeFileSync(inFolder('holes'), 'beginning');
    truncateSync(inFolder('holes'), 10 * 1024 * mebibyte);
    const { result: found, cpuMs } = withCpuTime(() => read(inFolder('holes')));
    assert.ok(cpuMs < 2000, `${cpuMs} ms`);
    const result = content(found);
    assert.deepEqual([result.incomplete, result.hashes, result.entropy], ['sparse', undefined, undefined]);
    assert.equal(result.bytes.length, defaults.maxKeptBytes);
    assert.equal(result.sizeBytes, 10 * 1024 * mebibyte);
    assert.equal(Buffer.from(result.bytes.subarray(0, 9)).toString(), 'beginning');
  });

  describe('refuses, without waiting,', () => {
    before(function () {
      if (process.platform === 'win32') skip(this, 'Windows has none of these in its file system');
    });

    it('pipes, sockets, devices and folders', async () => {
      execFileSync('mkfifo', [inFolder('pipe')]);
      assert.equal(refusal(inFolder('pipe')), 'notRegularFile pipe');
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(inFolder('socket'), resolve));
      assert.equal(refusal(inFolder('socket')), 'notRegularFile socket');
      server.close();
      for (const device of ['/dev/zero', '/dev/null', '/dev/tty'])
        assert.equal(refusal(device), 'notRegularFile device');
      mkdirSync(inFolder('folder'));
      assert.equal(refusal(inFolder('folder')), 'isDirectory');
    });

    it('links, unless they were chosen', () => {
      writeFileSync(inFolder('target'), 'x');
      symlinkSync('target', inFolder('link'));
      symlinkSync('loop', inFolder('loop'));
      symlinkSync('pong', inFolder('ping'));
      symlinkSync('ping', inFolder('pong'));
      symlinkSync('nowhere', inFolder('dangling'));
      symlinkSync('/dev/zero', inFolder('zeros'));
      for (const name of ['link', 'loop', 'ping', 'dangling', 'zeros']) {
        assert.equal(refusal(inFolder(name)), 'symbolicLink', name);
      }
      const followLinks = true;
      assert.equal(refusal(inFolder('link'), { followLinks }), 'read');
      assert.equal(refusal(inFolder('loop'), { followLinks }), 'linkLoop ELOOP');
      assert.equal(refusal(inFolder('ping'), { followLinks }), 'linkLoop ELOOP');
      assert.equal(refusal(inFolder('dangling'), { followLinks }), 'vanished ENOENT');
      assert.equal(refusal(inFolder('zeros'), { followLinks }), 'notRegularFile device');
    });

    it('what it may not read, what is not there, and names that no file has', () => {
      writeFileSync(inFolder('secret'), 'x');
      chmodSync(inFolder('secret'), 0);
      chmodSync(folder, 0o755);
      assert.equal(
        asNobody(() => refusal(inFolder('secret'))),
        'permissionDenied EACCES',
      );
      assert.equal(refusal(inFolder('nothing')), 'vanished ENOENT');
      assert.equal(refusal(path.join(inFolder('secret'), 'below')), 'vanished ENOTDIR');
      assert.equal(refusal(inFolder('x'.repeat(300))), 'unreadable ENAMETOOLONG');
      assert.throws(() => refusal('a\0b'), { code: 'ERR_INVALID_ARG_VALUE' });
    });
  });

  it('reads files that say they are empty, and others that the system makes up', function () {
    if (process.platform !== 'linux') skip(this, 'only Linux has /proc');
    assert.ok(content(read('/proc/version')).bytes.length > 0);
    assert.ok(content(read('/proc/self/status')).sizeBytes > 100);
    assert.equal(content(read('/proc/version')).incomplete, undefined);
    // It claims to be a page long and is shorter.
    const made = content(read('/sys/devices/system/cpu/online'));
    assert.ok(made.sizeBytes > 0 && made.sizeBytes < 200);
    assert.deepEqual([made.incomplete, made.bytes.length], [undefined, made.sizeBytes]);
    const memory = content(read('/proc/self/mem'));
    assert.deepEqual([memory.incomplete, memory.systemCode], ['unreadable', 'EIO']);
    // It says that it is empty, and holds eight bytes for each page of all memory there could be.
    const endless = content(read('/proc/self/pagemap', { maxKeptBytes: 100_000 }));
    assert.deepEqual([endless.incomplete, endless.bytes.length], ['endless', 100_000]);
  });

  it('never waits or fails for any file that the system makes up about this process', function () {
    if (process.platform !== 'linux') skip(this, 'only Linux has /proc');
    const start = performance.now();
    for (const name of readdirSync('/proc/self')) read(path.join('/proc/self', name));
    for (const name of ['kmsg', 'kcore', 'sysrq-trigger', 'kpagecount']) read(path.join('/proc', name));
    assert.ok(performance.now() - start < 20_000);
  });

  it('reads files by names that hold newlines and no valid UTF-8', function () {
    if (process.platform !== 'linux') skip(this, 'other systems have only names that are text');
    const name = Buffer.concat([Buffer.from(folder), Buffer.from('/a\nb\xff\xfe\xe4.txt', 'latin1')]);
    writeFileSync(name, 'found');
    const [listed] = readdirSync(folder, { encoding: 'buffer' });
    const file = Buffer.concat([Buffer.from(`${folder}/`), listed!]);
    assert.equal(Buffer.from(content(read(file)).bytes).toString(), 'found');
    assert.equal(displayPath(file), `${folder}/a\nb\\xff\\xfe\\xe4.txt`);
  });

  describe('says of a file that moved under it', () => {
    let file: string;
    const original = Buffer.alloc(2 * mebibyte, 1);
    beforeEach(() => {
      file = inFolder('moving');
      writeFileSync(file, original);
    });
    const changed = (act: () => void, chunk = 2): [string | undefined, number, boolean] => {
      const result = content(read(file, {}, at(chunk, act)));
      return [result.incomplete, result.bytes.length, result.hashes !== undefined];
    };

    it('that it grew', () => {
      assert.deepEqual(
        changed(() => {
          appendFileSync(file, 'more');
        }),
        ['changed', 2 * mebibyte, false],
      );
    });

    it('that it grew, and does not follow it for ever', () => {
      let chunks = 0;
      const result = content(
        read(
          file,
          {},
          {
            checkpoint: () => {
              chunks++;
              appendFileSync(file, original);
            },
          },
        ),
      );
      assert.deepEqual([result.incomplete, result.bytes.length], ['changed', 2 * mebibyte]);
      assert.ok(chunks <= 4, `${chunks}`);
    });

    it('that it shrank', () => {
      assert.deepEqual(
        changed(() => {
          truncateSync(file, mebibyte + 1);
        }),
        ['changed', mebibyte + 1, false],
      );
      assert.deepEqual(
        changed(() => {
          truncateSync(file, 0);
        }, 1),
        ['changed', 0, false],
      );
    });

    it('that it was overwritten, or replaced by another', () => {
      assert.deepEqual(
        changed(() => {
          writeFileSync(file, Buffer.alloc(2 * mebibyte, 2));
        }),
        ['changed', 2 * mebibyte, false],
      );
      const replace = (): void => {
        writeFileSync(inFolder('new'), original);
        renameSync(inFolder('new'), file);
      };
      assert.deepEqual(changed(replace), ['changed', 2 * mebibyte, false]);
    });

    it('that it was removed, or a link took its place', () => {
      assert.deepEqual(
        changed(() => {
          rmSync(file);
        }),
        ['vanished', 2 * mebibyte, false],
      );
      writeFileSync(file, original);
      const link = (): void => {
        renameSync(file, inFolder('elsewhere'));
        symlinkSync('elsewhere', file);
      };
      assert.deepEqual(changed(link), ['changed', 2 * mebibyte, false]);
    });
  });

  it('stops where its control says so, and closes the file', function () {
    const cancelled = new SentinelError('task.cancelled', 'The work was cancelled.');
    writeFileSync(inFolder('file'), Buffer.alloc(4 * mebibyte));
    const stop = at(2, () => {
      throw cancelled;
    });
    assert.throws(() => read(inFolder('file'), {}, stop), cancelled);
    if (process.platform !== 'linux') skip(this, 'open files are counted in /proc');
    const open = execFileSync('ls', ['-l', `/proc/${process.pid}/fd`], { encoding: 'utf8' });
    assert.ok(!open.includes(folder), open);
  });
});

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatRecord } from '../../../src/services/logging/logFormat';
import type { LogRecord } from '../../../src/services/logging/logRecord';
import {
  RotatingFileSink,
  type RotatingFileSinkOptions,
} from '../../../src/services/logging/rotatingFileSink';
import { FakeClock } from '../support/fakeClock';

const clock = new FakeClock();

function record(message: string): LogRecord {
  return { timeMs: clock.now(), level: 'info', area: 'test', message };
}

/** Bytes of a record with this message, its line break included. */
function bytesOf(message: string): number {
  return Buffer.byteLength(`${formatRecord(record(message))}\n`);
}

describe('RotatingFileSink', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-log-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const sinkWith = (options: Partial<RotatingFileSinkOptions> = {}): RotatingFileSink =>
    new RotatingFileSink({ folder, clock, ...options });
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  /** Messages in a file, oldest first. */
  const messages = (name: string): string[] =>
    read(name)
      .split('\n')
      .slice(0, -1)
      .map((line) => line.replace(/^.*?test: /u, '').replace(/^.*?(log: )/u, '$1'));
  const files = (): string[] => readdirSync(folder).sort();
  async function writeAll(sink: RotatingFileSink, ...texts: string[]): Promise<void> {
    for (const text of texts) sink.write(record(text));
    await sink.flush();
  }

  it('writes one line for each record, in a folder that it makes', async () => {
    const nested = path.join(folder, 'a', 'b');
    await writeAll(sinkWith({ folder: nested }), 'one', 'zwei äöü');
    assert.equal(
      readFileSync(path.join(nested, 'sentinel.log'), 'utf8'),
      `${formatRecord(record('one'))}\n${formatRecord(record('zwei äöü'))}\n`,
    );
  });

  it('is for this user alone', async function () {
    if (process.platform === 'win32') {
      console.log('      skipped: Windows has no file modes');
      this.skip();
    }
    await writeAll(sinkWith(), 'x');
    assert.equal(statSync(path.join(folder, 'sentinel.log')).mode & 0o077, 0);
  });

  it('keeps the order of what is written at any moment', async () => {
    const sink = sinkWith({ maxBytes: 20 * bytesOf('0000') });
    const all: string[] = [];
    for (let n = 0; n < 150; n++) {
      const message = String(n).padStart(4, '0');
      all.push(message);
      sink.write(record(message));
      // Lets writes of the disk and new records interleave.
      if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await sink.flush();
    const newestLast = files()
      .map((name) => Number(/\d+/u.exec(name) ?? 0))
      .sort((a, b) => b - a);
    const found = newestLast.flatMap((age) => messages(age === 0 ? 'sentinel.log' : `sentinel.${age}.log`));
    assert.deepEqual(found, all);
  });

  it('fills a file to the last byte before it begins the next', async () => {
    const sink = sinkWith({ maxBytes: 2 * bytesOf('aaa') });
    await writeAll(sink, 'aaa', 'bbb');
    assert.deepEqual(files(), ['sentinel.log']);
    assert.equal(statSync(path.join(folder, 'sentinel.log')).size, 2 * bytesOf('aaa'));
    await writeAll(sink, 'ccc');
    assert.deepEqual(files(), ['sentinel.1.log', 'sentinel.log']);
    assert.deepEqual(messages('sentinel.1.log'), ['aaa', 'bbb']);
    assert.deepEqual(messages('sentinel.log'), ['ccc']);
  });

  it('begins the next file when a record is one byte too long', async () => {
    const sink = sinkWith({ maxBytes: 2 * bytesOf('aaa') - 1 });
    await writeAll(sink, 'aaa', 'bbb');
    assert.deepEqual(messages('sentinel.1.log'), ['aaa']);
    assert.deepEqual(messages('sentinel.log'), ['bbb']);
  });

  it('counts bytes, not characters', async () => {
    const sink = sinkWith({ maxBytes: 2 * bytesOf('äää') - 1 });
    await writeAll(sink, 'äää', 'äää');
    assert.deepEqual(files(), ['sentinel.1.log', 'sentinel.log']);
  });

  it('gives a record longer than a file one of its own', async () => {
    const sink = sinkWith({ maxBytes: bytesOf('a') + 5 });
    await writeAll(sink, 'a', 'long'.repeat(30), 'b');
    assert.deepEqual(messages('sentinel.2.log'), ['a']);
    assert.deepEqual(messages('sentinel.1.log'), ['long'.repeat(30)]);
    assert.deepEqual(messages('sentinel.log'), ['b']);
  });

  it('begins with such a record without an empty file before it', async () => {
    await writeAll(sinkWith({ maxBytes: 10 }), 'longer than ten bytes');
    assert.deepEqual(files(), ['sentinel.log']);
  });

  it('leaves no file open', async function () {
    if (!existsSync('/proc/self/fd')) {
      console.log('      skipped: this system has no /proc/self/fd to count');
      this.skip();
    }
    const sink = sinkWith({ maxBytes: bytesOf('a') });
    for (let n = 0; n < 5; n++) await writeAll(sink, 'a');
    const open = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    });
    assert.deepEqual(
      open.filter((file) => file.startsWith(folder)),
      [],
    );
  });

  it('rotates at 1 MB and keeps ten files unless told otherwise', async () => {
    const sink = sinkWith();
    const size = 30_000;
    const perFile = Math.floor((1024 * 1024) / bytesOf('x'.repeat(size)));
    for (let n = 0; n < 11 * perFile + 1; n++) await writeAll(sink, `${n}`.padEnd(size, 'x'));
    assert.equal(files().length, 10);
    assert.ok(existsSync(path.join(folder, 'sentinel.9.log')));
    for (const name of files()) {
      assert.equal(messages(name).length, name === 'sentinel.log' ? 1 : perFile, name);
      assert.ok(statSync(path.join(folder, name)).size <= 1024 * 1024);
    }
  });

  it('removes the oldest file only', async () => {
    const sink = sinkWith({ maxBytes: bytesOf('0'), maxFiles: 3 });
    await writeAll(sink, '0', '1', '2');
    assert.deepEqual(messages('sentinel.2.log'), ['0']);
    await writeAll(sink, '3');
    assert.deepEqual(files(), ['sentinel.1.log', 'sentinel.2.log', 'sentinel.log']);
    assert.deepEqual(messages('sentinel.2.log'), ['1']);
    assert.deepEqual(messages('sentinel.log'), ['3']);
  });

  it('can keep a single file', async () => {
    await writeAll(sinkWith({ maxBytes: bytesOf('0'), maxFiles: 1 }), '0', '1');
    assert.deepEqual(files(), ['sentinel.log']);
    assert.deepEqual(messages('sentinel.log'), ['1']);
  });

  it('goes on with a rotation that was interrupted, and loses nothing', async () => {
    writeFileSync(path.join(folder, 'sentinel.log'), `${formatRecord(record('new'))}\n`);
    writeFileSync(path.join(folder, 'sentinel.2.log'), `${formatRecord(record('old'))}\n`);
    await writeAll(sinkWith({ maxBytes: bytesOf('new'), maxFiles: 3 }), 'newer');
    assert.deepEqual(messages('sentinel.log'), ['newer']);
    assert.deepEqual(messages('sentinel.1.log'), ['new']);
    assert.deepEqual(messages('sentinel.2.log'), ['old']);
  });

  it('appends after a restart, and counts what was there', async () => {
    const options = { maxBytes: 2 * bytesOf('a') };
    await writeAll(sinkWith(options), 'a');
    await writeAll(sinkWith(options), 'b');
    assert.deepEqual(messages('sentinel.log'), ['a', 'b']);
    await writeAll(sinkWith(options), 'c');
    assert.deepEqual(messages('sentinel.log'), ['c']);
    assert.deepEqual(messages('sentinel.1.log'), ['a', 'b']);
  });

  it('goes on when a person removes the file or the folder', async () => {
    const sink = sinkWith();
    await writeAll(sink, 'a');
    rmSync(folder, { recursive: true });
    await writeAll(sink, 'b');
    assert.deepEqual(messages('sentinel.log'), ['b']);
  });

  it('writes what waits when it is disposed, and takes no more', async () => {
    const sink = sinkWith();
    sink.write(record('a'));
    sink.dispose();
    sink.dispose();
    sink.write(record('b'));
    await sink.flush();
    assert.deepEqual(messages('sentinel.log'), ['a']);
  });

  it('has nothing to flush at first', async () => {
    await sinkWith().flush();
    assert.deepEqual(files(), []);
  });

  describe('when more waits than may', () => {
    it('keeps what fits, to the last byte', async () => {
      await writeAll(sinkWith({ maxWaitingBytes: 2 * bytesOf('a') }), 'a', 'b');
      assert.deepEqual(messages('sentinel.log'), ['a', 'b']);
    });

    it('drops the rest and says how many lines, in their place', async () => {
      const sink = sinkWith({ maxWaitingBytes: 2 * bytesOf('a') });
      await writeAll(sink, 'a', 'b', 'c', 'd', 'e');
      await writeAll(sink, 'f');
      assert.deepEqual(messages('sentinel.log'), ['a', 'b', 'log: 3 lines dropped', 'f']);
      assert.match(read('sentinel.log'), /\[WARNING \] log: 3 lines dropped/u);
    });
  });

  describe('when the disk fails', () => {
    it('tells once, throws nothing, and says what was lost when it works again', async () => {
      const blocked = path.join(folder, 'logs');
      writeFileSync(blocked, 'a file where the folder should be');
      const failures: unknown[] = [];
      const sink = sinkWith({ folder: blocked, onFailure: (error) => failures.push(error) });
      await writeAll(sink, 'a');
      await writeAll(sink, 'b', 'c');
      assert.equal(failures.length, 1);
      rmSync(blocked);
      await writeAll(sink, 'd', 'e');
      assert.deepEqual(messages(path.join('logs', 'sentinel.log')), ['log: 3 lines dropped', 'd', 'e']);
      assert.equal(failures.length, 1);
    });

    it('tells again when it fails anew', async () => {
      const blocked = path.join(folder, 'logs');
      const failures: unknown[] = [];
      const sink = sinkWith({ folder: blocked, onFailure: (error) => failures.push(error) });
      for (let n = 1; n <= 2; n++) {
        writeFileSync(blocked, '');
        await writeAll(sink, 'lost');
        assert.equal(failures.length, n);
        rmSync(blocked);
        await writeAll(sink, 'written');
        rmSync(blocked, { recursive: true });
      }
    });

    it('keeps count of lines that were dropped for lack of room', async () => {
      const blocked = path.join(folder, 'logs');
      writeFileSync(blocked, '');
      const sink = sinkWith({ folder: blocked, maxWaitingBytes: bytesOf('a') });
      await writeAll(sink, 'a', 'b', 'c');
      await writeAll(sink, 'd', 'e');
      rmSync(blocked);
      await writeAll(sink, 'f');
      assert.deepEqual(messages(path.join('logs', 'sentinel.log')), ['log: 5 lines dropped', 'f']);
    });

    it('counts only what was not written', async () => {
      const failures: unknown[] = [];
      const sink = sinkWith({
        maxBytes: 4 * bytesOf('a'),
        maxFiles: 2,
        onFailure: (error) => failures.push(error),
      });
      // Rotation fails at a folder that stands where the oldest file is to be removed.
      const obstacle = path.join(folder, 'sentinel.1.log');
      mkdirSync(obstacle);
      await writeAll(sink, 'a', 'b', 'c', 'd', 'e', 'f', 'g');
      assert.deepEqual(messages('sentinel.log'), ['a', 'b', 'c', 'd']);
      assert.equal(failures.length, 1);
      rmSync(obstacle, { recursive: true });
      await writeAll(sink, 'h');
      assert.deepEqual(messages('sentinel.1.log'), ['a', 'b', 'c', 'd']);
      assert.deepEqual(messages('sentinel.log'), ['log: 3 lines dropped', 'h']);
    });

    it('survives a report that throws, and a report that is logged', async () => {
      const blocked = path.join(folder, 'logs');
      writeFileSync(blocked, '');
      const sink: RotatingFileSink = sinkWith({
        folder: blocked,
        onFailure: () => {
          sink.write(record('the log fails'));
          throw new Error('broken report');
        },
      });
      await writeAll(sink, 'a');
      rmSync(blocked);
      await writeAll(sink, 'b');
      assert.deepEqual(messages(path.join('logs', 'sentinel.log')), ['log: 2 lines dropped', 'b']);
    });

    it('copes with a folder that is read-only', async function () {
      if (process.platform === 'win32') {
        console.log('      skipped: Windows has no file modes');
        this.skip();
      }
      chmodSync(folder, 0o500);
      const failures: NodeJS.ErrnoException[] = [];
      const sink = sinkWith({ onFailure: (error) => failures.push(error as NodeJS.ErrnoException) });
      await asOrdinaryUser(() => writeAll(sink, 'a', 'b'));
      chmodSync(folder, 0o700);
      assert.deepEqual(
        failures.map(({ code }) => code),
        ['EACCES'],
      );
      assert.deepEqual(files(), []);
      await writeAll(sink, 'c');
      assert.deepEqual(messages('sentinel.log'), ['log: 2 lines dropped', 'c']);
    });
  });
});

/** Root is bound by no mode, so it becomes somebody else for the moment. */
async function asOrdinaryUser(run: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

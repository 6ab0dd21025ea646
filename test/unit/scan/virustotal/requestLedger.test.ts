import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemFileCalls } from '../../../../src/services/files/fileCalls';
import { sharedLock } from '../../../../src/services/locks/sharedLock';
import { FileLedger } from '../../../../src/services/scan/virustotal/requestLedger';
import { RequestWindow } from '../../../../src/services/scan/virustotal/requestWindow';
import { FakeClock } from '../../support/fakeClock';
import { systemError } from '../../support/faultyCalls';
import { Random, testSeed } from '../../support/random';
import { RecordingLogger } from '../../support/recordingLogger';

const windowMs = 60_000;

describe('what windows ask together', () => {
  let folder: string;
  let clock: FakeClock;
  let logger: RecordingLogger;

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'sentinel-ledger-')), 'virustotal');
    clock = new FakeClock();
    logger = new RecordingLogger();
  });
  afterEach(() => {
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const open = (): FileLedger => new FileLedger({ folder, clock, logger });
  const file = (): string => path.join(folder, 'requests.json');

  it('is counted over all of them, until it is old', async () => {
    const windows = [open(), open(), open()];
    for (const window of windows) assert.equal(window.take(3, windowMs), 0);
    await clock.advance(1_000);
    assert.equal(open().take(3, windowMs), 59_000);
    assert.equal(open().take(4, windowMs), 0, 'a setting may allow more');
    await clock.advance(59_000);
    assert.equal(open().take(4, windowMs), 0);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('requests')),
      ['requests.json'],
    );
  });

  it('stands still for all of them when the service asks for it', async () => {
    open().pause(30_000);
    open().pause(10_000);
    assert.equal(open().take(4, windowMs), 30_000);
    await clock.advance(30_000);
    assert.equal(open().take(4, windowMs), 0);
  });

  it('is not held up by a clock that was set back', () => {
    for (let count = 0; count < 4; count += 1) open().take(4, windowMs);
    open().pause(100_000);
    clock.adjustWallClock(-86_400_000);
    assert.equal(open().take(4, windowMs), 0);
  });

  it('begins anew where its file makes no sense', () => {
    for (const text of [
      '',
      '{',
      '[]',
      '{"version":2,"sentAt":[]}',
      '{"version":1,"sentAt":["x"]}',
      '\0'.repeat(9),
    ]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file(), text);
      assert.equal(open().take(1, windowMs), 0, text);
      assert.equal(open().take(1, windowMs), windowMs, text);
    }
    assert.deepEqual(logger.entries, []);
  });

  it('is tried again when another window is at it', () => {
    const lock = sharedLock({
      folder,
      calls: systemFileCalls,
      makeFolder: () => mkdirSync(folder, { recursive: true }),
      monotonicMs: () => clock.monotonicMs(),
    });
    const hold = lock.tryAcquire();
    assert.ok(hold);
    const waitMs = open().take(4, windowMs);
    assert.ok(waitMs > 0 && waitMs < 1_000, `${waitMs} ms`);
    hold.release();
    assert.equal(open().take(4, windowMs), 0);
  });

  it('is counted by each alone where nothing can be written, which the log says once', async () => {
    const calls = {
      ...systemFileCalls,
      makeFolder: () => {
        throw systemError('EROFS');
      },
      open: () => {
        throw systemError('EROFS');
      },
    };
    const ledger = new FileLedger({ folder, clock, logger, calls });
    const window = new RequestWindow({ clock, limit: () => 2, windowMs, ledger });
    const { signal } = new AbortController();
    let went = 0;
    for (let count = 0; count < 3; count += 1) void window.take(signal).then(() => (went += 1));
    await clock.advance(windowMs - 1);
    assert.equal(went, 2);
    await clock.advance(1);
    assert.equal(went, 3);
    assert.equal(logger.entries.length, 1);
  });

  it('lets no stretch of time see more than is allowed, however windows come and go', async () => {
    const random = new Random(testSeed());
    const never = new AbortController().signal;
    const went: number[] = [];
    const limit = 4;
    let windows: RequestWindow[] = [];
    let asked = 0;
    for (let round = 0; round < 120; round += 1) {
      if (random.chance(0.2)) {
        windows.push(new RequestWindow({ clock, limit: () => limit, windowMs, ledger: open() }));
      }
      // One that is closed forgets what it has asked; the ledger does not.
      if (random.chance(0.05)) windows = windows.filter((window) => window.waitingCount > 0);
      const window = windows[random.below(Math.max(1, windows.length))];
      if (window !== undefined) {
        asked += 1;
        void window.take(never).then(() => went.push(clock.monotonicMs()));
      }
      if (random.chance(0.5)) await clock.advance(random.below(9_000));
    }
    await clock.advance(60 * windowMs);
    assert.equal(went.length, asked);
    for (const start of went) {
      const inWindow = went.filter((at) => at >= start && at < start + windowMs);
      assert.ok(inWindow.length <= limit, `${inWindow.length} at ${start}`);
    }
    const { sentAt } = JSON.parse(readFileSync(file(), 'utf8')) as { sentAt: unknown[] };
    assert.ok(sentAt.length <= limit, 'it does not grow');
  });
});

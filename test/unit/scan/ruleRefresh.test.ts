import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WatchFolder } from '../../../src/services/scan/ruleFolderWatch';
import { RuleRefresh } from '../../../src/services/scan/ruleRefresh.later';
import { SentinelError } from '../../../src/shared/errors';
import { defaultScanSettings, type ScanSettings } from '../../../src/shared/scan/settings';
import { FakeClock, settle } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';

describe('the refresh of rules', () => {
  let root: string;
  let clock: FakeClock;
  let logger: RecordingLogger;
  let loads: {
    readonly settings: ScanSettings;
    readonly end: () => void;
    readonly fail: (error: Error) => void;
  }[];
  let listeners: ((name: string) => void)[];
  let refresh: RuleRefresh;
  let settings: ScanSettings;

  const watchFolder: WatchFolder = (_folder, onEvent) => {
    listeners.push(onEvent);
    return { dispose: () => undefined };
  };
  /** Until it is so, which takes as long as the disk does. */
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let round = 0; !isSo(); round++) {
      assert.ok(round < 1_000, 'It does not come to that.');
      await stat(root);
    }
    await settle();
  };
  const change = (): void => {
    listeners.at(-1)?.('mine.yar');
  };
  /** A scan that has ended, with what is looked at once because of it. */
  const scanOnce = async (): Promise<void> => {
    const scan = refresh.scanning();
    await until(() => clock.pendingTimers > 0);
    scan.dispose();
    await clock.advance(1_000);
    loads.pop()?.end();
    await settle();
    assert.deepEqual([listeners.length, loads.length], [1, 0]);
  };

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-refresh-'));
    mkdirSync(path.join(root, 'rules'));
    clock = new FakeClock();
    logger = new RecordingLogger();
    loads = [];
    listeners = [];
    settings = { ...defaultScanSettings, ruleFolders: [{ path: path.join(root, 'rules'), level: 'full' }] };
    refresh = new RuleRefresh({
      clock,
      logger,
      settings,
      load: (given) =>
        new Promise<void>((end, fail) => {
          loads.push({ settings: given, end, fail });
        }),
      watchFolder,
    });
  });
  afterEach(() => {
    refresh.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  it('watches and compiles nothing before something has been scanned', async () => {
    refresh.configure({ ...settings, builtInRules: false });
    await clock.advance(60_000);
    assert.deepEqual([listeners.length, loads.length, clock.pendingTimers], [0, 0, 0]);
  });

  it('has rules compiled a second after the last change, once, and keeps no timer', async () => {
    await scanOnce();
    assert.equal(clock.pendingTimers, 0);
    for (let index = 0; index < 10; index++) {
      change();
      await clock.advance(300);
    }
    assert.equal(loads.length, 0);
    await clock.advance(700);
    assert.equal(loads.length, 1);
    assert.equal(clock.pendingTimers, 0);
    loads[0]?.end();
    await clock.advance(60_000);
    assert.equal(loads.length, 1);
  });

  it('looks once more after the first scan: what changed before folders were watched was not told', async () => {
    const scan = refresh.scanning();
    await until(() => clock.pendingTimers > 0);
    await clock.advance(5_000);
    assert.equal(loads.length, 0, 'not while it runs');
    scan.dispose();
    await settle();
    assert.equal(loads.length, 1);
    loads[0]?.end();
    await settle();
    refresh.scanning().dispose();
    await clock.advance(5_000);
    assert.equal(loads.length, 1, 'a second scan is no reason');
  });

  it('leaves the rules as they are while something is scanned', async () => {
    await scanOnce();
    const scans = [refresh.scanning(), refresh.scanning()];
    change();
    await clock.advance(5_000);
    scans[0]?.dispose();
    await settle();
    assert.equal(loads.length, 0);
    scans[1]?.dispose();
    await settle();
    assert.equal(loads.length, 1);
  });

  it('has them compiled again when they changed while they were compiled', async () => {
    await scanOnce();
    change();
    await clock.advance(1_000);
    change();
    await clock.advance(5_000);
    assert.equal(loads.length, 1);
    loads[0]?.end();
    await settle();
    assert.equal(loads.length, 2);
  });

  it('goes by the folders of the settings as they are now, and by nothing else in them', async () => {
    await scanOnce();
    refresh.configure({ ...settings, threads: 7 });
    await clock.advance(5_000);
    assert.equal(loads.length, 0);
    const other = { ...settings, ruleFolders: [] };
    refresh.configure(other);
    await clock.advance(1_000);
    await until(() => loads.length > 0);
    assert.deepEqual(loads[0]?.settings, other);
  });

  it('goes on where rules could not be read, and says nothing about an end that was wished', async () => {
    await scanOnce();
    change();
    await clock.advance(1_000);
    loads[0]?.fail(new Error('the thread is gone'));
    await settle();
    assert.equal(logger.of('warning').length, 1);
    change();
    await clock.advance(1_000);
    loads[1]?.fail(new SentinelError('worker.disposed', 'ended'));
    await settle();
    assert.equal(logger.of('warning').length, 1);
  });

  it('does nothing more in the end', async () => {
    await scanOnce();
    change();
    refresh.dispose();
    change();
    await clock.advance(60_000);
    assert.deepEqual([loads.length, clock.pendingTimers], [0, 0]);
  });
});

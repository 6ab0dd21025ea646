import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WatchFolder } from '../../../src/services/scan/ruleFolderWatch';
import type { ScanService } from '../../../src/services/scan/scanService';
import type { RulesState } from '../../../src/services/scan/scans';
import type { ScanPush } from '../../../src/shared/protocol/scanWorker';
import { defaultScanSettings, type ScanSettings } from '../../../src/shared/scan/settings';
import { fileResult } from './support/fakeCoordinator';
import { ScanHarness } from './support/scanHarness';

type RulesPush = Extract<ScanPush, { type: 'rules' }>;

const bad = { file: '/rules/bad.yar', line: 2, message: 'unknown identifier' };
const worse = { file: '/rules/worse.yar', line: 3, message: 'syntax error' };

describe('what is told of rules', () => {
  let harness: ScanHarness;
  let service: ScanService;
  let told: RulesState[];

  const push = (given: Partial<RulesPush>): void => {
    harness.thread.pushes.fire({
      type: 'rules',
      ruleCount: 1,
      own: 'inForce',
      faults: [],
      allFaults: true,
      ...given,
    });
  };

  beforeEach(() => {
    harness = new ScanHarness();
    service = harness.service();
    told = [];
    service.onRulesChanged((state) => told.push(state));
  });
  afterEach(async () => {
    await harness.stop();
  });

  it('keeps the faults of before until those of changed rules are known', () => {
    push({ faults: [bad] });
    push({ faults: [], allFaults: false, own: 'compiling' });
    assert.deepEqual(service.rules.faults, [bad]);
    push({ faults: [worse], allFaults: false, own: 'compiling' });
    assert.deepEqual(service.rules.faults, [bad, worse]);
    push({ faults: [{ ...bad, line: 7 }], allFaults: false, own: 'compiling' });
    assert.deepEqual(
      service.rules.faults.map(({ file, line }) => [file, line]),
      [
        ['/rules/worse.yar', 3],
        ['/rules/bad.yar', 7],
      ],
    );
    push({ faults: [] });
    assert.deepEqual(service.rules.faults, []);
  });

  it('holds the thread while it compiles, and says when that ended before its end', () => {
    push({ own: 'compiling', faults: [bad] });
    push({ own: 'compiling', faults: [bad], share: { done: 1, total: 40 } });
    assert.equal(harness.thread.held, 1);
    harness.thread.exits.fire({ reason: 'outOfMemory', planned: false });
    assert.equal(harness.thread.held, 0);
    assert.deepEqual(told.at(-1), { ruleCount: 1, own: 'interrupted', faults: [bad] });
    const { length } = told;
    harness.thread.exits.fire({ reason: 'terminated', planned: true });
    assert.equal(told.length, length, 'there was nothing to interrupt');
    push({ own: 'compiling' });
    push({ own: 'inForce' });
    assert.equal(harness.thread.held, 0);
  });

  describe('that change', () => {
    let root: string;
    let hear: ((name: string) => void) | undefined;
    let settings: ScanSettings;
    const watchFolder: WatchFolder = (_folder, onEvent) => {
      hear = onEvent;
      return { dispose: () => (hear = undefined) };
    };

    beforeEach(() => {
      root = mkdtempSync(path.join(tmpdir(), 'sentinel-changed-'));
      mkdirSync(path.join(root, 'rules'));
      hear = undefined;
      settings = { ...defaultScanSettings, ruleFolders: [{ path: path.join(root, 'rules'), level: 'full' }] };
      harness = new ScanHarness({ settings, watchFolder });
      service = harness.service();
    });
    afterEach(() => {
      rmSync(root, { recursive: true, force: true });
    });

    it('are compiled once something has been scanned, and not before', async () => {
      service.configure(defaultScanSettings);
      service.configure(settings);
      await harness.clock.advance(60_000);
      assert.deepEqual([hear, harness.thread.loads.length], [undefined, 0]);

      const task = service.scanFile('/nowhere/file');
      await harness.untilAsked();
      while (hear === undefined) await harness.quiet();
      hear('mine.yar');
      await harness.clock.advance(2_000);
      assert.equal(harness.thread.loads.length, 0, 'not in the midst of a scan');
      harness.thread.last.reply.resolve(fileResult());
      await harness.recordOf(task);
      assert.equal(harness.thread.loads.length, 1);
      harness.thread.loads[0]?.reply.resolve(null);
      await harness.quiet();

      hear('mine.yar');
      await harness.clock.advance(2_000);
      assert.equal(harness.thread.loads.length, 2);
      harness.thread.loads[1]?.reply.resolve(null);
      await harness.quiet();

      service.configure(defaultScanSettings);
      await harness.clock.advance(2_000);
      await harness.quiet();
      assert.deepEqual(harness.thread.loads[2]?.settings, defaultScanSettings);
      assert.equal(hear, undefined, 'folders of before are not watched any more');
    });

    it('are watched no more in the end', async () => {
      const task = service.scanFile('/nowhere/file');
      await harness.untilAsked();
      while (hear === undefined) await harness.quiet();
      harness.thread.last.reply.resolve(fileResult());
      await harness.recordOf(task);
      await service.stop();
      assert.equal(hear, undefined);
    });
  });
});

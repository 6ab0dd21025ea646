import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Task } from '../../../src/services/tasks/task';
import type { ScanRecord } from '../../../src/shared/scan/record';
import { WorkControl } from '../../../src/workers/controlBlock';
import { fileResult } from './support/fakeCoordinator';
import { ScanHarness } from './support/scanHarness';

/** A task of this kind may take a minute, whatever it scans. */
const kindMs = 60_000;
const extraMs = 5_000;

describe('the time for several chosen paths', () => {
  let root: string;
  let scans: ScanHarness;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-chosen-'));
    scans = new ScanHarness();
  });
  afterEach(async () => {
    await scans.stop();
    rmSync(root, { recursive: true, force: true });
  });

  /** Folders, which get no time for their size before they have been walked. */
  const choose = async (count: number): Promise<Task<readonly ScanRecord[]>> => {
    const folders = Array.from({ length: count }, (_, index) => path.join(root, `${index}`));
    for (const folder of folders) mkdirSync(folder);
    const task = scans.service().scanPaths(folders);
    await scans.untilAsked();
    return task;
  };
  /** The coordinator works on the present one for so long, and gives signs of life. */
  const work = async (ms: number): Promise<void> => {
    const control = new WorkControl(scans.thread.last.request.control);
    for (let left = ms; left > 0; left -= 1_000) {
      control.beat();
      await scans.clock.advance(Math.min(1_000, left));
    }
  };
  const next = async (): Promise<void> => {
    const asked = scans.thread.scans.length;
    scans.thread.last.reply.resolve(fileResult({ kind: 'folder' }));
    await scans.untilAsked(asked + 1);
  };

  it('is more for each after the first, so that many of them come to their end', async () => {
    const task = await choose(4);
    for (let index = 0; index < 3; index++) {
      await work(18_000);
      await next();
    }
    // 72 s by now, within 60 s and three times 5 s.
    await work(18_000);
    assert.equal(task.status, 'running');
    scans.thread.last.reply.resolve(fileResult({ kind: 'folder' }));
    await scans.quiet();
    const outcome = await task.outcome;
    assert.equal(outcome.status === 'finished' && outcome.result.length, 4);
  });

  it('is no more than that: one that hangs still has a limit', async () => {
    const task = await choose(2);
    await next();
    await work(kindMs + extraMs - 2_000);
    assert.equal(task.status, 'running');
    await work(4_000);
    assert.equal((await task.outcome).status, 'timedOut');
  });

  it('is not given beforehand for those whose turn has not come', async () => {
    const task = await choose(10);
    await work(kindMs + 2_000);
    assert.equal((await task.outcome).status, 'timedOut');
    assert.equal(scans.thread.scans.length, 1);
  });
});

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import { HistoryFiles } from '../../../src/services/history/historyFiles';
import { FakeClock } from '../support/fakeClock';

describe('the files of the history', () => {
  let parent: string;
  let folder: string;
  let files: HistoryFiles;
  let clock: FakeClock;
  let told: number;

  beforeEach(async () => {
    parent = mkdtempSync(path.join(tmpdir(), 'sentinel-history-files-'));
    folder = path.join(parent, 'history');
    clock = new FakeClock();
    told = 0;
    files = new HistoryFiles({ folder, clock, pollMs: 1_000, slowPollMs: 2_000 });
    files.onChanged(() => told++);
    // The first look is over before there is anything to see.
    await pass(0);
  });
  afterEach(() => {
    files.dispose();
    rmSync(parent, { recursive: true, force: true });
  });

  /** Time in which the clock's timers run, and then the real calls of the system. */
  async function pass(ms: number): Promise<void> {
    await files.exist();
    await clock.advance(ms);
    for (let turn = 0; turn < 3; turn += 1) {
      await files.exist();
      await tick();
    }
  }

  it('are not there, appear, grow and go', async () => {
    assert.equal(await files.exist(), false);
    await pass(10_000);
    assert.equal(told, 0);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'history-000001.journal'), 'a');
    await pass(2_000);
    assert.equal(told, 1);
    assert.equal(await files.exist(), true);
    appendFileSync(path.join(folder, 'history-000001.journal'), 'b');
    await pass(4_000);
    assert.equal(told, 2);
    rmSync(path.join(folder, 'history-000001.journal'));
    await pass(4_000);
    assert.equal(told, 3);
    assert.equal(await files.exist(), false);
  });

  it('are noticed within a second where nobody has written before', async () => {
    files.dispose();
    files = new HistoryFiles({ folder, clock });
    files.onChanged(() => told++);
    await pass(10_000);
    assert.equal(told, 0);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'history-000001.journal'), 'a');
    await pass(1_000);
    assert.equal(told, 1);
  });

  it('are not what lies beside them, and tell nothing while nothing happens', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'history.sqlite'), 'a');
    await pass(4_000);
    assert.equal(told, 1);
    writeFileSync(path.join(folder, 'history.sqlite.tmp'), 'x');
    mkdirSync(path.join(folder, 'locks'));
    await pass(60_000);
    assert.equal(told, 1);
  });

  it('tell nothing more once nobody wants to know', async () => {
    files.dispose();
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'history.sqlite'), 'a');
    await pass(10_000);
    assert.deepEqual([told, clock.pendingTimers], [0, 0]);
  });
});

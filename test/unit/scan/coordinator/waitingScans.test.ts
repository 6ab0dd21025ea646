import assert from 'node:assert/strict';
import { ControlBlock } from '../../../../src/workers/controlBlock';
import { ownRules, removeRoot } from '../support/realScans';
import { ScriptedScans } from '../support/scriptedScans';

describe('scans that wait for rules to be compiled', () => {
  let scans: ScriptedScans;
  /** What lets threads come to the end of compiling. */
  let compiles: (() => void)[];

  beforeEach(() => {
    compiles = [];
    scans = new ScriptedScans({
      prepare: () =>
        new Promise((resolve) => {
          compiles.push(() => {
            resolve({});
          });
        }),
      scanFile: () =>
        Promise.resolve({
          judgement: { engines: [], findings: [] },
          unchanged: true,
          bytes: 1,
          costs: { scanCount: 1, memoryBytes: 10 },
        }),
    });
    scans.write('a', 'text');
  });
  afterEach(async () => {
    await scans.coordinator.stop();
    removeRoot(scans.root);
  });

  it('end at once when they are cancelled, and no other scan with them', async () => {
    for (const isFolder of [true, false]) {
      compiles.length = 0;
      // Prepared in another way each time, so that rules are to be compiled.
      const target = isFolder ? undefined : scans.write('a', 'text');
      const settings = { builtInRules: true, joinSmallFiles: isFolder };
      const block = new ControlBlock();
      const first = scans.scan(target, settings, block);
      const second = scans.scan(target, settings);
      await scans.until(() => compiles.length > 0, 'compiling');
      const ended: string[] = [];
      void first.then(() => ended.push('first'));
      void second.then(() => ended.push('second'));
      block.cancel();
      await scans.until(() => ended.length === 1, 'the end of the first', 500);
      assert.deepEqual(ended, ['first']);
      assert.equal((await first).complete, false);
      compiles[0]?.();
      await scans.until(() => ended.length === 2, 'the end of the second');
      assert.equal((await second).complete, true);
    }
  });

  it('stand still at once when they are paused, and go on afterwards', async () => {
    const block = new ControlBlock();
    const scan = scans.scan(undefined, {}, block);
    await scans.until(() => compiles.length > 0, 'compiling');
    for (let round = 0; round < 3; round++) {
      block.pause();
      await scans.until(() => block.read().waitingThreads === 1, 'standstill', 500);
      block.resume();
      await scans.until(() => block.read().waitingThreads === 0, 'going on', 500);
    }
    compiles[0]?.();
    let ended = false;
    void scan.then(() => (ended = true));
    await scans.until(() => ended, 'the end');
    assert.equal((await scan).complete, true);
    assert.equal(scans.threads.length, 1);
  });

  it('give signs of life while folders of rules are walked through, and can be cancelled in them', async () => {
    const block = new ControlBlock();
    const settings = ownRules(scans.root, { 'mine.yar': 'rule mine { condition: false }' });
    const scan = scans.scan(undefined, settings, block);
    // All of it was done in the call, before any timer could have run.
    assert.equal(block.read().beats, 2);
    block.cancel();
    let ended = false;
    void scan.then(() => (ended = true));
    await scans.until(() => ended, 'the end');
    await assert.rejects(scans.scan(undefined, settings, block), { code: 'task.cancelled' });
  });
});

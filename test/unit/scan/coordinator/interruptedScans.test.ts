import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ControlBlock } from '../../../../src/workers/controlBlock';
import { skip } from '../../../support/skip';
import { eicar } from '../support/eicar';
import {
  buildScanThreads,
  makeRoot,
  ownRules,
  RealScans,
  removeRoot,
  scanBundle,
} from '../support/realScans';

/** Needs minutes for a few hundred kilobytes of one letter, and nothing interrupts it. */
const stuckRule = `rule stuck { strings: $a = /q.{1,2000}w.{1,2000}z/s condition: $a }`;
const stuckContent = 'q'.repeat(300_000);

describe('scans that are interrupted', function () {
  this.timeout(120_000);
  let root: string;
  let files: string;
  let scans: RealScans;

  before(() => buildScanThreads());
  after(() => {
    scanBundle.remove();
  });
  beforeEach(() => {
    root = makeRoot();
    files = path.join(root, 'files');
    scans = new RealScans(root, {
      stepLimits: { baseMs: 3_000, bytesPerMs: 10_000 },
      searchLimits: { baseMs: 1_500, bytesPerMs: 10_000 },
    });
  });
  afterEach(async () => {
    await scans.stop();
    removeRoot(root);
  });

  const write = (name: string, content: string | Uint8Array = name): string => {
    const file = path.join(files, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const until = async (isSo: () => boolean, what: string): Promise<void> => {
    for (let waitedMs = 0; !isSo(); waitedMs += 20) {
      if (waitedMs > 30_000) throw new Error(`Not within 30 s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const threads = (): number => readdirSync('/proc/self/task').length;

  it('a rule that does not come to an end is stopped, named and left out, and the other files go on', async () => {
    for (let index = 0; index < 30; index++) write(`f${index}`, `text ${index}`);
    write('bad', eicar());
    const stuck = write('stuck', stuckContent);
    const own = ownRules(root, {
      'mine.yar': `${stuckRule} rule fine { strings: $a = "text 7" condition: $a }`,
    });
    const result = await scans.scan(files, own);
    assert.equal(result.verdict, 'malicious');
    assert.deepEqual(
      result.findings.map(({ rule }) => rule),
      ['eicar', 'fine'],
    );
    assert.ok(result.details?.type === 'folder');
    assert.deepEqual(result.details.problems, [
      { path: stuck, reason: 'timedOut', detail: 'left out: own/mine/stuck' },
    ]);
    assert.deepEqual(result.details.verdicts, { malicious: 1, suspicious: 1, noThreatFound: 29, unknown: 1 });
    const yara = result.engines.find(({ id }) => id === 'yara');
    assert.match(yara?.detail ?? '', /left out of some files: own\/mine\/stuck/);
    assert.ok(scans.logger.of('warning').some((message) => message.includes('own/mine/stuck')));
    // The rule is not asked about that file any more.
    const startedMs = performance.now();
    const again = await scans.scan(stuck, own);
    assert.ok(performance.now() - startedMs < 3_000);
    assert.match(again.engines[0]?.detail ?? '', /left out: own\/mine\/stuck/);
  });

  it('a scan that is cancelled ends soon, with what was found until then', async () => {
    write('a', eicar());
    write('stuck', stuckContent);
    const own = ownRules(root, { 'mine.yar': stuckRule });
    const patient = new RealScans(root);
    try {
      const block = new ControlBlock();
      const scan = patient.scan(files, { ...own, joinSmallFiles: false, threads: 1 }, {}, block);
      await until(() => block.read().beats > 20, 'signs of life');
      const startedMs = performance.now();
      block.cancel();
      const result = await scan;
      assert.ok(performance.now() - startedMs < 2_000);
      assert.equal(result.complete, false);
    } finally {
      await patient.stop();
    }
  });

  it('a paused scan stands still, holds no thread, and finds as much when it goes on', async () => {
    for (let index = 0; index < 2_000; index++)
      write(`d${index % 10}/f${index}`, `text ${index}`.repeat(500));
    write('bad', eicar());
    await scans.scan(path.join(root, 'pack'));
    const block = new ControlBlock();
    block.pause();
    const scan = scans.scan(files, { joinSmallFiles: false, threads: 1 }, {}, block);
    await until(() => block.read().waitingThreads === 1, 'standstill');
    // Others are not held up by it.
    const other = await scans.scan(path.join(files, 'bad'), { threads: 1 });
    assert.equal(other.verdict, 'malicious');
    for (let round = 0; round < 3; round++) {
      block.resume();
      await until(() => block.read().waitingThreads === 0, 'going on');
      block.pause();
      await until(() => block.read().waitingThreads === 1, 'standstill');
    }
    block.resume();
    const result = await scan;
    assert.equal(result.complete, true);
    assert.ok(result.details?.type === 'folder');
    assert.deepEqual(result.details.verdicts, { noThreatFound: 2_000, malicious: 1 });
  });

  it('a paused scan can be cancelled', async () => {
    write('a');
    const block = new ControlBlock();
    block.pause();
    const scan = scans.scan(files, {}, {}, block);
    await until(() => block.read().waitingThreads === 1, 'standstill');
    block.cancel();
    assert.equal((await scan).complete, false);
  });

  it('no thread is left when the coordinator is ended in the midst of a scan', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux lists the threads of a process');
    for (let index = 0; index < 20; index++) write(`f${index}`, stuckContent);
    const own = ownRules(root, { 'mine.yar': stuckRule });
    const before = threads();
    const scan = scans.scan(files, { ...own, threads: 2 });
    const failed = assert.rejects(scan, { code: 'worker.disposed' });
    await until(() => threads() > before + 1, 'threads');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await scans.stop();
    await failed;
    await until(() => threads() <= before + 1, 'no threads');
  });
});

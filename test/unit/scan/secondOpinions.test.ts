import assert from 'node:assert/strict';
import type { FileEngine } from '../../../src/services/scan/fileEngine';
import { reportHeadline } from '../../../src/shared/presentation/reportTexts';
import type { EngineReport, EngineState } from '../../../src/shared/scan/record';
import { fileResult, plainEngines, sha256 } from './support/fakeCoordinator';
import { AskedEngine, found, ScanHarness, stateOf } from './support/scanHarness';

describe('engines beside the local ones', () => {
  let scans: ScanHarness;

  beforeEach(() => {
    scans = new ScanHarness();
  });
  afterEach(() => scans.stop());

  it('are asked at the same time, about what local ones know', async () => {
    const one = new AskedEngine('one');
    const other = new AskedEngine('other');
    const task = await scans.start(one, other);
    assert.deepEqual([one.asked, other.asked], [[], []]);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    assert.deepEqual(
      [...one.asked, ...other.asked].map(({ target }) => target),
      Array(2).fill({ path: '/nowhere/file', sizeBytes: 5, sha256 }),
    );
    await one.say('noHit');
    await other.say('hit', { version: '9' }, [found('other')]);
    const record = await scans.recordOf(task);
    assert.deepEqual([record.verdict, record.summary], ['malicious', 'Malicious: Some.Signature']);
    assert.deepEqual([stateOf(record, 'one'), stateOf(record, 'other')], ['noHit', 'hit']);
    assert.equal(record.engines.find(({ id }) => id === 'other')?.version, '9');
    assert.deepEqual(
      scans.results.map(({ path, verdict }) => [path, verdict]),
      [['/nowhere/file', 'malicious']],
    );
    assert.deepEqual(scans.puts, [record], 'what answers at once is kept once');
  });

  it('have the record in the history while they are at it, and again as they answer', async () => {
    const one = new AskedEngine('one');
    const other = new AskedEngine('other');
    const task = await scans.start(one, other);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    await scans.clock.advance(1_000);
    const early = scans.lastPut;
    assert.ok(early);
    assert.deepEqual(
      [early.status, early.verdict, stateOf(early, 'yara'), stateOf(early, 'one'), stateOf(early, 'other')],
      ['running', undefined, 'noHit', 'running', 'running'],
    );
    assert.equal(early.summary, 'Not judged in whole. one has not answered yet.');
    assert.equal(reportHeadline(early), 'Scanning…');
    await other.say('hit', {}, [found('other', 'suspicious')]);
    await scans.quiet();
    const next = scans.lastPut;
    assert.deepEqual(
      [next.id, next.verdict, stateOf(next, 'one'), stateOf(next, 'other')],
      [early.id, 'suspicious', 'running', 'hit'],
    );
    assert.equal(reportHeadline(next), 'Suspicious so far');
    await one.say('noHit');
    const record = await scans.recordOf(task);
    assert.deepEqual([record.id, record.status, record.verdict], [early.id, 'finished', 'suspicious']);
    assert.equal(scans.history.records.size, 1);
    assert.deepEqual(scans.history.records.get(early.id), record);
    await scans.clock.advance(60_000);
    assert.deepEqual(scans.lastPut, record, 'nothing comes after the end');
  });

  it('begin while ClamAV is still asked by the coordinator', async () => {
    const one = new AskedEngine('one');
    const clamscan = new AskedEngine('clamav');
    const task = await scans.start(one, clamscan);
    const { request, reply } = scans.thread.last;
    const clamav = (state: EngineState): EngineReport => ({ id: 'clamav', name: 'ClamAV', state });
    const local = plainEngines.slice(0, 2);
    const partial = fileResult({ verdict: 'unknown', engines: [...local, clamav('running')] });
    scans.thread.pushes.fire({ type: 'partial', id: request.id, result: partial });
    await scans.quiet();
    assert.equal(one.asked.length, 1);
    await one.say('noHit');
    await scans.clock.advance(500);
    assert.deepEqual([stateOf(scans.lastPut, 'clamav'), stateOf(scans.lastPut, 'one')], ['running', 'noHit']);
    reply.resolve(fileResult({ engines: [...local, clamav('noHit')] }));
    const record = await scans.recordOf(task);
    assert.deepEqual([record.verdict, clamscan.asked.length, one.asked.length], ['noThreatFound', 0, 1]);
  });

  it('take the place of one that was not found by the first way, and of no other', async () => {
    for (const [reason, asked] of [
      ['notFound', 1],
      ['switchedOff', 0],
      ['noConsent', 0],
    ] as const) {
      const clamscan = new AskedEngine('clamav');
      const task = await scans.start(clamscan);
      const absent: EngineReport = { id: 'clamav', name: 'ClamAV', state: 'notAsked', reason };
      scans.thread.last.reply.resolve(fileResult({ engines: [...plainEngines.slice(0, 2), absent] }));
      await scans.quiet();
      assert.equal(clamscan.asked.length, asked, reason);
      await clamscan.say('noHit');
      const record = await scans.recordOf(task);
      assert.equal(stateOf(record, 'clamav'), asked === 1 ? 'noHit' : `notAsked ${reason}`);
      assert.equal(record.engines.length, 3);
    }
  });

  it('have a time limit each, after which they are told to end and not waited for', async () => {
    const slow = new AskedEngine('slow', 5_000);
    const slower = new AskedEngine('slower', 90_000);
    const task = await scans.start(slow, slower);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    await scans.clock.advance(5_000);
    assert.ok(slow.asked[0]?.control.signal.aborted);
    assert.ok(!slower.asked[0]?.control.signal.aborted);
    assert.equal(stateOf(scans.lastPut, 'slow'), 'failed timedOut');
    // Longer than the task would have for a small file, and without a word.
    await scans.clock.advance(85_000);
    const record = await scans.recordOf(task);
    assert.equal(stateOf(record, 'slower'), 'failed timedOut');
    assert.equal(record.verdict, 'error');
    assert.equal(record.engines.find(({ id }) => id === 'slow')?.elapsedMs, 5_000);
  });

  it('say what they wait for, in the progress of the one task', async () => {
    const one = new AskedEngine('one');
    const task = await scans.start(one);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    one.asked[0]?.control.tell('waiting for its turn');
    assert.equal(task.step, 'waiting for its turn');
    await one.say('noHit');
    await scans.recordOf(task);
  });

  it('stand still with their task', async () => {
    const one = new AskedEngine('one');
    const task = await scans.start(one);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    const paused = task.pause();
    await scans.clock.advance(1_100);
    assert.equal(await paused, true);
    await scans.clock.advance(30_000);
    assert.equal(task.status, 'paused');
    task.resume();
    await one.say('noHit');
    await scans.clock.advance(1_100);
    assert.equal((await scans.recordOf(task)).verdict, 'noThreatFound');
  });

  it('that are still asked when the scan is cancelled leave what is known', async () => {
    const one = new AskedEngine('one');
    const other = new AskedEngine('other');
    const task = await scans.start(one, other);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    await other.say('hit', {}, [found('other')]);
    task.cancel();
    assert.equal((await task.outcome).status, 'cancelled');
    const record = scans.lastPut;
    assert.ok(record);
    assert.deepEqual([record.status, record.verdict], ['cancelled', 'malicious']);
    assert.deepEqual([stateOf(record, 'one'), stateOf(record, 'other')], ['failed cancelled', 'hit']);
    assert.equal(record.summary, 'Cancelled; until then: Malicious: Some.Signature');
    assert.equal(scans.ends[0]?.complete, false);
    assert.ok(one.asked[0]?.control.signal.aborted);
  });

  it('that were found to be clean so far are no verdict when the scan is cancelled', async () => {
    const one = new AskedEngine('one');
    const task = await scans.start(one);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    task.cancel();
    await task.outcome;
    assert.deepEqual([scans.lastPut.verdict, scans.lastPut.summary], [undefined, 'Cancelled']);
  });

  it('are told to end when the thread is lost, and what it knew is kept', async () => {
    const one = new AskedEngine('one');
    const task = await scans.start(one);
    const { request, reply } = scans.thread.last;
    const bad = fileResult({ verdict: 'malicious', findings: [found('yara')] });
    scans.thread.pushes.fire({ type: 'partial', id: request.id, result: bad });
    await scans.quiet();
    reply.resolve(Promise.reject(new Error('the thread has crashed')) as never);
    assert.equal((await task.outcome).status, 'failed');
    assert.deepEqual([scans.lastPut.status, scans.lastPut.verdict], ['failed', 'malicious']);
    assert.equal(stateOf(scans.lastPut, 'one'), 'failed cancelled');
    assert.ok(one.asked[0]?.control.signal.aborted);
  });

  it('are not asked about what is gone, or no file', async () => {
    for (const reason of ['vanished', 'unreadable', 'notApplicable'] as const) {
      const one = new AskedEngine('one');
      const task = await scans.start(one);
      const rest = fileResult({ verdict: 'error', problem: { reason } });
      delete rest.details;
      delete rest.sha256;
      scans.thread.last.reply.resolve(rest);
      const record = await scans.recordOf(task);
      assert.deepEqual([one.asked.length, stateOf(record, 'one')], [0, `notAsked ${reason}`]);
    }
  });

  it('decide nothing about what is marked as safe', async () => {
    const one = new AskedEngine('one');
    const task = await scans.start(one);
    scans.thread.last.reply.resolve(
      fileResult({ details: { type: 'file', sizeBytes: 5, markedSafe: 'built by us' } }),
    );
    await scans.quiet();
    await one.say('hit', {}, [found('one')]);
    const record = await scans.recordOf(task);
    assert.equal(record.verdict, 'noThreatFound');
    assert.deepEqual(
      record.findings.map(({ weight }) => weight),
      ['informational'],
    );
    assert.match(record.summary, /marked as safe: built by us/);
  });

  it('speak for themselves alone, and what they throw is an answer', async () => {
    const liar: FileEngine = {
      id: 'liar',
      ask: () =>
        Promise.resolve({
          report: { id: 'yara', name: 'Liar', state: 'noHit' },
          findings: [found('yara', 'informational')],
        }),
    };
    const broken: FileEngine = {
      id: 'broken',
      ask: () => {
        throw new Error('it is broken');
      },
    };
    const task = await scans.start(liar, broken);
    scans.thread.last.reply.resolve(fileResult());
    const record = await scans.recordOf(task);
    assert.deepEqual([stateOf(record, 'liar'), stateOf(record, 'broken')], ['noHit', 'failed failed']);
    assert.equal(record.findings[0]?.engine, 'liar');
    assert.equal(record.engines.find(({ id }) => id === 'broken')?.detail, 'it is broken');
  });
});

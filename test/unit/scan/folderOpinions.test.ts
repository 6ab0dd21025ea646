import assert from 'node:assert/strict';
import type { FileEngine } from '../../../src/services/scan/fileEngine';
import { mostAlarmedFiles } from '../../../src/services/scan/folderRound';
import type { Task } from '../../../src/services/tasks/task';
import type { ScanResult } from '../../../src/shared/protocol/scanWorker';
import type { ScanRecord } from '../../../src/shared/scan/record';
import type { Verdict } from '../../../src/shared/scan/verdict';
import { settle } from '../support/fakeClock';
import { plainEngines, sha256 } from './support/fakeCoordinator';
import { AskedEngine, found, ScanHarness, stateOf } from './support/scanHarness';

describe('engines beside the local ones, and folders', () => {
  let scans: ScanHarness;

  beforeEach(() => {
    scans = new ScanHarness();
  });
  afterEach(() => scans.stop());

  const folderOf = (alarmed: readonly [string, Verdict][]): ScanResult => ({
    kind: 'folder',
    verdict: alarmed[0]?.[1] ?? 'noThreatFound',
    engines: [...plainEngines],
    findings: alarmed.map(([path, verdict]) =>
      found('yara', verdict === 'malicious' ? 'malicious' : 'suspicious', path),
    ),
    complete: true,
    summary: 'local',
    unreadable: 0,
    details: {
      type: 'folder',
      files: 100,
      bytes: 1,
      unchanged: 0,
      excluded: 0,
      special: 0,
      verdicts: { noThreatFound: 100 - alarmed.length, ...countsOf(alarmed) },
      problems: [],
    },
  });
  const countsOf = (alarmed: readonly [string, Verdict][]): Partial<Record<Verdict, number>> => {
    const counts: Partial<Record<Verdict, number>> = {};
    for (const [, verdict] of alarmed) counts[verdict] = (counts[verdict] ?? 0) + 1;
    return counts;
  };
  const scanFolder = async (
    alarmed: readonly [string, Verdict][],
    ...engines: readonly FileEngine[]
  ): Promise<Task<ScanRecord>> => {
    const task = scans.service(...engines).scanFolder('/nowhere');
    await scans.untilAsked();
    const { request, reply } = scans.thread.last;
    const result = folderOf(alarmed);
    const files = alarmed.map(([path, verdict]) => ({
      path,
      verdict,
      findings: result.findings.filter((finding) => finding.path === path),
      sha256,
    }));
    scans.thread.pushes.fire({ type: 'files', id: request.id, files: files.reverse() });
    reply.resolve(result);
    await scans.quiet();
    return task;
  };

  it('are asked about the files on which others alarm, the gravest first, and about so many at most', async () => {
    const one = new AskedEngine('one');
    const alarmed = Array.from({ length: 20 }, (_, index): [string, Verdict] => [
      `/nowhere/${String(index).padStart(2, '0')}`,
      index < 2 ? 'malicious' : 'suspicious',
    ]);
    const task = await scanFolder(alarmed, one);
    while (one.asked.length < mostAlarmedFiles) await settle();
    assert.deepEqual(
      one.asked.map(({ target }) => target.path),
      alarmed.slice(0, mostAlarmedFiles).map(([path]) => path),
    );
    assert.equal(one.asked[0]?.target.sha256, sha256);
    await one.say('hit', { sendsAway: true }, [found('one')]);
    const record = await scans.recordOf(task);
    assert.ok(record.details?.type === 'folder');
    assert.deepEqual(record.details.verdicts, { noThreatFound: 80, malicious: 8, suspicious: 12 });
    assert.equal(record.summary, '8 malicious and 12 suspicious of 100 files');
    const report = record.engines.find(({ id }) => id === 'one');
    assert.equal(report?.detail, '8 of 8 files asked about; others alarm on 20');
    assert.deepEqual([report.state, report.sendsAway], ['hit', true]);
    assert.deepEqual(
      record.findings.filter(({ engine }) => engine === 'one').map(({ path }) => path),
      alarmed.slice(0, 8).map(([path]) => path),
    );
  });

  it('cannot make a verdict milder, nor take one away by failing', async () => {
    const one = new AskedEngine('one');
    const task = await scanFolder([['/nowhere/a', 'suspicious']], one);
    while (one.asked.length === 0) await settle();
    await one.say('failed', { reason: 'quotaExceeded' });
    const record = await scans.recordOf(task);
    assert.deepEqual([record.verdict, stateOf(record, 'one')], ['suspicious', 'failed quotaExceeded']);
    assert.deepEqual(record.details?.type === 'folder' && record.details.verdicts, {
      noThreatFound: 99,
      suspicious: 1,
    });
  });

  it('are not asked where nothing alarms, or where they decline, and say why', async () => {
    const one = new AskedEngine('one');
    const two = new AskedEngine('two');
    two.declinesFolders = () =>
      Promise.resolve({ id: 'two', name: 'Two', state: 'notAsked', reason: 'noConsent' });
    const calm = await scans.recordOf(await scanFolder([], one, two));
    assert.deepEqual([one.asked.length, two.asked.length], [0, 0]);
    assert.deepEqual(
      [stateOf(calm, 'one'), stateOf(calm, 'two')],
      ['notAsked notApplicable', 'notAsked noConsent'],
    );
    assert.equal(calm.verdict, 'noThreatFound');
  });

  it('have the record in the history while they are at it', async () => {
    const one = new AskedEngine('one');
    const task = await scanFolder([['/nowhere/a', 'suspicious']], one);
    while (one.asked.length === 0) await settle();
    await scans.clock.advance(1_000);
    const early = scans.lastPut;
    assert.deepEqual([early.status, early.verdict], ['running', 'suspicious']);
    assert.equal(stateOf(early, 'one'), 'running');
    task.cancel();
    await task.outcome;
    assert.deepEqual([scans.lastPut.id, scans.lastPut.status], [early.id, 'cancelled']);
    assert.equal(scans.lastPut.verdict, 'suspicious');
  });
});

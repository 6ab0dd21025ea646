import assert from 'node:assert/strict';
import { FolderTally } from '../../../../src/services/scan/coordinator/folderTally';
import { notAsked } from '../../../../src/services/scan/engines';
import { failedJudgement } from '../../../../src/services/scan/thread/judging';
import type { Judgement } from '../../../../src/shared/scan/judgement';
import type { EngineReport, EngineState, Finding } from '../../../../src/shared/scan/record';

const engine = (id: string, state: EngineState): EngineReport => ({ id, name: id, state });
const plain = [engine('yara', 'noHit'), engine('content', 'noHit'), notAsked('clamav', 'notFound')];
const nowhere = { excluded: 0, special: 0, links: 0 };
const finding = (weight: Finding['weight'], rule = 'r'): Finding => ({
  engine: 'yara',
  rule,
  title: rule,
  severity: 'high',
  weight,
});
const hit = (weight: Finding['weight'], sha256?: string): Judgement => ({
  engines: [engine('yara', weight === 'informational' ? 'noHit' : 'hit'), engine('content', 'noHit')],
  findings: [finding(weight)],
  ...(sha256 === undefined ? {} : { sha256 }),
});

describe('what the files of a folder add up to', () => {
  it('counts verdicts, sizes and files that were known', () => {
    const tally = new FolderTally(plain, new Map());
    tally.add('/a', 10, undefined, false);
    tally.add('/b', 20, undefined, true);
    tally.add('/c', 30, hit('malicious'), true);
    tally.add('/d', 40, hit('informational'), false);
    tally.add('/e', 50, failedJudgement('unreadable', 'EACCES'), false);
    const details = tally.details({ excluded: 2, special: 1, links: 3 });
    assert.deepEqual(details, {
      type: 'folder',
      files: 5,
      bytes: 150,
      unchanged: 2,
      excluded: 2,
      special: 1,
      links: 3,
      verdicts: { noThreatFound: 3, malicious: 1, error: 1 },
      problems: [{ path: '/e', reason: 'unreadable', detail: 'EACCES' }],
    });
    assert.equal(tally.verdict, 'malicious');
    assert.equal(tally.unreadableCount, 1);
  });

  it('does not take what an engine has never seen for what it found nothing in', () => {
    const unseen = { engines: [engine('yara', 'noHit'), engine('virustotal', 'notKnown')], findings: [] };
    const seen = { engines: [engine('yara', 'noHit'), engine('virustotal', 'noHit')], findings: [] };
    const tally = new FolderTally(plain, new Map());
    const virusTotal = (): EngineReport | undefined =>
      tally.engineReports().find(({ id }) => id === 'virustotal');
    tally.add('/a', 1, unseen, false);
    tally.add('/b', 1, unseen, false);
    assert.equal(virusTotal()?.state, 'notKnown');
    assert.equal(virusTotal()?.detail, '2 of 2 files');
    tally.add('/c', 1, seen, false);
    assert.equal(virusTotal()?.state, 'noHit');
    assert.equal(virusTotal()?.detail, '1 of 3 files');
  });

  it('says of each engine how it did, the worst first', () => {
    const tally = new FolderTally(plain, new Map());
    tally.add('/a', 1, undefined, false);
    tally.add('/b', 1, failedJudgement('unreadable'), false);
    const states = (): (string | undefined)[][] =>
      tally.engineReports().map(({ id, state, reason, detail }) => [id, state, reason, detail]);
    assert.deepEqual(states(), [
      ['yara', 'failed', 'unreadable', '1 of 2 files'],
      ['content', 'noHit', undefined, '1 file'],
      ['clamav', 'notAsked', 'notFound', undefined],
    ]);
    tally.add('/c', 1, hit('suspicious'), false);
    assert.deepEqual(states()[0], ['yara', 'hit', undefined, '1 of 3 files']);
  });

  it('an engine that takes nothing so large has seen a part of the folder', () => {
    const asked = [engine('yara', 'noHit'), engine('clamav', 'noHit')];
    const tally = new FolderTally(asked, new Map());
    tally.add('/a', 1, undefined, false);
    const engines = [engine('yara', 'noHit'), notAsked('clamav', 'tooLarge', '25 MB')];
    tally.add('/b', 1, { engines, findings: [], problem: { reason: 'tooLarge' } }, false);
    const clamav = tally.engineReports().find(({ id }) => id === 'clamav');
    assert.deepEqual(
      [clamav?.state, clamav?.reason, clamav?.detail],
      ['partial', 'tooLarge', '1 of 2 files'],
    );
    assert.equal(tally.verdict, 'unknown');
  });

  it('is no verdict on files about which nobody was asked', () => {
    const tally = new FolderTally([notAsked('yara', 'switchedOff'), engine('content', 'noHit')], new Map());
    tally.add('/a', 1, undefined, false);
    assert.equal(tally.verdict, 'unknown');
    assert.deepEqual(tally.engineReports()[0]?.state, 'notAsked');
  });

  it('what holds for all files from some moment on does not change what was said of those before', () => {
    const tally = new FolderTally(plain, new Map());
    tally.add('/a', 1, undefined, false);
    const failed = { ...engine('yaraOwn', 'failed'), reason: 'failed' as const };
    tally.setPlain([...plain, failed]);
    tally.add('/b', 1, undefined, false);
    tally.add('/c', 1, hit('informational'), false);
    assert.deepEqual(tally.details(nowhere).verdicts, { noThreatFound: 1, error: 2 });
  });

  it('does not count what has vanished, nor what is no file any more', () => {
    const tally = new FolderTally(plain, new Map());
    tally.add('/gone', 1, failedJudgement('vanished', 'ENOENT'), false);
    tally.add('/pipe', 0, { engines: [], findings: [], problem: { reason: 'notApplicable' } }, false);
    const details = tally.details(nowhere);
    assert.deepEqual([details.files, details.special, details.verdicts], [0, 1, {}]);
    assert.deepEqual(details.problems, [{ path: '/gone', reason: 'vanished', detail: 'ENOENT' }]);
    assert.equal(tally.verdict, 'unknown');
  });

  it('a folder that could not be looked into is an error, one of the kernel unknown', () => {
    const tally = new FolderTally(plain, new Map());
    tally.add('/a', 1, undefined, false);
    tally.addWalkProblem({ path: '/proc', reason: 'notApplicable', detail: 'proc' });
    assert.equal(tally.verdict, 'unknown');
    tally.addWalkProblem({ path: '/secret', reason: 'unreadable', detail: 'EACCES' });
    assert.equal(tally.verdict, 'error');
    assert.equal(tally.files, 1);
  });

  it('tells of a file that is marked as safe, and lets it decide nothing', () => {
    const sha256 = 'a'.repeat(64);
    const tally = new FolderTally(plain, new Map([[sha256, 'reason']]));
    const told = tally.add('/a', 1, hit('malicious', sha256), false);
    assert.equal(told?.verdict, 'noThreatFound');
    assert.deepEqual(told.findings, [{ ...finding('informational'), path: '/a' }]);
    assert.equal(tally.verdict, 'noThreatFound');
    assert.equal(tally.engineReports()[0]?.state, 'noHit');
  });

  it('keeps the most alarming findings by path, and counts those that it has no room for', () => {
    const tally = new FolderTally(plain, new Map());
    for (let index = 0; index < 600; index++) tally.add(`/i${index}`, 1, hit('informational'), false);
    tally.add('/z', 1, hit('suspicious'), false);
    tally.add('/b', 1, hit('malicious'), false);
    tally.add('/a', 1, hit('malicious'), false);
    const kept = tally.keptFindings();
    assert.equal(kept.length, 500);
    assert.deepEqual(
      kept.slice(0, 3).map(({ path }) => path),
      ['/a', '/b', '/z'],
    );
    assert.equal(tally.details(nowhere).omittedFindings, 103);
  });

  it('names so many problems at most, and counts all', () => {
    const tally = new FolderTally(plain, new Map());
    for (let index = 0; index < 500; index++) tally.add(`/${index}`, 1, failedJudgement('unreadable'), false);
    const details = tally.details(nowhere);
    assert.equal(details.problems.length, 200);
    assert.equal(details.verdicts.error, 500);
    assert.equal(tally.unreadableCount, 500);
  });
});

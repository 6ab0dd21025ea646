import assert from 'node:assert/strict';
import {
  databaseText,
  engineAnswer,
  engineSummary,
  groupedFindings,
  nothingLeftMachine,
  reportHeadline,
  reportMeaning,
  reportSummary,
  reportTone,
} from '../../../../src/shared/presentation/reportTexts';
import {
  type EngineReport,
  engineReasons,
  engineStates,
  type Finding,
  scanStatuses,
} from '../../../../src/shared/scan/record';
import { verdicts } from '../../../../src/shared/scan/verdict';
import { largeFolder, maliciousFile, networkScan } from '../../support/reportRecords';

function engine(changes: Partial<EngineReport>): EngineReport {
  return { id: 'a', name: 'A', state: 'noHit', ...changes };
}

function finding(changes: Partial<Finding>): Finding {
  return { engine: 'a', rule: 'r', title: 't', severity: 'low', weight: 'suspicious', ...changes };
}

describe('what a report says', () => {
  it('names the verdict, whatever became of the scan, and never calls anything clean or safe', () => {
    for (const verdict of verdicts) {
      for (const status of scanStatuses) {
        const record = maliciousFile({ verdict, status });
        const text = `${reportHeadline(record)} ${reportMeaning(record)}`;
        assert.equal(reportTone(record), verdict);
        assert.doesNotMatch(text, /\b(clean|safe)\b/i);
        if (status !== 'finished') assert.match(text, /so far|until/);
      }
    }
  });

  it('says of a scan without a verdict how it went', () => {
    const of = (status: (typeof scanStatuses)[number]): string => {
      const record = { ...networkScan(), status };
      return `${reportTone(record)}: ${reportHeadline(record)}`;
    };
    assert.deepEqual(scanStatuses.map(of), [
      'running: Scanning…',
      'ended: Network scanned',
      'error: Failed, without a verdict',
      'error: Cancelled, without a verdict',
      'error: Timed out, without a verdict',
      'error: Stalled, without a verdict',
      'error: Interrupted, without a verdict',
    ]);
  });

  it('does not repeat the verdict that its summary begins with', () => {
    const of = (summary: string): string => reportSummary(maliciousFile({ summary }));
    assert.equal(of('Malicious: EICAR test file'), 'EICAR test file');
    assert.equal(of('Suspicious: no'), 'Suspicious: no');
    assert.equal(of(''), '');
    assert.equal(reportSummary({ ...networkScan(), summary: ': a' }), ': a');
  });

  it('gives every answer of an engine its words, with the reason', () => {
    const answers = engineStates.flatMap((state) =>
      engineReasons.map((reason) => engineAnswer(engine({ state, reason }), 0, true)),
    );
    for (const answer of answers) assert.match(answer, /^[A-Z].*[a-z]$/);
    const failed = engine({ state: 'failed', reason: 'timedOut' });
    assert.equal(engineAnswer(failed, 0, true), 'No answer, because it took too long');
    assert.equal(engineAnswer(engine({ state: 'hit' }), 3, true), '3 findings');
    assert.equal(engineAnswer(engine({}), 1, true), '1 finding, none against it');
    assert.equal(engineAnswer(engine({}), 0, false), 'Answered');
  });

  it('counts who answered, who did not and who was not asked', () => {
    const states = (...list: EngineReport['state'][]): string =>
      engineSummary(list.map((state) => engine({ state })));
    assert.equal(states(), 'Nothing was asked.');
    assert.equal(states('notAsked'), 'Nobody was asked.');
    assert.equal(states('noHit'), '1 engine asked, which answered.');
    assert.equal(states('partial'), '1 engine asked, which answered in part.');
    assert.equal(states('failed'), '1 engine asked, which gave no answer.');
    assert.equal(states('running'), '1 engine asked, which is still at it.');
    assert.equal(states('noHit', 'hit', 'notAsked'), '2 engines asked, all of which answered. 1 not asked.');
    assert.equal(
      states('noHit', 'partial', 'failed', 'running'),
      '4 engines asked: 2 answered, 1 of them in part; 1 gave no answer; 1 still at it.',
    );
    assert.equal(states('notKnown'), '1 engine asked, which answered.');
    assert.equal(states('failed', 'failed'), '2 engines asked: 2 gave no answer.');
  });

  it('claims that nothing left the machine only where that is sure', () => {
    const local = engine({ sendsAway: false });
    const away = engine({ sendsAway: true, state: 'notAsked' });
    assert.equal(nothingLeftMachine([local, away]), true);
    assert.equal(nothingLeftMachine([]), false);
    assert.equal(nothingLeftMachine([local, engine({})]), false, 'of this one, it is not known');
    for (const state of ['hit', 'noHit', 'partial', 'notKnown', 'failed', 'running'] as const) {
      assert.equal(nothingLeftMachine([local, { ...away, state }]), false, state);
    }
  });

  it('tells the age of what an engine knew at the time of the scan', () => {
    const asOf = Date.UTC(2026, 0, 10);
    const of = (database: EngineReport['database']): string | undefined =>
      databaseText(engine({ database }), asOf);
    assert.equal(
      of({ version: '27310', updatedAt: asOf - 2 * 86_400_000 }),
      'database 27310, 2 days old at the scan',
    );
    assert.equal(of({ version: '128 rules' }), '128 rules');
    assert.equal(of({ updatedAt: asOf }), 'database, less than a day old at the scan');
    assert.equal(of({ version: '1', updatedAt: asOf + 9 * 86_400_000 }), 'database 1');
    assert.equal(of({}), undefined);
    assert.equal(of(undefined), undefined);
  });
});

describe('findings of a report', () => {
  it('come gravest first, of the same severity those that decide first, and else in their order', () => {
    const sorted = groupedFindings([
      finding({ rule: 'note', severity: 'critical', weight: 'informational' }),
      finding({ rule: 'low' }),
      finding({ rule: 'first', severity: 'high' }),
      finding({ rule: 'second', severity: 'high' }),
      finding({ rule: 'worst', severity: 'critical', weight: 'malicious' }),
    ]);
    assert.deepEqual(
      sorted.map((group) => group.finding.rule),
      ['worst', 'note', 'first', 'second', 'low'],
    );
  });

  it('are said once, with all their places as the record counts them', () => {
    const places = [{ offset: 1, length: 2 }];
    const groups = groupedFindings([
      finding({ path: '/a', matches: places }),
      finding({ rule: 'other' }),
      finding({ path: '/b', members: ['c'] }),
    ]);
    assert.deepEqual(
      groups.map(({ occurrences }) => occurrences),
      [
        [
          { index: 0, path: '/a', matches: places },
          { index: 2, path: '/b', members: ['c'] },
        ],
        [{ index: 1 }],
      ],
    );
  });

  it('all have their place, however many there are', () => {
    const { findings } = largeFolder(10_000);
    const groups = groupedFindings(findings);
    assert.equal(groups.length, 3);
    const indices = groups.flatMap(({ occurrences }) => occurrences.map(({ index }) => index));
    assert.equal(new Set(indices).size, 10_000);
  });
});

import assert from 'node:assert/strict';
import { notAsked } from '../../../src/services/scan/engines';
import { answered, markedSafe, verdictOf, worstVerdict } from '../../../src/services/scan/verdict';
import {
  engineReasons,
  type EngineReport,
  engineStates,
  type EngineState,
  type Finding,
} from '../../../src/shared/scan/record';
import { type Verdict, verdicts } from '../../../src/shared/scan/verdict';
import { Random, testSeed } from '../support/random';

function engine(id: string, state: EngineState): EngineReport {
  return { id, name: id, state, ...(state === 'failed' ? { reason: 'failed' } : {}) };
}

function finding(weight: Finding['weight'], engineId = 'yara'): Finding {
  return { engine: engineId, rule: 'rule', title: 'title', severity: 'low', weight };
}

const yara = (state: EngineState): EngineReport => engine('yara', state);
const others = [notAsked('clamav', 'notFound'), notAsked('virustotal', 'noConsent')];
const content = (state: EngineState): EngineReport => engine('content', state);

describe('the verdict on evidence', () => {
  const table: readonly [string, readonly EngineReport[], readonly Finding[], Verdict][] = [
    ['nothing was asked at all', [], [], 'unknown'],
    ['nobody was asked, for whatever reason', others, [], 'unknown'],
    ['rules are switched off', [notAsked('yara', 'switchedOff'), content('noHit')], [], 'unknown'],
    ['signs alone were looked for', [content('noHit')], [], 'unknown'],
    ['every engine found nothing', [yara('noHit'), content('noHit')], [], 'noThreatFound'],
    ['others were not asked, for whatever reason', [yara('noHit'), ...others], [], 'noThreatFound'],
    ['one takes nothing so large', [yara('noHit'), notAsked('clamav', 'tooLarge')], [], 'unknown'],
    ['a rule matched', [yara('hit'), content('noHit')], [finding('malicious')], 'malicious'],
    ['one of many engines has a hit', [yara('noHit'), engine('clamav', 'hit')], [], 'suspicious'],
    [
      'one engine names malware, nine find nothing',
      [engine('clamav', 'hit'), ...Array.from({ length: 9 }, (_, index) => engine(`e${index}`, 'noHit'))],
      [finding('malicious', 'clamav')],
      'malicious',
    ],
    ['a suspicious rule matched', [yara('hit')], [finding('suspicious')], 'suspicious'],
    ['two of both', [yara('hit')], [finding('suspicious'), finding('malicious')], 'malicious'],
    ['rules that decide nothing matched', [yara('noHit')], [finding('informational')], 'noThreatFound'],
    ['an engine failed', [yara('failed'), content('noHit')], [], 'error'],
    ['one failed beside one that found nothing', [yara('noHit'), engine('clamav', 'failed')], [], 'error'],
    [
      'one failed beside a hit',
      [yara('hit'), engine('clamav', 'failed')],
      [finding('malicious')],
      'malicious',
    ],
    ['one failed and informational rules matched', [yara('failed')], [finding('informational')], 'error'],
    ['one saw a part', [yara('partial'), content('noHit')], [], 'unknown'],
    ['an archive was opened in part', [yara('noHit'), content('partial')], [], 'unknown'],
    ['one saw a part and found something', [yara('hit')], [finding('suspicious')], 'suspicious'],
    ['one has not answered yet', [yara('noHit'), engine('virustotal', 'running')], [], 'unknown'],
    ['one has never seen it', [yara('noHit'), engine('virustotal', 'notKnown')], [], 'noThreatFound'],
    ['the only one that judges has never seen it', [engine('virustotal', 'notKnown')], [], 'unknown'],
    ['one failed, one saw a part', [yara('partial'), content('failed')], [], 'error'],
  ];
  for (const [when, engines, findings, expected] of table) {
    it(`${expected}, when ${when}`, () => {
      assert.equal(verdictOf({ engines, findings }), expected);
    });
  }

  it('whatever reason but the size of the target keeps an engine from being asked, it neither clears nor accuses', () => {
    for (const reason of engineReasons.filter((one) => one !== 'tooLarge')) {
      const other = notAsked('clamav', reason);
      assert.equal(verdictOf({ engines: [yara('noHit'), other], findings: [] }), 'noThreatFound');
      assert.equal(verdictOf({ engines: [other], findings: [] }), 'unknown');
    }
  });

  it('more evidence against a target never makes its verdict better', () => {
    const random = new Random(testSeed());
    for (let round = 0; round < 2_000; round++) {
      const engines = Array.from({ length: random.below(4) }, () =>
        engine(random.pick(['yara', 'content', 'clamav', 'virustotal']), random.pick(engineStates)),
      );
      const findings = Array.from({ length: random.below(3) }, () =>
        finding(random.pick(['malicious', 'suspicious', 'informational'])),
      );
      const rank = (verdict: Verdict): number => verdicts.indexOf(verdict);
      const before = rank(verdictOf({ engines, findings }));
      const worse = [
        { engines, findings: [...findings, finding('malicious')] },
        { engines, findings: [...findings, finding('suspicious')] },
        { engines: [...engines, engine('another', 'hit')], findings },
        { engines: [...engines, engine('another', 'failed')], findings },
      ];
      for (const evidence of worse) assert.ok(rank(verdictOf(evidence)) <= before);
      const clean = verdictOf({ engines, findings }) === 'noThreatFound';
      const spoilt = engines.some(({ state }) => !['noHit', 'notAsked', 'notKnown'].includes(state));
      assert.ok(!(clean && spoilt));
    }
  });
});

describe('a file marked as safe', () => {
  it('keeps its findings, which decide nothing any more', () => {
    const evidence = markedSafe({ engines: [yara('hit')], findings: [finding('malicious')] });
    assert.equal(evidence.findings.length, 1);
    assert.equal(evidence.findings[0]?.weight, 'informational');
    assert.equal(verdictOf(evidence), 'noThreatFound');
  });

  it('is not cleared of what could not be asked', () => {
    assert.equal(verdictOf(markedSafe({ engines: [yara('failed')], findings: [] })), 'error');
    assert.equal(verdictOf(markedSafe({ engines: [yara('partial')], findings: [] })), 'unknown');
  });
});

describe('an engine that saw the whole of a target', () => {
  it('has a hit where a finding of its own speaks against the target', () => {
    assert.equal(answered({ id: 'yara' }, [finding('suspicious')]), 'hit');
    assert.equal(answered({ id: 'yara' }, [finding('informational')]), 'noHit');
    assert.equal(answered({ id: 'yara' }, [finding('malicious', 'content')]), 'noHit');
    assert.equal(answered({ id: 'yara' }, []), 'noHit');
  });
});

describe('the verdict on a folder', () => {
  it('is that of its worst file', () => {
    assert.equal(worstVerdict({ noThreatFound: 1_000, malicious: 1 }), 'malicious');
    assert.equal(worstVerdict({ noThreatFound: 5, unknown: 1 }), 'unknown');
    assert.equal(worstVerdict({ noThreatFound: 5, unknown: 1, error: 1 }), 'error');
    assert.equal(worstVerdict({ noThreatFound: 5, malicious: 0 }), 'noThreatFound');
  });

  it('is unknown where nothing was asked about', () => {
    assert.equal(worstVerdict({}), 'unknown');
  });
});

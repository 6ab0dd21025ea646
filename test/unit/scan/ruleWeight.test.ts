import assert from 'node:assert/strict';
import { findingOf, ruleWeight, type Weight } from '../../../src/services/scan/ruleWeight';
import type { RuleMatch } from '../../../src/services/scan/rules/ruleScanner';
import * as v from 'valibot';
import { findingSchema, type Severity } from '../../../src/shared/scan/record';
import { ruleSetLevels } from '../../../src/shared/scan/settings';

type Metadata = RuleMatch['metadata'];

function match(metadata: Metadata, rest: Partial<RuleMatch> = {}): RuleMatch {
  return { namespace: 'n', rule: 'a_rule', tags: [], metadata, matches: [], matchCount: 0, ...rest };
}

describe('how much a rule says', () => {
  const table: readonly [string, Metadata, readonly string[], Severity, Weight][] = [
    ['nothing', {}, [], 'medium', 'suspicious'],
    ['a description alone', { description: 'Detects X', author: 'somebody' }, [], 'medium', 'suspicious'],
    ['its weight', { weight: 'malicious' }, [], 'high', 'malicious'],
    ['weight and severity', { weight: 'suspicious', severity: 'critical' }, [], 'critical', 'suspicious'],
    ['weight before tags', { weight: 'malicious' }, ['capability'], 'high', 'malicious'],
    ['an unknown weight', { weight: 1 }, [], 'medium', 'suspicious'],
    ['critical', { severity: 'critical' }, [], 'critical', 'malicious'],
    ['High', { severity: ' High ' }, [], 'high', 'malicious'],
    ['medium', { severity: 'medium' }, [], 'medium', 'suspicious'],
    ['low', { severity: 'LOW' }, [], 'low', 'informational'],
    ['info', { severity: 'informational' }, [], 'info', 'informational'],
    ['a word nobody knows', { severity: 'catastrophic' }, [], 'medium', 'suspicious'],
    ['a name of the prototype', { severity: 'constructor' }, [], 'medium', 'suspicious'],
    ['severity 100', { severity: 100 }, [], 'critical', 'malicious'],
    ['severity 50 of 100', { severity: 50 }, [], 'medium', 'suspicious'],
    ['severity 9 of 10', { severity: 9 }, [], 'high', 'malicious'],
    ['severity 3 of 10', { severity: 3 }, [], 'low', 'informational'],
    ['severity 0', { severity: 0 }, [], 'info', 'informational'],
    ['severity below 0', { severity: -1 }, [], 'medium', 'suspicious'],
    ['score 95', { score: 95 }, [], 'critical', 'malicious'],
    ['score 80', { score: '80' }, [], 'high', 'malicious'],
    ['score 75', { score: 75 }, [], 'medium', 'suspicious'],
    ['score 40', { score: 40 }, [], 'low', 'informational'],
    ['score 10', { score: 10 }, [], 'info', 'informational'],
    ['score 1000', { score: 1_000 }, [], 'medium', 'suspicious'],
    ['score NaN', { score: 'n/a' }, [], 'medium', 'suspicious'],
    ['an empty score', { score: '' }, [], 'medium', 'suspicious'],
    ['a true score', { score: true }, [], 'medium', 'suspicious'],
    ['threat level 8', { threat_level: 8 }, [], 'high', 'malicious'],
    ['severity before score', { severity: 'low', score: 100 }, [], 'low', 'informational'],
    ['a capability by tag', {}, ['pe', 'Capability'], 'info', 'informational'],
    ['a capability by category', { category: 'CAPABILITY' }, [], 'info', 'informational'],
    ['a compiler by type', { type: 'compiler', score: 100 }, [], 'info', 'informational'],
    ['malware by category', { category: 'MALWARE' }, [], 'medium', 'suspicious'],
  ];
  for (const [what, metadata, tags, severity, weight] of table) {
    it(`a rule that says ${what} is ${severity} and ${weight}`, () => {
      assert.deepEqual(ruleWeight({ metadata, tags }, 'full'), { severity, weight });
    });
  }

  it("its set's level is a ceiling and no floor", () => {
    const weights = (metadata: Metadata): Weight[] =>
      ruleSetLevels.map((level) => ruleWeight({ metadata, tags: [] }, level).weight);
    assert.deepEqual(weights({ severity: 'critical' }), ['malicious', 'suspicious', 'informational']);
    assert.deepEqual(weights({}), ['suspicious', 'suspicious', 'informational']);
    assert.deepEqual(weights({ severity: 'low' }), ['informational', 'informational', 'informational']);
  });
});

describe('a match as a finding', () => {
  it('takes title, description, reference, tags and places over', () => {
    const finding = findingOf(
      match(
        {
          title: 'A thing',
          description: 'What it does.',
          reference: 'https://example.org/a',
          severity: 'high',
        },
        { tags: ['t'], matches: [{ offset: 3, length: 4, pattern: '$a' }], matchCount: 9 },
      ),
      'full',
    );
    assert.deepEqual(finding, {
      engine: 'yara',
      rule: 'a_rule',
      title: 'A thing',
      description: 'What it does.',
      severity: 'high',
      weight: 'malicious',
      reference: 'https://example.org/a',
      tags: ['t'],
      matches: [{ offset: 3, length: 4, pattern: '$a' }],
      matchCount: 9,
    });
  });

  it('finds a title where the rule has none', () => {
    assert.equal(findingOf(match({ description: 'First. Second.' }), 'full').title, 'First');
    assert.equal(findingOf(match({ description: 'One line\nAnother' }), 'full').title, 'One line');
    assert.equal(findingOf(match({}), 'full').title, 'a rule');
    assert.equal(findingOf(match({ title: '  ' }, { rule: '___' }), 'full').title, '___');
  });

  it('takes nothing for a reference that a browser should not open', () => {
    const references = ['javascript:alert(1)', 'file:///etc/passwd', 'Internal Research', '', 'command:x', 7];
    for (const reference of references) {
      assert.equal(findingOf(match({ reference }), 'full').reference, undefined);
    }
    assert.equal(
      findingOf(match({ reference: 'Internal', url: 'http://a.example/' }), 'full').reference,
      'http://a.example/',
    );
  });

  it('bounds what a rule says about itself, in the form of a finding', () => {
    const finding = findingOf(match({ title: 'x'.repeat(9_999), description: 'y'.repeat(9_999) }), 'full');
    assert.equal(finding.title.length, 200);
    assert.equal(finding.description?.length, 1_000);
    assert.ok(v.is(findingSchema, finding));
  });
});

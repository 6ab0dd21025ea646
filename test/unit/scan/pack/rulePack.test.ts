import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileRules, type CompiledRules } from '../../../../src/services/scan/rules/compileRules';
import type { RuleMatch, RuleScanItem } from '../../../../src/services/scan/rules/ruleScanner';
import { loadYara } from '../../../../src/services/scan/rules/yaraModule';
import { loadRulePack } from '../../../../src/services/scan/ruleSets';
import { ruleWeight } from '../../../../src/services/scan/ruleWeight';
import { codeSamples } from './codeSamples';
import { fileSamples } from './fileSamples';
import { shellSamples } from './shellSamples';

const samples = [...shellSamples, ...codeSamples, ...fileSamples];

describe('the built-in rules', function () {
  this.timeout(60_000);
  const pack = loadRulePack('src/services/scan/rules/pack');
  let compiled: CompiledRules;

  before(() => {
    const yara = loadYara(readFileSync('node_modules/@virustotal/yara-x/pkg/yara_x_js_bg.wasm'));
    compiled = compileRules(yara, pack.sources);
  });

  after(() => {
    compiled.scanner.dispose();
  });

  const matchesOf = (content: string | Uint8Array): readonly RuleMatch[] =>
    compiled.scanner.scan(item(content));

  it('compile without a fault and without a warning', () => {
    assert.deepEqual(pack.faults, []);
    assert.deepEqual(compiled.faults, []);
    assert.deepEqual(compiled.warnings, []);
  });

  it('have each a sample to match and one to leave alone', () => {
    const rules = compiled.scanner.ruleNames.map((name) => name.slice(name.lastIndexOf('/') + 1));
    assert.deepEqual(samples.map(({ rule }) => rule).sort(), [...rules].sort());
  });

  for (const { rule, match, nearMiss } of samples) {
    it(`${rule} matches what it is made for, and not what looks like it`, () => {
      assert.ok(
        matchesOf(match).some((found) => found.rule === rule),
        'its sample is not found',
      );
      assert.ok(!matchesOf(nearMiss).some((found) => found.rule === rule), 'its near miss is found');
    });
  }

  it('find the same in all samples together as one by one', () => {
    const items = samples.flatMap(({ match, nearMiss }) => [item(match), item(nearMiss)]);
    const names = (matches: readonly RuleMatch[]): readonly string[] => matches.map(({ rule }) => rule);
    assert.deepEqual(
      compiled.scanner.scanMany(items).map(names),
      items.map((one) => names(compiled.scanner.scan(one))),
    );
  });

  it('say what they found, how grave it is, what that means and where to read about it', () => {
    for (const { rule, match } of samples) {
      const found = matchesOf(match).find((one) => one.rule === rule);
      assert.ok(found);
      const { metadata } = found;
      for (const key of ['title', 'description', 'severity', 'weight']) {
        assert.ok(String(metadata[key] ?? '').length >= 3, `${rule} has no ${key}`);
      }
      assert.match(String(metadata['reference']), /^https:\/\//, `${rule} has no reference`);
      const { severity, weight } = ruleWeight(found, 'full');
      assert.equal(severity, metadata['severity'], `${rule}: severity`);
      assert.equal(weight, metadata['weight'], `${rule}: weight`);
    }
  });
});

function item(content: string | Uint8Array): RuleScanItem {
  return {
    bytes: typeof content === 'string' ? Buffer.from(content) : content,
    externals: {
      filename: 'sample',
      filepath: '/home/user/sample',
      extension: '',
      filetype: '',
      owner: '',
    },
  };
}

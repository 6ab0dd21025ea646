import assert from 'node:assert/strict';
import { compileRules } from '../../../../src/services/scan/rules/compileRules';
import { withoutRules } from '../../../../src/services/scan/thread/leaveOut';
import { item, sources, testYara } from '../rules/yara';

const texts = {
  'own/a': `import "math"
    // rule commented { condition: true }
    rule one : tag { meta: note = "rule one {" strings: $a = { AA [2] BB } $b = /x{3}/ condition: any of them }
    rule two { strings: $b = "xxx" condition: $b and not one }
    private rule three { condition: filesize > 1 }
    rule four { condition: three }`,
  'own/a/b': 'rule one { strings: $b = "xxx" condition: $b }',
  'own/global': 'global rule never { condition: filesize > 100MB } rule after { condition: true }',
};

describe('rules that are left out', function () {
  this.timeout(30_000);
  const found = (...leftOut: string[]): string[] => {
    const { scanner, faults } = compileRules(testYara(), withoutRules(sources(texts), new Set(leftOut)));
    assert.deepEqual(faults, []);
    const matches = scanner.scan(item('xxx'));
    scanner.dispose();
    return matches.map(({ namespace, rule }) => `${namespace}/${rule}`).sort();
  };

  it('match no more, and the others do as before', () => {
    assert.deepEqual(found(), ['own/a/b/one', 'own/a/four', 'own/a/one']);
    assert.deepEqual(found('own/a/b/one'), ['own/a/four', 'own/a/one']);
    assert.deepEqual(found('own/nothing/one', 'own/a/commented'), found());
  });

  it('break no rule that refers to them', () => {
    assert.deepEqual(found('own/a/one'), ['own/a/b/one', 'own/a/four', 'own/a/two']);
    assert.deepEqual(found('own/a/three'), ['own/a/b/one', 'own/a/one']);
  });

  it('do not silence the others of their file where they hold for all of them', () => {
    assert.deepEqual(found('own/global/never'), [
      'own/a/b/one',
      'own/a/four',
      'own/a/one',
      'own/global/after',
      'own/global/never',
    ]);
  });

  it('are a whole source where its rules are not known by name', () => {
    assert.deepEqual(found('own/a/*'), ['own/a/b/one']);
  });

  it('leave sources alone that have none of them', () => {
    const given = sources(texts);
    assert.equal(withoutRules(given, new Set(['own/a/b/one']))[0], given[0]);
  });
});

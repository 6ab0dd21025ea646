import assert from 'node:assert/strict';
import { findStuckRule, mostQuestions } from '../../../../src/services/scan/coordinator/stuckRule';
import { Random, testSeed } from '../../support/random';

describe('the search for a rule that does not come to an end', () => {
  const rules = Array.from({ length: 1_000 }, (_, index) => `ns/r${index}`);

  it('finds it with few questions, wherever it is', async () => {
    const random = new Random(testSeed());
    for (let round = 0; round < 50; round++) {
      const guilty = random.pick(rules);
      let questions = 0;
      const found = await findStuckRule(rules, (asked) => {
        questions += 1;
        return Promise.resolve(asked.includes(guilty));
      });
      assert.equal(found, guilty);
      assert.ok(questions <= 11);
    }
  });

  it('finds one of several', async () => {
    const guilty = ['ns/r3', 'ns/r700', 'ns/r701'];
    const found = await findStuckRule(rules, (asked) =>
      Promise.resolve(guilty.some((rule) => asked.includes(rule))),
    );
    assert.ok(guilty.includes(found ?? ''));
  });

  it('blames none for what only several do together, or what happens by chance', async () => {
    const together = await findStuckRule(rules, (asked) =>
      Promise.resolve(asked.includes('ns/r1') && asked.includes('ns/r999')),
    );
    assert.equal(together, undefined);
    let questions = 0;
    const once = await findStuckRule(rules, () => Promise.resolve(++questions === 1));
    assert.equal(once, undefined);
    assert.equal(await findStuckRule([], () => Promise.resolve(true)), undefined);
  });

  it('blames none where it is the file that keeps whoever reads it, whatever is asked', async () => {
    assert.equal(await findStuckRule(rules, () => Promise.resolve(true)), undefined);
    let questions = 0;
    const first = await findStuckRule(rules, (asked) => {
      questions += 1;
      return Promise.resolve(asked.includes('ns/r0'));
    });
    assert.equal(first, 'ns/r0');
    assert.equal(questions, mostQuestions(rules.length));
  });

  it('gives up where it cannot ask', async () => {
    assert.equal(await findStuckRule(rules, () => Promise.resolve(undefined)), undefined);
  });
});

import assert from 'node:assert/strict';
import { GravestFindings } from '../../../../src/services/scan/thread/gravestFindings';
import type { Finding } from '../../../../src/shared/scan/record';
import { Random, testSeed } from '../../support/random';

type Weight = Finding['weight'];

function finding(rule: string, weight: Weight, engine = 'yara'): Finding {
  return { engine, rule, title: rule, severity: 'medium', weight };
}

describe('the gravest findings about a file', () => {
  it('are all where there are few, in their order', () => {
    const gravest = new GravestFindings(3);
    gravest.add([finding('a', 'informational'), finding('b', 'malicious')]);
    gravest.add([finding('c', 'suspicious')]);
    assert.deepEqual([gravest.findings.map(({ rule }) => rule), gravest.omitted], [['a', 'b', 'c'], 0]);
  });

  it('are the gravest where there are many, and the rest is counted', () => {
    const gravest = new GravestFindings(3);
    for (let index = 0; index < 1_000; index += 1) {
      gravest.add([finding(`i${index}`, 'informational')]);
      if (index === 500) gravest.add([finding('bad', 'malicious')]);
      if (index === 900) gravest.add([finding('odd', 'suspicious')]);
    }
    assert.deepEqual(
      gravest.findings.map(({ rule }) => rule),
      ['i0', 'bad', 'odd'],
    );
    assert.equal(gravest.omitted, 999);
  });

  it('hold the gravest of each engine, so that none is taken for one that found nothing', () => {
    const gravest = new GravestFindings(5);
    gravest.add(Array.from({ length: 50 }, (_, index) => finding(`m${index}`, 'malicious')));
    gravest.add([finding('note', 'informational', 'archive'), finding('bomb', 'suspicious', 'archive')]);
    assert.deepEqual(
      gravest.findings.map(({ rule }) => rule),
      ['m0', 'm1', 'm2', 'm3', 'bomb'],
    );
  });

  it('never lose the worst weight, however they come', () => {
    const random = new Random(testSeed());
    const weights: readonly Weight[] = ['malicious', 'suspicious', 'informational'];
    for (let round = 0; round < 200; round += 1) {
      const gravest = new GravestFindings(1 + random.below(6));
      const all = Array.from({ length: random.below(60) }, (_, index) =>
        finding(`${index}`, random.pick(weights), random.pick(['yara', 'content'])),
      );
      for (const each of all) gravest.add([each]);
      const { findings, omitted } = gravest;
      assert.equal(findings.length + omitted, all.length);
      const worst = (of: readonly Finding[]): number =>
        Math.min(9, ...of.map(({ weight }) => weights.indexOf(weight)));
      assert.equal(worst(findings), worst(all));
    }
  });
});

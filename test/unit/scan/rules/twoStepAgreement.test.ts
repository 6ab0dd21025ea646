import assert from 'node:assert/strict';
import { compileRules } from '../../../../src/services/scan/rules/compileRules';
import { Prefilter } from '../../../../src/services/scan/rules/prefilter/prefilter';
import { RuleTable } from '../../../../src/services/scan/rules/prefilter/ruleTable';
import type { RuleMatch, RuleScanItem, RuleSource } from '../../../../src/services/scan/rules/ruleScanner';
import { Random, testSeed } from '../../support/random';
import { generateItem, generateSource } from './generatedRules';
import { testYara } from './yara';

/** More of them, when something about this was changed. */
const rounds = Number(process.env['TEST_ROUNDS'] ?? 3);

const counted = { rules: 0, faultySources: 0, matches: 0, ruledOut: 0 };

describe('Scanning in two steps', () => {
  it('finds what scanning one by one finds, with rules and files made by chance', function () {
    this.timeout(120_000 * rounds);
    const seed = testSeed();
    for (let round = 0; round < rounds; round += 1) compare(new Random(seed + round), `round ${round}`);
    console.log(`      ${JSON.stringify(counted)}`);
    // What is compared has to be worth it.
    assert.ok(counted.faultySources < rounds * 6, 'too many sources are faulty');
    assert.ok(counted.matches > rounds * 500, 'too little is found');
    assert.ok(counted.ruledOut > counted.matches, 'too little is ruled out');
  });
});

function compare(random: Random, round: string): void {
  const generated = Array.from({ length: 30 }, (_, index) => ({
    namespace: `n${index}`,
    file: `/n${index}.yar`,
    text: generateSource(random),
  }));
  const items = Array.from({ length: 80 }, (_, index) => generateItem(random, index));
  const { scanner, faults } = compileRules(testYara(), generated);
  const sources = generated.filter(({ file }) => !faults.some((fault) => fault.file === file));
  counted.faultySources += faults.length;
  counted.rules += scanner.ruleNames.length;
  try {
    const alone = items.map((item) => scanner.scan(item));
    assertRuledOutRightly(sources, items, alone, round);
    assert.deepEqual(scanner.scanMany(items), alone, round);
  } finally {
    scanner.dispose();
  }
}

/** Each rule by itself: that a file is scanned because of another rule must not hide that one was ruled out. */
function assertRuledOutRightly(
  sources: readonly RuleSource[],
  items: readonly RuleScanItem[],
  alone: readonly (readonly RuleMatch[])[],
  round: string,
): void {
  const table = new RuleTable(sources);
  assert.deepEqual(table.unknownNamespaces, []);
  const prefilter = Prefilter.compile(testYara(), table, () => undefined);
  const candidates = prefilter.candidates(items);
  prefilter.dispose();
  const reportable = table.rules.filter(({ isPrivate }) => !isPrivate).length;
  for (const [index, item] of items.entries()) {
    counted.ruledOut += reportable - (candidates[index]?.length ?? 0);
    for (const { namespace, rule } of alone[index] ?? []) {
      counted.matches += 1;
      assert.ok(
        candidates[index]?.some((each) => each.namespace === namespace && each.name === rule),
        `${round}: ${namespace}/${rule} was ruled out of item ${index}, ${shown(item)}\n${
          sources.find((source) => source.namespace === namespace)?.text ?? ''
        }`,
      );
    }
  }
}

function shown({ bytes, externals }: RuleScanItem): string {
  return `${externals.filename}: ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`;
}

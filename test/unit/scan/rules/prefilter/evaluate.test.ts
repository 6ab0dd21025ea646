import assert from 'node:assert/strict';
import { evaluate, type EvaluatedRule } from '../../../../../src/services/scan/rules/prefilter/evaluate';
import {
  canBeTrue,
  certainlyFalse,
  trueOrFalse,
} from '../../../../../src/services/scan/rules/prefilter/outcome';
import { parseCondition } from '../../../../../src/services/scan/rules/source/condition';
import { tokenize, UnknownSyntax } from '../../../../../src/services/scan/rules/source/tokens';
import { item } from '../yara';

const patterns = ['$a1', '$a2', '$b'];

function mayMatch(condition: string, occurring: readonly string[], content = 'MZ\x90\0\xffend'): boolean {
  const rule: EvaluatedRule = {
    patterns,
    mayOccur: (index) => occurring.includes(patterns[index] ?? ''),
    mayOccurAtStart: () => false,
    outcomeOf: (name) => ({ never: certainlyFalse, perhaps: trueOrFalse })[name],
  };
  return canBeTrue(evaluate(parseCondition(tokenize(condition)), rule, item(content)));
}

/** Conditions that a file of eight bytes cannot meet when only the named strings occur in it. */
const impossible: readonly (readonly [string, string])[] = [
  ['$a1', ''],
  ['$a1 and $b', '$a1'],
  ['any of them', ''],
  ['all of them', '$a1 $a2'],
  ['2 of ($a*)', '$a1 $b'],
  ['1 of ($b, $a1)', '$a2'],
  ['50% of them', ''],
  ['$a1 at 0', '$a1'],
  ['$a1 at 0x10 or $a2 in (0..filesize)', '$b'],
  ['any of them at 0', ''],
  ['#a1 > 0', ''],
  ['#a1 + #a2 >= 1', '$b'],
  ['@a1[1] < 100', ''],
  ['@a1 == 0 or !a1[2] > 5', ''],
  ['for any i in (1..#a1) : (@a1[i] < 5)', ''],
  ['for any of ($a*) : ($ and # > 2)', '$b'],
  ['for all of them : ($)', '$a1 $b'],
  ['for 2 of them : (@ > 5)', '$a1'],
  ['filesize < 8', ''],
  ['filesize > 1MB and $a1', '$a1'],
  ['filesize * 2 != 16', ''],
  ['uint16(0) == 0x5A4C', ''],
  ['uint32be(0) == 0x7f454c46', ''],
  ['int8(4) != -1', ''],
  ['uint8(100) == 0', ''],
  ['uint8(100) != 0', ''],
  ['uint16(0) & 0xff == 0x4c', ''],
  ['(uint16(0) == 0x5A4C or uint8(0) == 0x7f) and any of them', '$a1 $a2 $b'],
  ['not filesize == 8', ''],
  ['not (filesize > 3 and filesize < 10)', ''],
  ['defined uint8(8)', ''],
  ['never', ''],
  ['never or $a1', ''],
  ['perhaps and never', ''],
  ['any of (never, $a1)', ''],
  ['all of (perhaps, filesize == 3)', ''],
  ['filename == "other.bin"', ''],
  ['filename != "sample.bin"', ''],
  ['extension endswith "exe" or filepath startswith "/usr"', ''],
  ['filename icontains "OTHER"', ''],
  ['not (filename iequals "SAMPLE.bin")', ''],
  ['pe.is_pe and $a1', ''],
  ['for any s in pe.sections : (s.name == ".text" and $a1)', ''],
  ['with x = pe.entry_point : (x > 5 and $b)', ''],
  ['1 + 2 > 3', ''],
  ['10 \\ 3 == 2', ''],
  ['1 << 3 == 9', ''],
  ['false', ''],
];

/** Conditions that the same file may meet, although some say otherwise at first sight. */
const possible: readonly (readonly [string, string])[] = [
  ['$a1', '$a1'],
  ['not $a1', ''],
  ['not $a1', '$a1'],
  ['none of them', ''],
  ['none of them at 5', ''],
  ['0 of them', ''],
  ['#a1 == 0', ''],
  ['#a1 < 5', '$a1'],
  ['#a1 in (0..10) == 0', ''],
  ['not #a1 in (0..10) == 0', ''],
  ['not @a1[1] == 5', ''],
  ['not defined @a1[1]', ''],
  ['not uint8(100) == 0', ''],
  ['not (uint8(100) == 0 and true)', ''],
  ['$a1 at 5', '$a1'],
  ['for all i in (1..#a1) : (@a1[i] < 5)', ''],
  ['for all of them : (# == 0)', ''],
  ['for none of them : ($)', ''],
  ['for any i in (1..3) : (uint8(i) == 5)', ''],
  ['for any s in pe.sections : (s.name == ".text")', ''],
  ['for any never in (1..3) : (never == 2)', ''],
  ['filesize == 8 and uint16(0) == 0x5A4D', ''],
  ['uint8(pe.entry_point) == 1', ''],
  ['not perhaps', ''],
  ['not never', ''],
  ['pe.is_pe', ''],
  ['math.entropy(0, filesize) > 7.5', ''],
  ['filename matches /other/', ''],
  ['filename == "sam\\x70le.bin"', ''],
  ['filename iendswith ".BIN"', ''],
  ['9223372036854775807 + 1 < 0', ''],
  ['filesize - 9 < 0', ''],
  ['-1 \\ 2 == 7', ''],
  ['~5 == -6', ''],
  ['(#a1) of them', ''],
  ['pe.number_of_sections of them', ''],
  ['with x = 5 : (x > 3)', ''],
  ['with never = 5 : (never > 3)', ''],
  ['unheard_of', ''],
];

describe('What a rule may come to in a file', () => {
  for (const [condition, occurring] of impossible)
    it(`rules out: ${condition}${occurring === '' ? '' : `, with ${occurring}`}`, () => {
      assert.equal(mayMatch(condition, occurring.split(' ')), false);
    });

  for (const [condition, occurring] of possible)
    it(`leaves open: ${condition}${occurring === '' ? '' : `, with ${occurring}`}`, () => {
      assert.equal(mayMatch(condition, occurring.split(' ')), true);
    });

  it('refuses conditions that it does not know, and those made to exhaust it', () => {
    for (const condition of [
      ...['$a1 $a2', '(', ')', 'and', '5 of', 'for x : (true)', '$a1 at', '{ 41 }'],
      `${'('.repeat(5000)}true${')'.repeat(5000)}`,
      `${'not '.repeat(5000)}true`,
      `1${'+ 1'.repeat(5000)} == 5`,
    ])
      assert.throws(() => parseCondition(tokenize(condition)), UnknownSyntax, condition.slice(0, 40));
    assert.equal(mayMatch(`${'filesize == 1 or '.repeat(5000)} false`, []), false);
  });
});

import assert from 'node:assert/strict';
import { tokenize, UnknownSyntax } from '../../../../../src/services/scan/rules/source/tokens';

function kinds(source: string): string[] {
  return tokenize(source).map(({ kind, text }) => `${kind} ${text}`);
}

describe('Tokens of rules', () => {
  it('tells what is which', () => {
    assert.deepEqual(kinds('$a* #b @c !d != "x\\"y" /a\\/[b]/is 0x1F 10KB 1.5 1..3 uint16be(0) \\ %'), [
      ...[
        'pattern $a*',
        'count #b',
        'offset @c',
        'length !d',
        'symbol !=',
        'string "x\\"y"',
        'regex /a\\/[b]/is',
      ],
      ...[
        'integer 0x1F',
        'integer 10KB',
        'float 1.5',
        'integer 1',
        'symbol ..',
        'integer 3',
        'name uint16be',
      ],
      ...['symbol (', 'integer 0', 'symbol )', 'symbol \\', 'symbol %'],
    ]);
  });

  it('leaves out comments, wherever they are, and keeps what only looks like one', () => {
    assert.deepEqual(kinds('a // b " c\n/* d " // */ e "// f" /\\/\\*g/'), [
      ...['name a', 'name e', 'string "// f"', 'regex /\\/\\*g/'],
    ]);
  });

  it('takes bytes of a string as one, with comments and gaps', () => {
    const bytes = '{ AA ?B // }\n [2-4] /* } */ (CC | DD) ~EE }';
    assert.deepEqual(kinds(`$a = ${bytes} $b`), ['pattern $a', 'symbol =', `hex ${bytes}`, 'pattern $b']);
    assert.deepEqual(kinds('rule a { }'), ['name rule', 'name a', 'symbol {', 'symbol }']);
  });

  it('refuses what is none', () => {
    for (const source of ['"open', '/* open', '/open', '$a = { AA', '?', 'é'])
      assert.throws(() => tokenize(source), UnknownSyntax, source);
  });
});

import assert from 'node:assert/strict';
import { compileRules } from '../../../../src/services/scan/rules/compileRules';
import { compile, item, sources, testYara } from './yara';

const good = 'rule good { strings: $a = "needle" condition: $a }';

describe('Compiling rules', () => {
  it('leaves out a faulty file with its place and reason, and keeps the others', () => {
    const { scanner, faults } = compile({
      first: good,
      bad: 'rule fine { condition: true }\nrule broken {\n  condition: nobody\n}',
      worse: 'rule {',
      last: 'rule other { strings: $b = "other" condition: $b }',
    });
    assert.deepEqual(faults, [
      {
        file: '/rules/bad.yar',
        line: 3,
        column: 14,
        message: 'unknown identifier `nobody`: this identifier has not been declared',
      },
      {
        file: '/rules/worse.yar',
        line: 1,
        column: 6,
        message: 'syntax error: expecting identifier, found `{`',
      },
    ]);
    assert.deepEqual(scanner.ruleNames, ['first/good', 'last/other']);
    assert.deepEqual(
      scanner.scan(item('a needle, and the other')).map(({ rule }) => rule),
      ['good', 'other'],
    );
    scanner.dispose();
  });

  it('names includes and modules that do not exist as faults', () => {
    const { scanner, faults } = compile({
      include: `include "other.yar"\n${good}`,
      module: `import "androguard"\nrule droid { condition: androguard.activity("x") }`,
    });
    assert.deepEqual(
      faults.map(({ file, line, message }) => ({ file, line, message })),
      [
        {
          file: '/rules/include.yar',
          line: 1,
          message: 'error including file: failed with error: operation not supported on this platform',
        },
        {
          file: '/rules/module.yar',
          line: 1,
          message: 'unknown module `androguard`: module `androguard` not found',
        },
      ],
    );
    assert.deepEqual(scanner.scan(item('needle')), []);
    scanner.dispose();
  });

  it('lets files use the same names', () => {
    const { scanner, faults } = compile({ one: good, two: good });
    assert.deepEqual(faults, []);
    assert.deepEqual(
      scanner.scan(item('needle')).map(({ namespace, rule }) => `${namespace}/${rule}`),
      ['one/good', 'two/good'],
    );
    scanner.dispose();
  });

  it('tells which file a warning is about', () => {
    const { scanner, warnings } = compile({
      one: good,
      two: '// nothing here\n\nrule always { condition: true }',
      three: 'rule slow {\n  strings:\n    $a = "x"\n  condition: $a\n}',
    });
    assert.deepEqual(
      warnings.map(({ file, line }) => `${file}:${line}`),
      ['/rules/two.yar:3', '/rules/three.yar:3'],
    );
    scanner.dispose();
  });

  it('says before each step what is done and how much there is to do, and stops when that throws', () => {
    const steps: string[] = [];
    const { scanner } = compileRules(testYara(), sources({ one: good, bad: 'rule {', two: good }), {
      beforeStep: ({ file, done, total }) => steps.push(`${done}/${total} ${file}`),
    });
    scanner.dispose();
    assert.deepEqual(steps, [
      '0/6 /rules/one.yar',
      '1/6 /rules/bad.yar',
      '2/6 /rules/two.yar',
      '3/8 /rules/one.yar',
      '4/8 /rules/two.yar',
      '5/8 /rules/one.yar',
      '6/8 /rules/two.yar',
    ]);
    assert.throws(
      () =>
        compileRules(testYara(), sources({ one: good }), {
          beforeStep: () => {
            throw new Error('stop');
          },
        }),
      /stop/,
    );
  });

  it('takes sources with a byte order mark, and numbers in metadata that JavaScript cannot hold', () => {
    const { scanner, faults } = compile({
      mark: `\uFEFF${good}`,
      meta: 'rule large { meta: id = -9223372036854775807 ok = 12 condition: filesize > 9007199254740993 or true }',
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(scanner.scan(item('needle'))[1]?.metadata, { id: '-9223372036854775807', ok: 12 });
    scanner.dispose();
  });
});

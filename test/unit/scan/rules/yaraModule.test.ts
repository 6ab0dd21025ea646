import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Compiler, initSync, type Scanner } from '@virustotal/yara-x';
import { CompilerCrash, compileRules } from '../../../../src/services/scan/rules/compileRules';
import { readScanResult } from '../../../../src/services/scan/rules/scanResult';
import { compile, item, sources, testYara, yaraWasmPath } from './yara';

interface Table {
  readonly length: number;
  get(index: number): unknown;
}

/** What YARA-X holds of JavaScript, once it is loaded. */
function heldReferences(): Table {
  const exports = initSync({ module: readFileSync(yaraWasmPath()) }) as unknown as {
    readonly __wbindgen_externrefs: Table;
  };
  return exports.__wbindgen_externrefs;
}

function countInstances(table: Table): number {
  const held = Array.from({ length: table.length }, (_, index) => table.get(index));
  return held.filter((each) => Object.prototype.toString.call(each) === '[object WebAssembly.Instance]')
    .length;
}

describe('YARA-X in a thread', () => {
  it('keeps only few of the instances that each scan leaves behind', () => {
    const { scanner } = compile({
      pack: 'rule found { strings: $a = "one" condition: $a or filename == "x" }',
    });
    const references = heldReferences();
    const counts: number[] = [];
    for (let round = 0; round < 300; round += 1) {
      scanner.scan(item('one', { filename: `file${round}` }));
      // Before it first lets go of them, there is what other tests have left.
      if (round >= 100) counts.push(countInstances(references));
    }
    assert.ok(
      Math.max(...counts) > 1,
      'nothing is left behind any more, so that nothing has to be let go of',
    );
    assert.ok(Math.max(...counts) <= 66, `it holds ${Math.max(...counts)}`);
    assert.equal(scanner.scan(item('one')).length, 1);
    scanner.dispose();
  });

  it('says that it crashed when what it calls fails, and that a scan failed when its answer makes no sense', () => {
    const broken = {
      scan: () => {
        throw new RangeError('unreachable');
      },
      setGlobal: () => {
        throw new RangeError('unreachable');
      },
    } as unknown as Scanner;
    const yara = testYara();
    assert.throws(() => yara.scan(broken, Buffer.of()), { code: 'rules.crashed', message: /unreachable/ });
    assert.throws(
      () => {
        yara.setExternal(broken, 'filename', 'x');
      },
      { code: 'rules.crashed' },
    );
    for (const result of [
      undefined,
      5,
      {},
      { valid: true, errors: [], matches: [{}] },
      { valid: false, errors: ['x'], matches: [] },
    ])
      assert.throws(() => readScanResult(result), { code: 'rules.scanFailed' });
  });

  it('names the source over which the compiler itself failed', () => {
    const freed: string[] = [];
    const crashing = {
      defineGlobal: () => undefined,
      newNamespace: () => undefined,
      addSource: () => {
        throw new RangeError('memory access out of bounds');
      },
      free: () => freed.push('compiler'),
    } as unknown as Compiler;
    assert.throws(
      () =>
        compileRules(
          { ...testYara(), createCompiler: () => crashing },
          sources({ one: 'rule a { condition: true }' }),
        ),
      (error) =>
        error instanceof CompilerCrash &&
        error.code === 'rules.compilerCrashed' &&
        error.file === '/rules/one.yar',
    );
    assert.deepEqual(freed, ['compiler']);
  });

  it('keeps sources from the compiler that would exhaust it', () => {
    const { scanner, faults } = compile({
      deep: `rule deep {\n condition: ${'not '.repeat(1000)}true }`,
      good: 'rule good { strings: $a = "one" condition: $a }',
    });
    assert.deepEqual(faults, [{ file: '/rules/deep.yar', line: 2, message: 'nested too deeply' }]);
    assert.deepEqual(
      scanner.scan(item('one')).map(({ rule }) => rule),
      ['good'],
    );
    scanner.dispose();
  });
});

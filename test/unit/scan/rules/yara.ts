import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type CompiledRules,
  type CompileOptions,
  compileRules,
} from '../../../../src/services/scan/rules/compileRules';
import type {
  RuleExternals,
  RuleScanItem,
  RuleSource,
} from '../../../../src/services/scan/rules/ruleScanner';
import { loadYara, type YaraModule } from '../../../../src/services/scan/rules/yaraModule';

/** Where its package has YARA-X for WebAssembly. */
export function yaraWasmPath(): string {
  return path.join(path.dirname(require.resolve('@virustotal/yara-x/package.json')), 'pkg/yara_x_js_bg.wasm');
}

/** YARA-X as it ships. */
export function testYara(): YaraModule {
  return loadYara(readFileSync(yaraWasmPath()));
}

/** Sources of rules, each in a namespace and a file of its name. */
export function sources(texts: Readonly<Record<string, string>>): readonly RuleSource[] {
  return Object.entries(texts).map(([namespace, text]) => ({
    namespace,
    file: `/rules/${namespace}.yar`,
    text,
  }));
}

export function compile(texts: Readonly<Record<string, string>>, options?: CompileOptions): CompiledRules {
  return compileRules(testYara(), sources(texts), options);
}

/** Something to scan, with the externals of a file called `sample.bin`. */
export function item(content: string | Uint8Array, externals: Partial<RuleExternals> = {}): RuleScanItem {
  return {
    bytes: typeof content === 'string' ? Buffer.from(content, 'latin1') : content,
    externals: {
      filename: 'sample.bin',
      filepath: '/folder/sample.bin',
      extension: '.bin',
      filetype: '',
      owner: '',
      ...externals,
    },
  };
}

import type { Compiler, Rules } from '@virustotal/yara-x';
import { defined } from '../../../shared/defined';
import { parseCompileMessage } from './compileMessage';
import { externalNames, type RuleFault, type RuleScanner, type RuleSource } from './ruleScanner';
import { makeMetadataReadable } from './source/metadata';
import type { YaraModule } from './yaraModule';
import { YaraScanner } from './yaraScanner';

export interface CompileOptions {
  /**
   * Called before each source is compiled, so that a large set shows progress; may throw to stop. `passes` counts how
   * often sources had to be gone through: once more for every time that faulty ones had to be taken out.
   */
  readonly beforeSource?: (index: number, pass: number) => void;
}

export interface CompiledRules {
  /** Has the rules of all sources without a fault; with none at all it finds nothing. */
  readonly scanner: RuleScanner;
  readonly faults: readonly RuleFault[];
  /** What the compiler finds doubtful in rules that are in force, such as a string that slows scans down. */
  readonly warnings: readonly RuleFault[];
}

/**
 * Compiles rules: about 1 s for a hundred. A file with a fault is left out as a whole.
 * @throws what `beforeSource` throws
 */
export function compileRules(
  yara: YaraModule,
  sources: readonly RuleSource[],
  options: CompileOptions = {},
): CompiledRules {
  const { rules, accepted, faults, warnings } = compileAccepted(yara, sources, options);
  try {
    return { scanner: new YaraScanner(yara, rules, accepted), faults, warnings };
  } catch (error) {
    rules.free();
    throw error;
  }
}

interface Accepted {
  readonly rules: Rules;
  readonly accepted: readonly RuleSource[];
  readonly faults: readonly RuleFault[];
  readonly warnings: readonly RuleFault[];
}

/**
 * The compiler builds nothing once it has met a fault. So that sets without one, the common case, cost a single pass,
 * it first gets everything; if there were faults, a new one gets what is left. A second pass finds new faults only
 * where one source referred to another of its namespace.
 */
function compileAccepted(
  yara: YaraModule,
  sources: readonly RuleSource[],
  options: CompileOptions,
): Accepted {
  const faults: RuleFault[] = [];
  let remaining = sources;
  for (let pass = 0; ; pass += 1) {
    const compiler = yara.createCompiler();
    try {
      const accepted = addSources(compiler, remaining, faults, (index) =>
        options.beforeSource?.(index, pass),
      );
      if (accepted.length === remaining.length) {
        const rules = compiler.build();
        return { rules, accepted, faults, warnings: attributeWarnings(rules.warnings, accepted) };
      }
      remaining = accepted;
    } finally {
      compiler.free();
    }
  }
}

function addSources(
  compiler: Compiler,
  sources: readonly RuleSource[],
  faults: RuleFault[],
  beforeSource: (index: number) => void,
): readonly RuleSource[] {
  for (const name of externalNames) compiler.defineGlobal(name, '');
  const accepted: RuleSource[] = [];
  for (const [index, source] of sources.entries()) {
    beforeSource(index);
    try {
      compiler.newNamespace(source.namespace);
      compiler.addSource(makeMetadataReadable(withoutByteOrderMark(source.text)));
      accepted.push(source);
    } catch (thrown) {
      const { line, column, message } = parseCompileMessage(thrown);
      faults.push(defined({ file: source.file, line, column, message }));
    }
  }
  return accepted;
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/**
 * The compiler tells the line of a warning and what it says, but not in which source. Warnings come in the order of
 * sources, so that each belongs to the next source that has this very line at this place. To ask after each source
 * instead would cost time that grows with the square of their number.
 */
function attributeWarnings(
  warnings: readonly string[],
  sources: readonly RuleSource[],
): readonly RuleFault[] {
  const lines = sources.map((source) => withoutByteOrderMark(source.text).split(/\r?\n/));
  const attributed: RuleFault[] = [];
  let index = 0;
  for (const warning of warnings) {
    const { line, column, message, excerpt } = parseCompileMessage(warning);
    if (line === undefined || excerpt === undefined) continue;
    // Long lines are shown in part.
    const shown = excerpt
      .replace(/^\.\.\./, '')
      .replace(/\.\.\.$/, '')
      .trim();
    const found = lines.findIndex((each, at) => at >= index && each[line - 1]?.includes(shown));
    if (found === -1) continue;
    index = found;
    attributed.push(defined({ file: sources[found]?.file ?? '', line, column, message }));
  }
  return attributed;
}

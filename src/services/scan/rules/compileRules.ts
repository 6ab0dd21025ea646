import type { Compiler, Rules } from '@virustotal/yara-x';
import { defined } from '../../../shared/defined';
import { errorMessage, SentinelError } from '../../../shared/errors';
import { isCompileMessage, parseCompileMessage } from './compileMessage';
import { externalNames, type RuleFault, type RuleScanner, type RuleSource } from './ruleScanner';
import { Prefilter } from './prefilter/prefilter';
import { RuleTable } from './prefilter/ruleTable';
import { makeMetadataReadable } from './source/metadata';
import { lineNestedTooDeeply } from './source/nesting';
import { free, type YaraModule } from './yaraModule';
import { YaraScanner } from './yaraScanner';

export interface CompileOptions {
  /** Called before each step, so that a large set shows progress; may throw to stop. */
  readonly beforeStep?: (progress: CompileProgress) => void;
  /**
   * Whether `scanMany` first looks at small files together, which takes twice as long to compile, and a fraction of
   * the time to scan. Without, it scans one after another.
   */
  readonly twoStep?: boolean;
}

/** The compiler itself failed over a source, after which only a new thread will do; best without this file. */
export class CompilerCrash extends SentinelError {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super('rules.compilerCrashed', `YARA-X failed to compile ${file}: ${errorMessage(cause)}`, { cause });
  }
}

export interface CompileProgress {
  /** Of the file of rules that is about to be compiled. */
  readonly file: string;
  readonly done: number;
  /** May grow: where faulty files have to be taken out, the others are compiled anew. */
  readonly total: number;
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
 * @throws what `beforeStep` throws, and CompilerCrash
 */
export function compileRules(
  yara: YaraModule,
  sources: readonly RuleSource[],
  { beforeStep = () => undefined, twoStep = true }: CompileOptions = {},
): CompiledRules {
  const progress = new Progress(sources.length * (twoStep ? 2 : 1), beforeStep);
  const { rules, accepted, faults, warnings } = compileAccepted(yara, sources, progress);
  try {
    const table = new RuleTable(accepted);
    const prefilter =
      twoStep && table.unknownNamespaces.length === 0
        ? compilePrefilter(yara, table, accepted, progress)
        : undefined;
    return { scanner: new YaraScanner(yara, rules, table, prefilter), faults, warnings };
  } catch (error) {
    free(rules);
    throw error;
  }
}

class Progress {
  private done = 0;

  constructor(
    private total: number,
    private readonly beforeStep: (progress: CompileProgress) => void,
  ) {}

  step(file: string): void {
    this.beforeStep({ file, done: this.done, total: this.total });
    this.done += 1;
  }

  expectMore(steps: number): void {
    this.total += steps;
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
function compileAccepted(yara: YaraModule, sources: readonly RuleSource[], progress: Progress): Accepted {
  const faults: RuleFault[] = [];
  let remaining = sources;
  for (;;) {
    const compiler = yara.createCompiler();
    try {
      const accepted = addSources(compiler, remaining, faults, progress);
      if (accepted.length === remaining.length) {
        const rules = compiler.build();
        return { rules, accepted, faults, warnings: attributeWarnings(rules.warnings, accepted) };
      }
      remaining = accepted;
      progress.expectMore(remaining.length);
    } finally {
      free(compiler);
    }
  }
}

function addSources(
  compiler: Compiler,
  sources: readonly RuleSource[],
  faults: RuleFault[],
  progress: Progress,
): readonly RuleSource[] {
  for (const name of externalNames) compiler.defineGlobal(name, '');
  return sources.filter((source) => {
    progress.step(source.file);
    const line = lineNestedTooDeeply(source.text);
    if (line !== undefined) {
      faults.push({ file: source.file, line, message: 'nested too deeply' });
      return false;
    }
    try {
      compiler.newNamespace(source.namespace);
      compiler.addSource(makeMetadataReadable(withoutByteOrderMark(source.text)));
      return true;
    } catch (thrown) {
      if (!isCompileMessage(thrown)) throw new CompilerCrash(source.file, thrown);
      const { line, column, message } = parseCompileMessage(thrown);
      faults.push(defined({ file: source.file, line, column, message }));
      return false;
    }
  });
}

/** A step for each source, although what is compiled are rules. */
function compilePrefilter(
  yara: YaraModule,
  table: RuleTable,
  sources: readonly RuleSource[],
  progress: Progress,
): Prefilter {
  const files = new Map(sources.map(({ namespace, file }) => [namespace, file]));
  return Prefilter.compile(yara, table, ({ namespace }) => {
    const file = files.get(namespace);
    if (file === undefined) return;
    files.delete(namespace);
    progress.step(file);
  });
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

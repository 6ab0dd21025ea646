import type { Compiler, Rules, Scanner } from '@virustotal/yara-x';
import { errorMessage, SentinelError } from '../../../../shared/errors';
import { isCompileMessage } from '../compileMessage';
import type { RuleScanItem } from '../ruleScanner';
import { free, type YaraModule } from '../yaraModule';
import { type DerivedPattern, derivePattern } from './derivePattern';
import { JoinedItems } from './joinedItems';
import type { Occurrences, RuleTable, TableRule } from './ruleTable';

/** A string that occurs more often than this in joined files is taken to occur in each of them. */
const maxMatchesPerPattern = 2000;

/** For each rule that has them, what is searched for instead of its strings; of a string without, nothing is known. */
type DerivedRules = ReadonlyMap<number, readonly (DerivedPattern | undefined)[]>;

/**
 * Finds out which files some rule may match, by looking at many of them in one scan. Each rule is replaced by one that
 * asks only whether any of its strings occurs; where they do, and what else the condition says of a file, decides
 * whether the rule itself has to be asked.
 */
export class Prefilter {
  private readonly scanner: Scanner;
  /** Rules with a string of which nothing is known. */
  private readonly alwaysHit: readonly number[];

  private constructor(
    private readonly yara: YaraModule,
    private readonly table: RuleTable,
    private readonly rules: Rules,
    private readonly derived: DerivedRules,
  ) {
    this.scanner = rules.scanner();
    this.scanner.setMaxMatchesPerPattern(maxMatchesPerPattern);
    this.alwaysHit = [...derived].flatMap(([index, patterns]) =>
      patterns.includes(undefined) ? [index] : [],
    );
  }

  /** @param beforeRule called before each rule is compiled; may throw to stop */
  static compile(yara: YaraModule, table: RuleTable, beforeRule: (rule: TableRule) => void): Prefilter {
    const { rules, derived } = compileDerived(yara, table, beforeRule);
    return new Prefilter(yara, table, rules, derived);
  }

  /** @returns for each item the rules that may match it; all others certainly do not */
  candidates(items: readonly RuleScanItem[]): readonly (readonly TableRule[])[] {
    const joined = new JoinedItems(items.map(({ bytes }) => bytes));
    const found = new Findings(this.derived);
    for (const match of this.yara.scan(this.scanner, joined.buffer))
      for (const { identifier, matches } of match.patterns)
        found.add(Number(match.identifier.slice(1)), Number(/\d+/.exec(identifier)?.[0]), matches, joined);
    return items.map((item, index) =>
      this.table.candidates(item, [...this.alwaysHit, ...found.rulesIn(index)], found.occurrencesIn(index)),
    );
  }

  dispose(): void {
    free(this.scanner, this.rules);
  }
}

/** Which strings may occur in which of the joined items. */
class Findings {
  private readonly everywhere = new Set<string>();
  private readonly hitEverywhere = new Set<number>();
  private readonly occurring = new Map<number, Set<string>>();
  private readonly atStart = new Map<number, Set<string>>();
  private readonly hit = new Map<number, Set<number>>();

  constructor(private readonly derived: DerivedRules) {}

  add(
    rule: number,
    pattern: number,
    matches: readonly { readonly offset: number; readonly length: number }[],
    joined: JoinedItems,
  ): void {
    const key = keyOf(rule, pattern);
    if (matches.length >= maxMatchesPerPattern) {
      this.everywhere.add(key);
      this.hitEverywhere.add(rule);
      return;
    }
    const onlyAtStart = this.derived.get(rule)?.[pattern]?.onlyAtStart === true;
    for (const { offset, length } of matches)
      for (const item of joined.overlapping(offset, length)) {
        const isAtStart = joined.starts[item] === offset;
        if (onlyAtStart && !isAtStart) continue;
        addTo(this.occurring, item, key);
        addTo(this.hit, item, rule);
        if (isAtStart) addTo(this.atStart, item, key);
      }
  }

  rulesIn(item: number): Iterable<number> {
    return [...this.hitEverywhere, ...(this.hit.get(item) ?? [])];
  }

  occurrencesIn(item: number): Occurrences {
    const occurring = this.occurring.get(item);
    const atStart = this.atStart.get(item);
    const mayOccur = (rule: number, pattern: number): boolean => {
      const key = keyOf(rule, pattern);
      return this.isUnknown(rule, pattern) || this.everywhere.has(key) || occurring?.has(key) === true;
    };
    return {
      mayOccur,
      mayOccurAtStart: (rule, pattern) => {
        const key = keyOf(rule, pattern);
        return this.derived.get(rule)?.[pattern]?.startsAlike === true
          ? this.everywhere.has(key) || atStart?.has(key) === true
          : mayOccur(rule, pattern);
      },
    };
  }

  private isUnknown(rule: number, pattern: number): boolean {
    return this.derived.get(rule)?.[pattern] === undefined;
  }
}

function keyOf(rule: number, pattern: number): string {
  return `${rule}/${pattern}`;
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

/** Each source costs the compiler a millisecond or two, however little is in it. */
const rulesOfSource = 50;

type Derived = Map<number, readonly (DerivedPattern | undefined)[]>;

/**
 * Compiles the derived rules. A string whose derived form the compiler does not take is left out, as one of which
 * nothing is known; then all are compiled anew, because a compiler that met a fault builds nothing.
 */
function compileDerived(
  yara: YaraModule,
  table: RuleTable,
  beforeRule: (rule: TableRule) => void,
): { readonly rules: Rules; readonly derived: DerivedRules } {
  const derived: Derived = new Map();
  for (const { index, patterns } of table.rules)
    if (patterns.length > 0) derived.set(index, patterns.map(derivePattern));
  for (;;) {
    const compiler = yara.createCompiler();
    try {
      const refused = batches([...derived.keys()]).filter((batch) => {
        for (const index of batch) {
          const rule = table.rules[index];
          if (rule !== undefined) beforeRule(rule);
        }
        return !isTaken(compiler, batch.map((index) => sourceOf(index, derived.get(index) ?? [])).join('\n'));
      });
      if (refused.length === 0) return { rules: compiler.build(), derived };
      for (const batch of refused) leaveOutRefused(yara, derived, batch);
    } finally {
      free(compiler);
    }
  }
}

function batches(indices: readonly number[]): readonly (readonly number[])[] {
  const count = Math.ceil(indices.length / rulesOfSource);
  return Array.from({ length: count }, (_, batch) =>
    indices.slice(batch * rulesOfSource, (batch + 1) * rulesOfSource),
  );
}

function leaveOutRefused(yara: YaraModule, derived: Derived, batch: readonly number[]): void {
  const refused = batch.filter((index) => !isTakenAlone(yara, derived.get(index) ?? []));
  for (const index of refused) {
    const patterns = derived.get(index) ?? [];
    derived.set(
      index,
      patterns.map((each) => (each !== undefined && isTakenAlone(yara, [each]) ? each : undefined)),
    );
  }
  // Should they be refused only together, nothing is known of any of them.
  if (refused.length === 0)
    for (const index of batch)
      derived.set(
        index,
        (derived.get(index) ?? []).map(() => undefined),
      );
}

function isTakenAlone(yara: YaraModule, patterns: readonly (DerivedPattern | undefined)[]): boolean {
  const compiler = yara.createCompiler();
  try {
    return isTaken(compiler, sourceOf(0, patterns));
  } finally {
    free(compiler);
  }
}

function isTaken(compiler: Compiler, source: string): boolean {
  if (source.trim() === '') return true;
  try {
    compiler.addSource(source);
    return true;
  } catch (thrown) {
    if (!isCompileMessage(thrown))
      throw new SentinelError('rules.crashed', `YARA-X failed: ${errorMessage(thrown)}`, { cause: thrown });
    // Whatever is wrong with it, the rule itself will be asked.
    return false;
  }
}

function sourceOf(rule: number, patterns: readonly (DerivedPattern | undefined)[]): string {
  const strings = patterns.flatMap((pattern, index) =>
    (pattern?.definitions ?? []).map((definition, form) => `$p${index}_${form} = ${definition}`),
  );
  return strings.length === 0
    ? ''
    : `rule r${rule} { strings: ${strings.join('\n')} condition: any of them }`;
}

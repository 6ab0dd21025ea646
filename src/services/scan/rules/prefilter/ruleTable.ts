import { externalNames, type RuleSource } from '../ruleScanner';
import { parseCondition } from '../source/condition';
import type { Expression } from '../source/expression';
import { parseRules, type PatternSyntax, type RuleSyntax } from '../source/ruleSyntax';
import { UnknownSyntax } from '../source/tokens';
import { type EvaluatedRule, evaluate, type KnownFile } from './evaluate';
import { and, anything, canBeTrue, orFalse, type Outcome } from './outcome';

/** A rule in force, and how it hangs together with others. */
export interface TableRule {
  readonly index: number;
  readonly namespace: string;
  readonly name: string;
  readonly isGlobal: boolean;
  readonly isPrivate: boolean;
  readonly patterns: readonly PatternSyntax[];
  readonly condition: Expression;
  /** Rules that its condition names, by name. */
  readonly references: ReadonlyMap<string, number>;
  /** Whether its answer depends on what is told about the file, by itself or through other rules. */
  readonly needsExternals: boolean;
}

/** Tells which strings of which rules may occur in a file. */
export interface Occurrences {
  mayOccur(rule: number, pattern: number): boolean;
  mayOccurAtStart(rule: number, pattern: number): boolean;
}

const nowhere: Occurrences = { mayOccur: () => false, mayOccurAtStart: () => false };

/**
 * All rules in force, and what can be said about them without asking them: which of them a file without any of their
 * strings cannot match, and which of them a given file may match.
 */
export class RuleTable {
  readonly rules: readonly TableRule[];
  /** Of sources that the compiler understood and this did not: only the rules themselves can say what they match. */
  readonly unknownNamespaces: readonly string[];
  /** Whether a rule asks how often or where a string occurs, so that all of its matches matter. */
  readonly asksForPlaces: boolean;
  /** Names of external variables that any rule mentions. */
  readonly usedExternals: ReadonlySet<string>;
  /** Rules that may match a file in which no string of theirs occurs. */
  readonly withoutStrings: readonly number[];
  private readonly globals: ReadonlyMap<string, readonly number[]>;
  /** For each rule, itself and those that depend on it, by however many steps. */
  private readonly dependents: readonly (readonly number[])[];
  private readonly byFullName: ReadonlyMap<string, number>;

  constructor(sources: readonly RuleSource[]) {
    const { rules, usedExternals, unknownNamespaces, asksForPlaces } = readSources(sources);
    this.rules = rules;
    this.asksForPlaces = asksForPlaces;
    this.usedExternals = usedExternals;
    this.unknownNamespaces = unknownNamespaces;
    this.byFullName = new Map(rules.map(({ namespace, name, index }) => [`${namespace}/${name}`, index]));
    this.globals = Map.groupBy(
      rules.filter(({ isGlobal }) => isGlobal).map(({ index }) => index),
      (index) => rules[index]?.namespace ?? '',
    );
    this.dependents = findDependents(rules, this.globals);
    const anyFile = this.startEvaluation({}, nowhere);
    this.withoutStrings = rules.filter(({ index }) => canBeTrue(anyFile(index))).map(({ index }) => index);
  }

  find(namespace: string, name: string): TableRule | undefined {
    const index = this.byFullName.get(`${namespace}/${name}`);
    return index === undefined ? undefined : this.rules[index];
  }

  /**
   * @param hit rules of which a string may occur in the file
   * @returns the rules that may match and would be reported; all others certainly do not match
   */
  candidates(file: KnownFile, hit: Iterable<number>, occurrences: Occurrences): readonly TableRule[] {
    const concerned = new Set(this.withoutStrings);
    for (const index of hit) for (const dependent of this.dependents[index] ?? []) concerned.add(dependent);
    const outcomeOf = this.startEvaluation(file, occurrences);
    return [...concerned].flatMap((index) => {
      const rule = this.rules[index];
      return rule !== undefined && !rule.isPrivate && canBeTrue(outcomeOf(index)) ? [rule] : [];
    });
  }

  /** @returns a function that evaluates rules for one file, each at most once */
  private startEvaluation(file: KnownFile, occurrences: Occurrences): (index: number) => Outcome {
    const known = new Map<number, Outcome>();
    const ofCondition = (index: number): Outcome => {
      const earlier = known.get(index);
      if (earlier !== undefined) return earlier;
      const rule = this.rules[index];
      if (rule === undefined) return anything;
      const evaluated: EvaluatedRule = {
        patterns: rule.patterns.map(({ name }) => name),
        mayOccur: (pattern) => occurrences.mayOccur(index, pattern),
        mayOccurAtStart: (pattern) => occurrences.mayOccurAtStart(index, pattern),
        outcomeOf: (name) => {
          const referred = rule.references.get(name);
          if (referred === undefined) return undefined;
          // A global rule may keep it from being true; when that is asked, is the compiler's own affair.
          const isGated = this.gatesOf(rule).length > 0 && this.rules[referred]?.isGlobal !== true;
          return isGated ? orFalse(ofCondition(referred)) : ofCondition(referred);
        },
      };
      const outcome = evaluate(rule.condition, evaluated, file);
      known.set(index, outcome);
      return outcome;
    };
    // No rule of a namespace matches where one of its global rules does not.
    return (index) => {
      const rule = this.rules[index];
      const gates = rule === undefined || rule.isGlobal ? [] : this.gatesOf(rule);
      return and([ofCondition(index), ...gates.map(ofCondition)]);
    };
  }

  private gatesOf({ namespace }: TableRule): readonly number[] {
    return this.globals.get(namespace) ?? [];
  }
}

interface ReadRules {
  readonly rules: readonly TableRule[];
  readonly usedExternals: ReadonlySet<string>;
  readonly unknownNamespaces: readonly string[];
  readonly asksForPlaces: boolean;
}

function readSources(sources: readonly RuleSource[]): ReadRules {
  const rules: TableRule[] = [];
  const usedExternals = new Set<string>();
  const unknownNamespaces: string[] = [];
  let asksForPlaces = false;
  const named = new Map<string, Map<string, number>>();
  const gates = new Map<string, boolean>();
  for (const { namespace, text } of sources) {
    const earlier = named.get(namespace) ?? new Map<string, number>();
    named.set(namespace, earlier);
    const parsed = whatIsUnderstood(() => parseRules(text));
    if (parsed === undefined) {
      unknownNamespaces.push(namespace);
      asksForPlaces = true;
      for (const name of externalNames) usedExternals.add(name);
      continue;
    }
    for (const syntax of parsed) {
      const names = namesIn(syntax);
      asksForPlaces ||= syntax.condition.some(
        ({ kind, text: word }) => placeKinds.has(kind) || placeWords.has(word),
      );
      const references = new Map(
        [...names].flatMap((name) => {
          const index = earlier.get(name);
          return index === undefined ? [] : [[name, index] as const];
        }),
      );
      const mentioned = externalNames.filter((name) => names.has(name));
      for (const name of mentioned) usedExternals.add(name);
      const index = rules.length;
      rules.push({
        index,
        namespace,
        name: syntax.name,
        isGlobal: syntax.isGlobal,
        isPrivate: syntax.isPrivate,
        patterns: syntax.patterns,
        condition: whatIsUnderstood(() => parseCondition(syntax.condition)) ?? { type: 'unknown' },
        references,
        needsExternals:
          mentioned.length > 0 ||
          [...references.values()].some((each) => rules[each]?.needsExternals === true),
      });
      earlier.set(syntax.name, index);
      if (syntax.isGlobal && rules[index]?.needsExternals === true) gates.set(namespace, true);
    }
  }
  return {
    rules: rules.map((rule) => (gates.has(rule.namespace) ? { ...rule, needsExternals: true } : rule)),
    usedExternals,
    unknownNamespaces,
    asksForPlaces,
  };
}

const placeKinds: ReadonlySet<string> = new Set(['count', 'offset', 'length']);
const placeWords: ReadonlySet<string> = new Set(['at', 'in']);

function whatIsUnderstood<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownSyntax) return undefined;
    throw error;
  }
}

/** All names in a condition but those of fields: more than what it refers to, and nothing less. */
function namesIn({ condition }: RuleSyntax): ReadonlySet<string> {
  return new Set(
    condition
      .filter(({ kind }, index) => kind === 'name' && condition[index - 1]?.text !== '.')
      .map(({ text }) => text),
  );
}

function findDependents(
  rules: readonly TableRule[],
  globals: ReadonlyMap<string, readonly number[]>,
): readonly (readonly number[])[] {
  // A rule refers to earlier ones only, so that what these depend on is complete when it is read.
  const referred: ReadonlySet<number>[] = [];
  for (const { references } of rules)
    referred.push(new Set([...references.values()].flatMap((each) => [each, ...(referred[each] ?? [])])));
  const dependents = rules.map(() => new Set<number>());
  for (const { index, namespace } of rules) {
    // Global rules hold for those before them, too.
    for (const start of [index, ...(globals.get(namespace) ?? [])])
      for (const each of [start, ...(referred[start] ?? [])]) dependents[each]?.add(index);
  }
  return dependents.map((each) => [...each]);
}

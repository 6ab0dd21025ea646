import type { RuleExternals } from '../ruleScanner';
import type { Expression, Pair, PatternSet, Place, Quantifier, ReadFormat } from '../source/expression';
import {
  and,
  anything,
  between,
  calculate,
  canBeTrue,
  certainlyFalse,
  certainlyTrue,
  compare,
  exactly,
  exactValue,
  neverTrue,
  not,
  or,
  type Outcome,
  textOf,
  trueOrFalse,
  truthOf,
  undefinedNumber,
} from './outcome';

/** What is known of a file before the rules themselves are asked. */
export interface KnownFile {
  /** Absent when no certain file is meant, but any. */
  readonly bytes?: Uint8Array;
  readonly externals?: RuleExternals;
}

/** The rule whose condition is evaluated. */
export interface EvaluatedRule {
  /** Names of its strings in their order, each with its `$`. */
  readonly patterns: readonly string[];
  /** Whether a string of the rule may occur; false means that it certainly does not. */
  mayOccur(pattern: number): boolean;
  mayOccurAtStart(pattern: number): boolean;
  /** @returns what another rule of that name comes to; undefined where there is none */
  outcomeOf(rule: string): Outcome | undefined;
}

/**
 * @returns what the condition may come to. It errs on one side: an outcome that is ruled out cannot be, while one that
 *   is not ruled out may still be impossible.
 */
export function evaluate(expression: Expression, rule: EvaluatedRule, file: KnownFile): Outcome {
  return new Evaluation(rule, file).of(expression);
}

class Evaluation {
  /** Names of loops around, whose values are not known and hide rules and externals of the same name. */
  private variables: readonly string[] = [];
  /** The string that `$` means in the loop around. */
  private current: number | undefined;

  constructor(
    private readonly rule: EvaluatedRule,
    private readonly file: KnownFile,
  ) {}

  of(expression: Expression): Outcome {
    switch (expression.type) {
      case 'unknown':
        return anything;
      case 'boolean':
        return truthOf(expression.value);
      case 'integer':
        return exactly(expression.value);
      case 'text':
        return textOf(expression.value);
      case 'filesize':
        return this.file.bytes === undefined ? between(0, Infinity, false) : exactly(this.file.bytes.length);
      case 'name':
        return this.named(expression.name);
      case 'pattern':
        return this.pattern(expression.name, expression.place);
      case 'count':
        return this.someMayOccur(expression.name)
          ? between(0, Infinity, true)
          : between(0, 0, expression.isPlaced);
      case 'matchFigure':
        return this.someMayOccur(expression.name) ? between(0, Infinity, true) : undefinedNumber;
      case 'read':
        return this.read(expression.format, this.of(expression.offset));
      case 'not':
        return not(this.of(expression.operand));
      case 'defined':
        return this.isDefined(this.of(expression.operand));
      case 'and':
        return and(expression.operands.map((operand) => this.of(operand)));
      case 'or':
        return or(expression.operands.map((operand) => this.of(operand)));
      case 'comparison':
        return compare(expression.operator, ...this.pair(expression.operands));
      case 'textComparison':
        return compareTexts(expression.operator, ...this.pair(expression.operands));
      case 'arithmetic':
        return calculate(expression.operator, ...this.pair(expression.operands));
      case 'ofPatterns':
        return this.ofPatterns(expression.quantifier, expression.set, expression.place);
      case 'ofExpressions':
        return this.quantified(
          expression.quantifier,
          expression.operands.map((operand) => this.of(operand)),
        );
      case 'forPatterns':
        return this.quantified(
          expression.quantifier,
          this.members(expression.set).map((member) => this.ofPattern(member, expression.body)),
        );
      case 'forValues':
        return this.forValues(expression.quantifier, expression.variables, expression.range, expression.body);
      case 'with':
        return this.hiding(expression.variables, expression.body);
    }
  }

  private pair([left, right]: Pair): [Outcome, Outcome] {
    return [this.of(left), this.of(right)];
  }

  private named(name: string): Outcome {
    if (this.variables.includes(name)) return anything;
    const rule = this.rule.outcomeOf(name);
    if (rule !== undefined) return rule;
    const external = this.file.externals?.[name as keyof RuleExternals];
    return external === undefined ? anything : textOf(external);
  }

  private pattern(name: string, place: Place | undefined): Outcome {
    const members = this.named$(name);
    if (members === undefined) return anything;
    if (place === undefined)
      return members.some((member) => this.rule.mayOccur(member)) ? trueOrFalse : certainlyFalse;
    const isAtStart = 'at' in place && exactValue(this.of(place.at)) === 0;
    const mayBe = members.some((member) =>
      isAtStart ? this.rule.mayOccurAtStart(member) : this.rule.mayOccur(member),
    );
    return mayBe ? anything : neverTrue;
  }

  private someMayOccur(name: string): boolean {
    return this.named$(name)?.some((member) => this.rule.mayOccur(member)) ?? true;
  }

  /** @returns the strings that a name in a condition means; undefined for `$` outside of a loop */
  private named$(name: string): readonly number[] | undefined {
    if (name !== '$') return this.members([name]);
    return this.current === undefined ? undefined : [this.current];
  }

  private members(set: PatternSet): readonly number[] {
    const all = this.rule.patterns.map((_, index) => index);
    if (set === 'them') return all;
    return all.filter((index) => set.some((name) => isMeant(this.rule.patterns[index] ?? '', name)));
  }

  private read({ bytes, signed, bigEndian }: ReadFormat, offset: Outcome): Outcome {
    const at = exactValue(offset);
    const content = this.file.bytes;
    if (at === undefined || content === undefined) {
      const values = 2 ** (8 * bytes);
      return signed ? between(-values / 2, values / 2 - 1, true) : between(0, values - 1, true);
    }
    if (at < 0 || at + bytes > content.length) return undefinedNumber;
    const view = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    if (signed) return exactly(bigEndian ? view.readIntBE(at, bytes) : view.readIntLE(at, bytes));
    return exactly(bigEndian ? view.readUIntBE(at, bytes) : view.readUIntLE(at, bytes));
  }

  private isDefined({ range }: Outcome): Outcome {
    if (range === undefined) return trueOrFalse;
    if (range.least > range.greatest) return certainlyFalse;
    return range.maybeUndefined ? trueOrFalse : certainlyTrue;
  }

  private ofPatterns(quantifier: Quantifier, set: PatternSet, place: Place | undefined): Outcome {
    const members = this.members(set);
    const outcome = this.quantified(
      quantifier,
      members.map((member) => (this.rule.mayOccur(member) ? trueOrFalse : certainlyFalse)),
    );
    // A place can be undefined, and the whole with it.
    if (place === undefined) return outcome;
    return canBeTrue(outcome) ? anything : neverTrue;
  }

  private ofPattern(member: number, body: Expression): Outcome {
    const outer = this.current;
    this.current = member;
    const outcome = this.of(body);
    this.current = outer;
    return outcome;
  }

  private forValues(
    quantifier: Quantifier,
    variables: readonly string[],
    range: Pair | undefined,
    body: Expression,
  ): Outcome {
    if (!this.needsOne(quantifier)) return anything;
    if (range !== undefined) {
      const [first, last] = this.pair(range);
      if (first.range !== undefined && last.range !== undefined && last.range.greatest < first.range.least)
        return neverTrue;
    }
    return canBeTrue(this.hiding(variables, body)) ? anything : neverTrue;
  }

  private hiding(variables: readonly string[], body: Expression): Outcome {
    const outer = this.variables;
    this.variables = [...outer, ...variables];
    const outcome = this.of(body);
    this.variables = outer;
    return outcome;
  }

  /** Whether at least one has to be true. Of nothing at all, all may be. */
  private needsOne(quantifier: Quantifier): boolean {
    if (quantifier.type === 'any') return true;
    return quantifier.type === 'count' && this.least(quantifier.value) >= 1;
  }

  private quantified(quantifier: Quantifier, outcomes: readonly Outcome[]): Outcome {
    const possible = outcomes.filter(canBeTrue).length;
    const isCertain = outcomes.every(({ truths }) => truths === certainlyFalse.truths);
    switch (quantifier.type) {
      case 'any':
        if (possible > 0) return anything;
        return isCertain ? certainlyFalse : neverTrue;
      case 'all':
        return possible < outcomes.length ? neverTrue : anything;
      case 'none':
        return isCertain ? certainlyTrue : anything;
      case 'count':
        return this.least(quantifier.value) > possible ? neverTrue : anything;
      case 'percent':
        return this.least(quantifier.value) > 0 && possible === 0 ? neverTrue : anything;
    }
  }

  /** The smallest number that it may be. */
  private least(value: Expression): number {
    const { range } = this.of(value);
    return range === undefined || range.maybeUndefined ? -Infinity : range.least;
  }
}

/** Whether a name in a condition, with or without `*` at its end, means the string of that name. */
function isMeant(pattern: string, name: string): boolean {
  return name.endsWith('*') ? pattern.startsWith(name.slice(0, -1)) : pattern === name;
}

function compareTexts(operator: string, left: Outcome, right: Outcome): Outcome {
  const { text } = left;
  const part = right.text;
  if (text === undefined || part === undefined) return anything;
  if (!operator.startsWith('i')) return truthOf(related(operator, text, part));
  const plain = operator.slice(1);
  // Whether letters that are not ASCII have small forms, too, depends on who compares: both have to agree.
  const inAscii = related(plain, smallAscii(text), smallAscii(part));
  return inAscii === related(plain, text.toLowerCase(), part.toLowerCase()) ? truthOf(inAscii) : anything;
}

function related(operator: string, text: string, part: string): boolean {
  switch (operator) {
    case 'contains':
      return text.includes(part);
    case 'startswith':
      return text.startsWith(part);
    case 'endswith':
      return text.endsWith(part);
    case 'equals':
      return text === part;
    default:
      throw new RangeError(`There is no comparison ${operator}.`);
  }
}

function smallAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

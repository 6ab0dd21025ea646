import type { ComparisonOperator } from '../source/expression';

/**
 * What an expression may turn out to be, as a set of bits. Rules match when their condition is true, and an undefined
 * one (the tenth byte of a file that has five) is not.
 */
export type Truths = number;
const isFalse = 1;
const isTrue = 2;
const isUndefined = 4;
const anyTruth = isFalse | isTrue | isUndefined;

/** The whole numbers that it may be; none if `least` is above `greatest`. */
export interface Range {
  readonly least: number;
  readonly greatest: number;
  readonly maybeUndefined: boolean;
}

/** All that is known of an expression's value before the rules themselves are asked. */
export interface Outcome {
  readonly truths: Truths;
  readonly range?: Range;
  readonly text?: string;
}

export const anything: Outcome = { truths: anyTruth };
/** Whatever it is, not true. */
export const neverTrue: Outcome = { truths: isFalse | isUndefined };
export const certainlyFalse: Outcome = { truths: isFalse };
export const certainlyTrue: Outcome = { truths: isTrue };
export const trueOrFalse: Outcome = { truths: isFalse | isTrue };

export function canBeTrue({ truths }: Outcome): boolean {
  return (truths & isTrue) !== 0;
}

export function truthOf(value: boolean): Outcome {
  return value ? certainlyTrue : certainlyFalse;
}

export function textOf(text: string): Outcome {
  return { ...truthOf(text !== ''), text };
}

export function exactly(value: number): Outcome {
  return between(value, value, false);
}

export const undefinedNumber: Outcome = between(1, 0, true);

export function between(least: number, greatest: number, maybeUndefined: boolean): Outcome {
  let truths = maybeUndefined ? isUndefined : 0;
  if (least <= 0 && greatest >= 0) truths |= isFalse;
  if (least <= greatest && !(least === 0 && greatest === 0)) truths |= isTrue;
  return { truths, range: { least, greatest, maybeUndefined } };
}

/** Any number, or none. */
const anyNumber: Outcome = between(-Infinity, Infinity, true);

/** The value, where there is only one. */
export function exactValue({ range }: Outcome): number | undefined {
  return range !== undefined && !range.maybeUndefined && range.least === range.greatest
    ? range.least
    : undefined;
}

export function not({ truths }: Outcome): Outcome {
  if ((truths & isUndefined) !== 0) return anything;
  return { truths: ((truths & isFalse) !== 0 ? isTrue : 0) | ((truths & isTrue) !== 0 ? isFalse : 0) };
}

/** The same, but that it may be false as well. */
export function orFalse({ truths }: Outcome): Outcome {
  return { truths: truths | isFalse };
}

export function and(operands: readonly Outcome[]): Outcome {
  if (operands.some(({ truths }) => truths === isFalse)) return certainlyFalse;
  let truths = operands.every(canBeTrue) ? isTrue : 0;
  for (const operand of operands) {
    if ((operand.truths & (isFalse | isUndefined)) !== 0) truths |= isFalse;
    truths |= operand.truths & isUndefined;
  }
  return { truths };
}

export function or(operands: readonly Outcome[]): Outcome {
  if (operands.some(({ truths }) => truths === isTrue)) return certainlyTrue;
  let truths = operands.every((operand) => operand.truths !== isTrue) ? isFalse : 0;
  for (const operand of operands) truths |= operand.truths & (isTrue | isUndefined);
  return { truths };
}

export function compare(operator: ComparisonOperator, left: Outcome, right: Outcome): Outcome {
  if (left.text !== undefined && right.text !== undefined && (operator === '==' || operator === '!='))
    return truthOf((left.text === right.text) === (operator === '=='));
  if (left.range === undefined || right.range === undefined) return anything;
  const [possible, avoidable] = comparisons[operator](left.range, right.range);
  const isDefined = left.range.least <= left.range.greatest && right.range.least <= right.range.greatest;
  let truths = left.range.maybeUndefined || right.range.maybeUndefined ? isFalse | isUndefined : 0;
  if (isDefined && possible) truths |= isTrue;
  if (isDefined && avoidable) truths |= isFalse;
  return { truths };
}

type Possibilities = readonly [canBeTrue: boolean, canBeFalse: boolean];

const comparisons: Readonly<Record<ComparisonOperator, (left: Range, right: Range) => Possibilities>> = {
  '==': (left, right) => [
    left.least <= right.greatest && right.least <= left.greatest,
    !(left.least === left.greatest && right.least === right.greatest && left.least === right.least),
  ],
  '!=': (left, right) => {
    const [equal, unequal] = comparisons['=='](left, right);
    return [unequal, equal];
  },
  '<': (left, right) => [left.least < right.greatest, left.greatest >= right.least],
  '>': (left, right) => comparisons['<'](right, left),
  '<=': (left, right) => [left.least <= right.greatest, left.greatest > right.least],
  '>=': (left, right) => comparisons['<='](right, left),
};

/** Sums and products of ranges; of other operations only those of two known numbers. */
export function calculate(operator: string, left: Outcome, right: Outcome): Outcome {
  if (left.range === undefined || right.range === undefined) return anything;
  const maybeUndefined = left.range.maybeUndefined || right.range.maybeUndefined;
  if (operator === '+')
    return safely(
      left.range.least + right.range.least,
      left.range.greatest + right.range.greatest,
      maybeUndefined,
    );
  if (operator === '-')
    return safely(
      left.range.least - right.range.greatest,
      left.range.greatest - right.range.least,
      maybeUndefined,
    );
  const one = exactValue(left);
  const other = exactValue(right);
  if (one === undefined || other === undefined) return anyNumber;
  const value = calculated(operator, BigInt(one), BigInt(other));
  return value === undefined ? anyNumber : safely(Number(value), Number(value), false);
}

/** Bits and quotients of negative numbers are left to those who know. */
function calculated(operator: string, one: bigint, other: bigint): bigint | undefined {
  if (operator === '*') return one * other;
  if (one < 0n || other < 0n) return undefined;
  switch (operator) {
    case '&':
      return one & other;
    case '|':
      return one | other;
    case '^':
      return one ^ other;
    case '\\':
      return other === 0n ? undefined : one / other;
    case '%':
      return other === 0n ? undefined : one % other;
    case '<<':
      return other > 20n ? undefined : one << other;
    case '>>':
      return other > 62n ? undefined : one >> other;
    default:
      return undefined;
  }
}

/** What is too large for an exact number may have been wrapped round by the rules' own arithmetic. */
function safely(least: number, greatest: number, maybeUndefined: boolean): Outcome {
  return Number.isSafeInteger(least) && Number.isSafeInteger(greatest)
    ? between(least, greatest, maybeUndefined)
    : anyNumber;
}

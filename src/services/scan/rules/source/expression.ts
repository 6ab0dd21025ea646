/**
 * The condition of a rule, as far as it is understood. What is not, a module's figures for one, is `unknown`: it may
 * turn out to be anything, also undefined.
 */
export type Expression =
  | { readonly type: 'unknown' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer'; readonly value: number }
  /** Plain ASCII without escapes; other text is `unknown`. */
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'filesize' }
  /** A rule, an external variable, a variable of a loop, or something else that has a name. */
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'pattern'; readonly name: string; readonly place?: Place }
  /** `isPlaced` when only matches within a range count. */
  | { readonly type: 'count'; readonly name: string; readonly isPlaced: boolean }
  /** Where or how long a match is. */
  | { readonly type: 'matchFigure'; readonly name: string }
  /** `uint16be(0)` and its kind. */
  | { readonly type: 'read'; readonly format: ReadFormat; readonly offset: Expression }
  | { readonly type: 'not'; readonly operand: Expression }
  | { readonly type: 'defined'; readonly operand: Expression }
  | { readonly type: 'and'; readonly operands: readonly Expression[] }
  | { readonly type: 'or'; readonly operands: readonly Expression[] }
  | { readonly type: 'comparison'; readonly operator: ComparisonOperator; readonly operands: Pair }
  | { readonly type: 'textComparison'; readonly operator: string; readonly operands: Pair }
  | { readonly type: 'arithmetic'; readonly operator: string; readonly operands: Pair }
  /** `2 of ($a*)`; `place` is where matches must be. */
  | {
      readonly type: 'ofPatterns';
      readonly quantifier: Quantifier;
      readonly set: PatternSet;
      readonly place?: Place;
    }
  | {
      readonly type: 'ofExpressions';
      readonly quantifier: Quantifier;
      readonly operands: readonly Expression[];
    }
  | {
      readonly type: 'forPatterns';
      readonly quantifier: Quantifier;
      readonly set: PatternSet;
      readonly body: Expression;
    }
  | {
      readonly type: 'forValues';
      readonly quantifier: Quantifier;
      readonly variables: readonly string[];
      /** Of a loop over a range of numbers. */
      readonly range?: Pair;
      readonly body: Expression;
    }
  | { readonly type: 'with'; readonly variables: readonly string[]; readonly body: Expression };

export type Pair = readonly [Expression, Expression];

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** At one offset, or somewhere in a range of them. */
export type Place = { readonly at: Expression } | { readonly in: Pair };

export interface ReadFormat {
  readonly bytes: 1 | 2 | 4;
  readonly signed: boolean;
  readonly bigEndian: boolean;
}

export type Quantifier =
  | { readonly type: 'any' | 'all' | 'none' }
  | { readonly type: 'count' | 'percent'; readonly value: Expression };

/** Names of strings, some of which end with `*`; `them` are all. */
export type PatternSet = 'them' | readonly string[];

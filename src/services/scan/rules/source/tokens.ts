/**
 * What rules are written in, token by token. Only sources that the compiler has taken are read here, so that what is
 * refused is at most something that the compiler knows and this does not.
 */
export type TokenKind =
  /** Names and keywords. */
  | 'name'
  /** `$a`, `$a*`, `$`. */
  | 'pattern'
  /** `#a`, `#`. */
  | 'count'
  /** `@a`, `@`. */
  | 'offset'
  /** `!a`, `!`. */
  | 'length'
  | 'integer'
  | 'float'
  | 'string'
  | 'regex'
  /** `{ AA ?? }`, whole. */
  | 'hex'
  | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  /** As it is written. */
  readonly text: string;
  /** Index of the first character in the source. */
  readonly start: number;
  readonly end: number;
}

/** The source has something that is no token of the language. */
export class UnknownSyntax extends Error {}

interface Shape {
  readonly kind: TokenKind | 'skipped';
  readonly expression: RegExp;
}

/** In the order in which they are tried. Each matches from where it is told to (`y`). */
const shapes: readonly Shape[] = [
  { kind: 'skipped', expression: /\s+|\/\/[^\n]*|\/\*[^]*?\*\//y },
  { kind: 'name', expression: /[A-Za-z_][A-Za-z0-9_]*/y },
  { kind: 'pattern', expression: /\$[A-Za-z0-9_]*\*?/y },
  { kind: 'count', expression: /#[A-Za-z0-9_]*/y },
  { kind: 'offset', expression: /@[A-Za-z0-9_]*/y },
  { kind: 'length', expression: /!(?!=)[A-Za-z0-9_]*/y },
  { kind: 'float', expression: /[0-9][0-9_]*\.[0-9][0-9_]*/y },
  { kind: 'integer', expression: /0x[0-9A-Fa-f_]+|0o[0-7_]+|[0-9][0-9_]*(?:KB|MB)?/y },
  { kind: 'string', expression: /"""[^]*?"""|"(?:[^"\\\n]|\\.)*"/y },
  { kind: 'regex', expression: /\/(?:[^/\\\n]|\\.)+\/[A-Za-z0-9]*/y },
  { kind: 'symbol', expression: /==|!=|<=|>=|<<|>>|\.\.|[-+*\\%&|^~<>=()[\]{}:,.]/y },
];

/** What is between the braces: bytes, jumps, alternatives and comments, none of which has a closing brace of its own. */
const hexShape = /\{(?:\/\/[^\n]*|\/\*[^]*?\*\/|[^}/])*\}/y;

/** @throws UnknownSyntax */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < source.length) {
    const shape =
      source[position] === '{' && isPatternDefinition(tokens)
        ? { kind: 'hex' as const, expression: hexShape }
        : shapes.find(({ expression }) => matchLength(expression, source, position) > 0);
    const length = shape === undefined ? 0 : matchLength(shape.expression, source, position);
    if (shape === undefined || length === 0) throw new UnknownSyntax(`There is no token at ${position}.`);
    const end = position + length;
    if (shape.kind !== 'skipped')
      tokens.push({ kind: shape.kind, text: source.slice(position, end), start: position, end });
    position = end;
  }
  return tokens;
}

/** Whether what follows is the value of `$a =`. */
function isPatternDefinition(tokens: readonly Token[]): boolean {
  return tokens.at(-1)?.text === '=' && tokens.at(-2)?.kind === 'pattern';
}

function matchLength(expression: RegExp, source: string, position: number): number {
  expression.lastIndex = position;
  return expression.exec(source)?.[0].length ?? 0;
}

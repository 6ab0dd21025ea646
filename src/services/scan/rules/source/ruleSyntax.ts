import { type Token, tokenize, UnknownSyntax } from './tokens';

/** A string of a rule as it is written: `$a = "text" nocase`. */
export interface PatternSyntax {
  /** With its `$`; just that for one without a name. */
  readonly name: string;
  readonly kind: 'text' | 'hex' | 'regex';
  /** With quotes, slashes and flags, or braces. */
  readonly value: string;
  readonly modifiers: readonly Token[];
}

/** A rule in its parts. */
export interface RuleSyntax {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly isPrivate: boolean;
  readonly meta: readonly Token[];
  readonly patterns: readonly PatternSyntax[];
  readonly condition: readonly Token[];
}

/**
 * @returns the rules of a source that the compiler has taken
 * @throws UnknownSyntax for what the compiler knows and this does not
 */
export function parseRules(source: string): readonly RuleSyntax[] {
  const tokens = tokenize(source);
  const rules: RuleSyntax[] = [];
  let position = 0;
  while (position < tokens.length) {
    // Imports are one string long.
    if (tokens[position]?.text === 'import') {
      position += 2;
      continue;
    }
    const { rule, next } = parseRule(tokens, position);
    rules.push(rule);
    position = next;
  }
  return rules;
}

function parseRule(tokens: readonly Token[], start: number): { rule: RuleSyntax; next: number } {
  let position = start;
  const flags = new Set<string>();
  while (tokens[position]?.text === 'global' || tokens[position]?.text === 'private')
    flags.add(tokens[position++]?.text ?? '');
  expectText(tokens[position++], 'rule');
  const name = tokens[position++];
  if (name?.kind !== 'name') throw new UnknownSyntax('A rule has no name.');
  while (position < tokens.length && tokens[position]?.text !== '{') position += 1;

  const body = position + 1;
  const close = closingBrace(tokens, position);
  const section = (title: string): number => {
    for (let index = body; index < close; index += 1)
      if (tokens[index]?.text === title && tokens[index + 1]?.text === ':') return index;
    return close;
  };
  // Names of sections are keywords, which nothing else can have.
  const condition = section('condition');
  const strings = Math.min(section('strings'), condition);
  const meta = Math.min(section('meta'), strings);
  if (condition === close) throw new UnknownSyntax(`Rule ${name.text} has no condition.`);
  return {
    rule: {
      name: name.text,
      isGlobal: flags.has('global'),
      isPrivate: flags.has('private'),
      meta: tokens.slice(meta + 2, strings),
      patterns: parsePatterns(tokens.slice(strings + 2, condition)),
      condition: tokens.slice(condition + 2, close),
    },
    next: close + 1,
  };
}

function parsePatterns(tokens: readonly Token[]): readonly PatternSyntax[] {
  const starts = tokens.flatMap((token, index) => (token.kind === 'pattern' ? [index] : []));
  return starts.map((start, index) => {
    const [name, equals, value, ...modifiers] = tokens.slice(start, starts[index + 1]);
    expectText(equals, '=');
    if (name === undefined || value === undefined) throw new UnknownSyntax('A string has no value.');
    return { name: name.text, kind: patternKind(value), value: value.text, modifiers };
  });
}

function patternKind(value: Token): PatternSyntax['kind'] {
  if (value.kind === 'string') return 'text';
  if (value.kind === 'hex' || value.kind === 'regex') return value.kind;
  throw new UnknownSyntax(`A string is neither text nor bytes nor an expression: ${value.text}`);
}

/** Braces of strings of bytes are inside their tokens. */
function closingBrace(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const text = tokens[index]?.text;
    if (text === '{') depth += 1;
    if (text === '}' && --depth === 0) return index;
  }
  throw new UnknownSyntax('A rule has no end.');
}

function expectText(token: Token | undefined, text: string): void {
  if (token?.text !== text) throw new UnknownSyntax(`Expected ${text}, found ${token?.text ?? 'the end'}.`);
}

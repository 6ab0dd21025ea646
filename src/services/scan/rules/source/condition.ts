import type { Expression, Pair, PatternSet, Place, Quantifier, ReadFormat } from './expression';
import { integerValue } from './literals';
import { type Token, type TokenKind, UnknownSyntax } from './tokens';

/**
 * Parses the condition of a rule that the compiler has taken.
 * @throws UnknownSyntax for what the compiler knows and this does not
 */
export function parseCondition(tokens: readonly Token[]): Expression {
  const parser = new ConditionParser(tokens);
  const expression = parser.expression();
  parser.expectEnd();
  return expression;
}

const unknown: Expression = { type: 'unknown' };

/** Binary operators from the loosest to the tightest. */
const levels: readonly ReadonlySet<string>[] = [
  new Set(['or']),
  new Set(['and']),
  new Set([
    ...['==', '!=', 'contains', 'icontains', 'startswith', 'istartswith', 'endswith', 'iendswith', 'iequals'],
    'matches',
  ]),
  new Set(['<', '<=', '>', '>=']),
  new Set(['|']),
  new Set(['^']),
  new Set(['&']),
  new Set(['<<', '>>']),
  new Set(['+', '-']),
  new Set(['*', '\\', '%']),
];
/** Words that are no names. */
const operatorWords: ReadonlySet<string> = new Set([
  ...levels.flatMap((operators) => [...operators]),
  ...['not', 'defined', 'of', 'them', 'at', 'in'],
]);
/** `not` and `defined` bind looser than comparisons and tighter than `and`. */
const negationLevel = 2;

/** Deeper conditions are made to exhaust those who read them. */
const maxDepth = 200;

class ConditionParser {
  private position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  expectEnd(): void {
    if (this.position < this.tokens.length)
      throw new UnknownSyntax(`Something follows: ${this.peek()?.text ?? ''}`);
  }

  expression(): Expression {
    return this.level(0);
  }

  /** Every way deeper leads through here. */
  private nested<T>(parse: () => T): T {
    this.depth += 1;
    if (this.depth > maxDepth) throw new UnknownSyntax('The condition is nested too deeply.');
    const parsed = parse();
    this.depth -= 1;
    return parsed;
  }

  private level(level: number): Expression {
    if (level === levels.length) return this.nested(() => this.unary());
    if (level === negationLevel && this.isText('not')) {
      this.position += 1;
      return { type: 'not', operand: this.nested(() => this.level(level)) };
    }
    if (level === negationLevel && this.isText('defined')) {
      this.position += 1;
      return { type: 'defined', operand: this.nested(() => this.level(level)) };
    }
    let left = this.level(level + 1);
    for (let length = 0; ; length += 1) {
      const operator = this.peek()?.text ?? '';
      if (levels[level]?.has(operator) !== true) return left;
      this.position += 1;
      left = binary(operator, left, this.level(level + 1));
      // `and` and `or` are kept flat; the others make what is read one level deeper each time.
      if (length === maxDepth && left.type !== 'and' && left.type !== 'or')
        throw new UnknownSyntax('The condition is too long.');
    }
  }

  private unary(): Expression {
    if (this.isText('-')) {
      this.position += 1;
      return binary(
        '-',
        { type: 'integer', value: 0 },
        this.nested(() => this.unary()),
      );
    }
    if (this.isText('~')) {
      this.position += 1;
      this.nested(() => this.unary());
      return unknown;
    }
    const primary = this.primary();
    const isPercent = this.isText('%') && this.peek(1)?.text === 'of';
    if (!isPercent && !this.isText('of')) return primary;
    if (isPercent) this.position += 1;
    return this.of({ type: isPercent ? 'percent' : 'count', value: primary });
  }

  private primary(): Expression {
    const token = this.next();
    switch (token.kind) {
      case 'integer': {
        const value = integerValue(token.text);
        return value === undefined ? unknown : { type: 'integer', value };
      }
      case 'string': {
        const value = token.text.slice(1, -1);
        return /^[ !#-[\]-~]*$/.test(value) ? { type: 'text', value } : unknown;
      }
      case 'float':
      case 'regex':
        return unknown;
      case 'pattern': {
        const place = this.place();
        return { type: 'pattern', name: token.text, ...(place === undefined ? {} : { place }) };
      }
      case 'count':
        return { type: 'count', name: `$${token.text.slice(1)}`, isPlaced: this.place() !== undefined };
      case 'offset':
      case 'length':
        if (this.accept('[')) {
          this.expression();
          this.expect(']');
        }
        return { type: 'matchFigure', name: `$${token.text.slice(1)}` };
      case 'name':
        return this.named(token.text);
      case 'symbol':
        if (token.text === '(') {
          const inner = this.expression();
          this.expect(')');
          return inner;
        }
        throw new UnknownSyntax(`Unexpected ${token.text}`);
      case 'hex':
        throw new UnknownSyntax('Bytes stand in a condition.');
    }
  }

  private named(name: string): Expression {
    switch (name) {
      case 'true':
      case 'false':
        return { type: 'boolean', value: name === 'true' };
      case 'filesize':
        return { type: 'filesize' };
      case 'any':
      case 'all':
      case 'none':
        return this.of({ type: name });
      case 'for':
        return this.loop();
      case 'with':
        return this.with();
      default:
        return this.member(name);
    }
  }

  /** A name, and what follows it: fields, elements, arguments. */
  private member(name: string): Expression {
    if (operatorWords.has(name)) throw new UnknownSyntax(`Unexpected ${name}`);
    const format = readFormat(name);
    if (format !== undefined && this.isText('(')) {
      this.position += 1;
      const offset = this.expression();
      this.expect(')');
      return { type: 'read', format, offset };
    }
    let isPlain = true;
    for (;;) {
      if (this.accept('.')) this.expectKind('name');
      else if (this.accept('[')) {
        this.expression();
        this.expect(']');
      } else if (this.accept('(')) {
        if (!this.accept(')')) this.list();
      } else return isPlain ? { type: 'name', name } : unknown;
      isPlain = false;
    }
  }

  /** Expressions up to a closing parenthesis. */
  private list(): Expression[] {
    const items: Expression[] = [];
    do items.push(this.expression());
    while (this.accept(','));
    this.expect(')');
    return items;
  }

  private of(quantifier: Quantifier): Expression {
    this.expect('of');
    const isPatternSet = this.isText('them') || this.peek(1)?.kind === 'pattern';
    if (!isPatternSet || (this.peek(1)?.kind === 'pattern' && !this.isSetOfPatterns())) {
      this.expect('(');
      const operands = this.list();
      return this.place() === undefined ? { type: 'ofExpressions', quantifier, operands } : unknown;
    }
    const set = this.patternSet();
    const place = this.place();
    return { type: 'ofPatterns', quantifier, set, ...(place === undefined ? {} : { place }) };
  }

  /** Whether nothing but names of strings stands between the parentheses that come. */
  private isSetOfPatterns(): boolean {
    for (let ahead = 1; ; ahead += 2) {
      if (this.peek(ahead)?.kind !== 'pattern') return false;
      const after = this.peek(ahead + 1)?.text;
      if (after === ')') return true;
      if (after !== ',') return false;
    }
  }

  private patternSet(): PatternSet {
    if (this.accept('them')) return 'them';
    this.expect('(');
    const names: string[] = [];
    do names.push(this.expectKind('pattern').text);
    while (this.accept(','));
    this.expect(')');
    return names;
  }

  private loop(): Expression {
    const quantifier = this.quantifier();
    if (this.accept('of')) {
      const set = this.patternSet();
      return { type: 'forPatterns', quantifier, set, body: this.body() };
    }
    const variables = [this.expectKind('name').text];
    while (this.accept(',')) variables.push(this.expectKind('name').text);
    this.expect('in');
    const range = this.iterable();
    return {
      type: 'forValues',
      quantifier,
      variables,
      ...(range === undefined ? {} : { range }),
      body: this.body(),
    };
  }

  private quantifier(): Quantifier {
    const word = this.peek()?.text;
    if (word === 'any' || word === 'all' || word === 'none') {
      this.position += 1;
      return { type: word };
    }
    const value = this.primary();
    return { type: this.accept('%') ? 'percent' : 'count', value };
  }

  /** What a loop goes over. */
  private iterable(): Pair | undefined {
    if (!this.accept('(')) {
      this.expression();
      return undefined;
    }
    const first = this.expression();
    if (this.accept('..')) {
      const last = this.expression();
      this.expect(')');
      return [first, last];
    }
    if (this.accept(',')) this.list();
    else this.expect(')');
    return undefined;
  }

  private body(): Expression {
    this.expect(':');
    this.expect('(');
    const body = this.expression();
    this.expect(')');
    return body;
  }

  private with(): Expression {
    const variables: string[] = [];
    do {
      variables.push(this.expectKind('name').text);
      this.expect('=');
      this.expression();
    } while (this.accept(','));
    return { type: 'with', variables, body: this.body() };
  }

  private place(): Place | undefined {
    // What follows `at` is a figure: `$a at 0 and …` goes on with the next condition.
    if (this.accept('at')) return { at: this.level(negationLevel + 2) };
    if (!this.isText('in')) return undefined;
    this.position += 1;
    this.expect('(');
    const from = this.expression();
    this.expect('..');
    const to = this.expression();
    this.expect(')');
    return { in: [from, to] };
  }

  private peek(ahead = 0): Token | undefined {
    return this.tokens[this.position + ahead];
  }

  private isText(text: string): boolean {
    return this.peek()?.text === text;
  }

  private accept(text: string): boolean {
    if (!this.isText(text)) return false;
    this.position += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text))
      throw new UnknownSyntax(`Expected ${text}, found ${this.peek()?.text ?? 'the end'}.`);
  }

  private expectKind(kind: TokenKind): Token {
    const token = this.next();
    if (token.kind !== kind) throw new UnknownSyntax(`Expected a ${kind}, found ${token.text}.`);
    return token;
  }

  private next(): Token {
    const token = this.tokens[this.position++];
    if (token === undefined) throw new UnknownSyntax('The condition ends too early.');
    return token;
  }
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  const operands: Pair = [left, right];
  switch (operator) {
    case 'and':
    case 'or':
      return { type: operator, operands: [...flattened(operator, left), right] };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { type: 'comparison', operator, operands };
    case '+':
    case '-':
    case '*':
    case '\\':
    case '%':
    case '&':
    case '|':
    case '^':
    case '<<':
    case '>>':
      return { type: 'arithmetic', operator, operands };
    default:
      return { type: 'textComparison', operator, operands };
  }
}

function flattened(type: 'and' | 'or', expression: Expression): readonly Expression[] {
  return expression.type === type ? expression.operands : [expression];
}

function readFormat(name: string): ReadFormat | undefined {
  const match = /^(u?)int(8|16|32)(be)?$/.exec(name);
  if (match === null) return undefined;
  const bits = Number(match[2]);
  return {
    bytes: bits === 8 ? 1 : bits === 16 ? 2 : 4,
    signed: match[1] === '',
    bigEndian: match[3] === 'be',
  };
}

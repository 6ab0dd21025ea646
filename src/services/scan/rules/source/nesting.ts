import { type Token, tokenize, UnknownSyntax } from './tokens';

/** The compiler crashes at 500, and people write no rule of 20. */
const maxDepth = 200;

const prefixes: ReadonlySet<string> = new Set(['not', 'defined', '-', '~']);

/**
 * Whether a source is nested so deeply that the compiler could exhaust its stack over it, which ends its thread.
 * @returns the line of the place, from 1, or undefined if it is not
 */
export function lineNestedTooDeeply(source: string): number | undefined {
  // Each step takes a character of these at least, so that nearly no source has to be looked at closely.
  if ((source.match(/[([~-]|not|defined/g)?.length ?? 0) <= maxDepth) return undefined;
  try {
    const token = tokenNestedTooDeeply(tokenize(source));
    return token === undefined ? undefined : source.slice(0, token.start).split('\n').length;
  } catch (error) {
    if (error instanceof UnknownSyntax) return undefined;
    throw error;
  }
}

function tokenNestedTooDeeply(tokens: readonly Token[]): Token | undefined {
  let depth = 0;
  let prefixesInARow = 0;
  return tokens.find(({ kind, text }) => {
    prefixesInARow = prefixes.has(text) ? prefixesInARow + 1 : 0;
    if (text === '(' || text === '[') depth += 1;
    if (text === ')' || text === ']') depth -= 1;
    const inside = kind === 'hex' || kind === 'regex' ? deepestGroup(text) : 0;
    return depth + prefixesInARow + inside > maxDepth;
  });
}

function deepestGroup(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text.replace(/\\./g, '')) {
    if (character === '(') deepest = Math.max(deepest, (depth += 1));
    if (character === ')') depth -= 1;
  }
  return deepest;
}

import { tokenize, UnknownSyntax } from './tokens';

/** A whole number above this, or below its negative, makes every scan fail: its result cannot be handed over. */
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Puts whole numbers in `meta` that JavaScript cannot hold into quotes. Lines stay where they are. A source that is
 * not understood is returned as it is: the compiler says what is wrong with it.
 */
export function makeMetadataReadable(source: string): string {
  // Numbers of fewer than 16 digits always fit, in any base.
  if (!/[0-9A-Fa-f_]{14}/.test(source)) return source;
  try {
    return quoteLargeNumbers(source);
  } catch (error) {
    if (error instanceof UnknownSyntax) return source;
    throw error;
  }
}

function quoteLargeNumbers(source: string): string {
  const tokens = tokenize(source);
  let result = '';
  let copied = 0;
  let inMeta = false;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]?.text;
    if (next === ':') inMeta = token.text === 'meta' || (inMeta && token.kind !== 'name');
    if (!inMeta || token.kind !== 'integer' || fits(token.text)) continue;
    const from = tokens[index - 1]?.text === '-' ? (tokens[index - 1]?.start ?? token.start) : token.start;
    result += `${source.slice(copied, from)}"${source.slice(from, token.end)}"`;
    copied = token.end;
  }
  return result + source.slice(copied);
}

function fits(integer: string): boolean {
  const digits = integer.replaceAll('_', '');
  const unit = digits.endsWith('KB') ? 1024n : digits.endsWith('MB') ? 1_048_576n : 1n;
  return BigInt(digits.replace(/[KM]B$/, '')) * unit <= largest;
}

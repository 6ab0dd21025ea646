import { UnknownSyntax } from '../source/tokens';

/** Jumps from this length on separate pieces. YARA itself searches for the pieces around jumps of over 200 bytes. */
const separatingJumpBytes = 100;

const shape = /\/\/[^\n]*|\/\*[^]*?\*\/|\s+|\[[^\]]*\]|~?[0-9A-Fa-f?]{2}|[()|]/y;

/**
 * @param value a string of bytes, in its braces
 * @returns its pieces around long jumps, or undefined if it has none
 */
export function hexPieces(value: string): readonly (readonly string[])[] | undefined {
  const pieces: string[][] = [[]];
  let depth = 0;
  for (const token of hexTokens(value)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0 && token.startsWith('[') && isLong(token)) pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces.length === 1 ? undefined : pieces.map(trimmed);
}

/** @returns the piece with the most bytes that are known in whole */
export function longestPiece(pieces: readonly (readonly string[])[]): string {
  return (pieces.toSorted((one, other) => knownBytes(other) - knownBytes(one))[0] ?? []).join(' ');
}

/** Without alternatives. */
function knownBytes(piece: readonly string[]): number {
  let depth = 0;
  return piece.filter((token) => {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    return depth === 0 && /^[0-9A-Fa-f]{2}$/.test(token);
  }).length;
}

function hexTokens(value: string): readonly string[] {
  const body = value.slice(1, -1);
  const tokens: string[] = [];
  let position = 0;
  while (position < body.length) {
    shape.lastIndex = position;
    const token = shape.exec(body)?.[0];
    if (token === undefined) throw new UnknownSyntax('There is something unknown between bytes.');
    position += token.length;
    if (token.trim() !== '' && !token.startsWith('/')) tokens.push(token.replaceAll(/\s/g, ''));
  }
  return tokens;
}

function isLong(jump: string): boolean {
  const most = /^\[(?:\d*-)?(\d*)\]$/.exec(jump)?.[1];
  if (most === undefined) throw new UnknownSyntax(`There is an unknown jump: ${jump}`);
  return most === '' || Number(most) >= separatingJumpBytes;
}

/** A piece neither starts nor ends with what may be anything. */
function trimmed(piece: readonly string[]): readonly string[] {
  const isFree = (token: string): boolean => token === '??' || token.startsWith('[');
  const first = piece.findIndex((token) => !isFree(token));
  return first === -1 ? [] : piece.slice(first, piece.findLastIndex((token) => !isFree(token)) + 1);
}

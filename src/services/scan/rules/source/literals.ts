import { UnknownSyntax } from './tokens';

const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, a: 7, '"': 34, '\\': 92 };

/** @returns the bytes that a text in quotes stands for */
export function textBytes(literal: string): Buffer {
  if (literal.startsWith('"""')) throw new UnknownSyntax('Text of several lines has rules of its own.');
  const parts: Buffer[] = [];
  for (const match of literal.slice(1, -1).matchAll(/\\x([0-9A-Fa-f]{2})|\\(.)|[^\\]+/gs)) {
    const [all, code, letter] = match;
    if (code !== undefined) parts.push(Buffer.of(Number.parseInt(code, 16)));
    else if (letter === undefined) parts.push(Buffer.from(all, 'utf8'));
    else parts.push(Buffer.of(escaped(letter)));
  }
  return Buffer.concat(parts);
}

function escaped(letter: string): number {
  const byte = escapes[letter];
  if (byte === undefined) throw new UnknownSyntax(`There is an unknown escape: \\${letter}`);
  return byte;
}

/** @returns the number that is written, or undefined for one that JavaScript cannot hold exactly */
export function integerValue(literal: string): number | undefined {
  const digits = literal.replaceAll('_', '');
  const unit = digits.endsWith('KB') ? 1024 : digits.endsWith('MB') ? 1_048_576 : 1;
  const value = Number(digits.replace(/[KM]B$/, '')) * unit;
  return Number.isSafeInteger(value) ? value : undefined;
}

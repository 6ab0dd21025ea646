import { textBytes } from '../source/literals';
import type { PatternSyntax } from '../source/ruleSyntax';
import { type Token, UnknownSyntax } from '../source/tokens';
import { base64Forms } from './base64Forms';
import { hexPieces, longestPiece } from './hexPieces';
import {
  lengthOf,
  mayMatchLineFeed,
  type RegexItem,
  regexItems,
  type RegexPart,
  regexParts,
} from './regexParts';

/** What is searched for instead of a string, in files that are joined. */
export interface DerivedPattern {
  /** As rules write strings, each with modifiers: wherever the string occurs, one of these does. */
  readonly definitions: readonly string[];
  /** A match of the string in a file and one of these start at the same place. */
  readonly startsAlike: boolean;
  /** The string matches at the start of a file, or not at all. */
  readonly onlyAtStart: boolean;
}

/**
 * @returns what occurs in joined files wherever the string occurs in one of them, or undefined where that cannot be
 *   said. It may occur elsewhere, too, which costs time and does no harm.
 */
export function derivePattern(pattern: PatternSyntax): DerivedPattern | undefined {
  try {
    const modifiers = readModifiers(pattern.modifiers);
    switch (pattern.kind) {
      case 'text':
        return modifiers.base64.length > 0 ? base64(pattern, modifiers) : text(pattern, modifiers);
      case 'hex':
        return hex(pattern);
      case 'regex':
        return regex(pattern, modifiers);
    }
  } catch (error) {
    if (error instanceof UnknownSyntax) return undefined;
    throw error;
  }
}

interface Modifiers {
  readonly plain: ReadonlySet<string>;
  /** With its arguments, such as `xor(1-255)`; empty without. */
  readonly xor: string;
  /** For each modifier of the kind: its alphabet, if it has one of its own. */
  readonly base64: readonly { readonly isWide: boolean; readonly alphabet?: string }[];
}

function readModifiers(tokens: readonly Token[]): Modifiers {
  const plain = new Set<string>();
  const base64: Modifiers['base64'][number][] = [];
  let xor = '';
  for (let position = 0; position < tokens.length;) {
    const name = tokens[position]?.text ?? '';
    const argumentTokens = argumentsAt(tokens, position + 1);
    position += 1 + argumentTokens.length;
    if (name === 'xor') xor = `xor${argumentTokens.map(({ text: each }) => each).join('')}`;
    else if (name === 'base64' || name === 'base64wide') {
      const alphabet =
        argumentTokens[1] === undefined ? undefined : textBytes(argumentTokens[1].text).toString('latin1');
      if (alphabet !== undefined && alphabet.length !== 64)
        throw new UnknownSyntax('An alphabet has 64 letters.');
      base64.push({ isWide: name === 'base64wide', ...(alphabet === undefined ? {} : { alphabet }) });
    } else plain.add(name);
  }
  return { plain, xor, base64 };
}

/** @returns the tokens in parentheses that start here, with them; none if none do */
function argumentsAt(tokens: readonly Token[], start: number): readonly Token[] {
  if (tokens[start]?.text !== '(') return [];
  const end = tokens.findIndex(({ text: each }, index) => index > start && each === ')');
  if (end === -1) throw new UnknownSyntax('Arguments have no end.');
  return tokens.slice(start, end + 1);
}

/**
 * `fullword` holds in joined files where it holds in one alone, for what stands between files is no part of a word. Not
 * so for `xor`, which reads the neighbours with the key, too.
 */
function text({ value }: PatternSyntax, { plain, xor }: Modifiers): DerivedPattern {
  const kept = ['nocase', 'wide', 'ascii', ...(xor === '' ? ['fullword'] : [])].filter((name) =>
    plain.has(name),
  );
  return { definitions: [[value, ...kept, xor].join(' ').trim()], startsAlike: true, onlyAtStart: false };
}

/**
 * YARA decodes what stands around a match, which fails where another file follows. Here only the characters are looked
 * for that depend on nothing but the text. In wide base64 the decoder skips `=` wherever it is.
 */
function base64({ value }: PatternSyntax, { base64: modifiers }: Modifiers): DerivedPattern {
  const plain = textBytes(value);
  const wide = Buffer.from(plain.toString('latin1'), 'utf16le');
  const definitions = [`${value} ascii wide`];
  for (const { isWide, alphabet } of modifiers)
    for (const form of [...base64Forms(plain, alphabet), ...base64Forms(wide, alphabet)]) {
      if (form === '') throw new UnknownSyntax('A text is too short for base64.');
      definitions.push(
        isWide ? `/${Array.from(form, escaped).join('=*')}/ wide` : `"${Array.from(form, escaped).join('')}"`,
      );
    }
  return { definitions: [...new Set(definitions)], startsAlike: false, onlyAtStart: false };
}

function escaped(letter: string): string {
  return /[A-Za-z0-9]/.test(letter) ? letter : `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Long gaps between pieces make a search in joined files expensive, and a single piece is enough. */
function hex({ value }: PatternSyntax): DerivedPattern {
  const pieces = hexPieces(value);
  if (pieces === undefined) return { definitions: [value], startsAlike: true, onlyAtStart: false };
  return { definitions: [`{ ${longestPiece(pieces)} }`], startsAlike: false, onlyAtStart: false };
}

/**
 * YARA follows an expression for 4,096 bytes to either side of some part of it, which one depends on the whole. Up to
 * this length it does not matter where it starts.
 */
const maxSafeLength = 1000;
/** What is longer than this is no part of what is searched for, where that has to be short. */
const maxItemLength = 100;

function regex({ value }: PatternSyntax, { plain }: Modifiers): DerivedPattern | undefined {
  const end = value.lastIndexOf('/');
  const flags = value.slice(end + 1);
  const parts = regexParts(value.slice(1, end));
  if (parts === undefined) return undefined;
  // A quantifier would repeat what stands before, once this is taken out.
  if (parts.some(({ kind }, index) => isZeroWidth(kind) && parts[index + 1]?.kind === 'quantifier'))
    return undefined;
  const isWide = plain.has('wide');
  const dotMatchesAll = flags.includes('s');
  // An end of a file is no end in joined files. Of what is read with a zero byte after each, words end elsewhere, too.
  const relaxed = parts.filter(({ kind }) => kind !== 'anchor' && !(isWide && kind === 'boundary'));
  const isRelaxed = relaxed.length < parts.length;
  const isOneBranch = !parts.some(({ kind, depth }) => kind === 'alternation' && depth === 0);
  // Read with a zero byte after each, `^` also holds where what stands before is no such pair.
  const isAnchored = isOneBranch && !isWide && parts[0]?.text === '^';
  const items = regexItems(relaxed);
  const isLong = (item: RegexItem): boolean =>
    item.maxLength > maxItemLength && (isRelaxed || (dotMatchesAll && item.parts[0]?.kind === 'dot'));
  const mustSplit = isRelaxed
    ? lengthOf(items) > maxSafeLength
    : dotMatchesAll && isOneBranch && items.some(isLong);
  if (mustSplit && !isOneBranch) return undefined;
  const piece = mustSplit ? bestPiece(splitAt(items, isLong), isAnchored) : { items, isFirst: true };
  if (piece === undefined || (isRelaxed && lengthOf(piece.items) > maxSafeLength)) return undefined;
  // What ends elsewhere may end within a word.
  const keepsFullword = !isRelaxed && !mustSplit && !mayMatchLineFeed(parts, dotMatchesAll);
  const kept = ['nocase', 'wide', 'ascii', ...(keepsFullword ? ['fullword'] : [])].filter((name) =>
    plain.has(name),
  );
  const body = piece.items.flatMap((item) => item.parts.map(({ text: each }) => each)).join('');
  return {
    definitions: [[`/${body}/${flags}`, ...kept].join(' ')],
    startsAlike: piece.isFirst,
    onlyAtStart: piece.isFirst && isAnchored,
  };
}

function isZeroWidth(kind: RegexPart['kind']): boolean {
  return kind === 'anchor' || kind === 'boundary';
}

interface Piece {
  readonly items: readonly RegexItem[];
  readonly isFirst: boolean;
}

function splitAt(items: readonly RegexItem[], isGap: (item: RegexItem) => boolean): readonly Piece[] {
  const pieces: RegexItem[][] = [[]];
  for (const item of items) {
    if (isGap(item)) pieces.push([]);
    else pieces.at(-1)?.push(item);
  }
  return pieces.map((each, index) => ({ items: each, isFirst: index === 0 }));
}

/** The piece with the most characters, or the one that has to be at the start, where it has some. */
function bestPiece(pieces: readonly Piece[], isAnchored: boolean): Piece | undefined {
  const [first] = pieces;
  if (isAnchored && first !== undefined && weight(first) >= 2) return first;
  const [best] = pieces.toSorted((one, other) => weight(other) - weight(one));
  return best !== undefined && weight(best) > 0 ? best : undefined;
}

/** How many characters have to be there. */
function weight({ items }: Piece): number {
  return items.filter(({ parts }) => parts.length === 1 && parts[0]?.kind === 'character').length;
}

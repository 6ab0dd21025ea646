import { TextDecoder } from 'node:util';

/** A place in a text as editors count: from 0, characters in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export type TextPlace =
  | { readonly type: 'text'; readonly start: TextPosition; readonly end: TextPosition }
  /** No text, as far as its beginning tells. */
  | { readonly type: 'binary' }
  /** The file is shorter than that. */
  | { readonly type: 'beyondEnd' }
  /** Farther from the beginning than what is read. */
  | { readonly type: 'tooFar' };

/** What an editor opens as text without hesitation. */
export const mostReadBytes = 50 * 1024 * 1024;
/** A selection longer than this shows nothing more. */
const longestSelectionBytes = 64 * 1024;
/** As much as VS Code looks at to tell text from something else. */
const headBytes = 512;

/**
 * Where a place that is given in bytes stands in the text that an editor shows. Reads no more of the file than it
 * needs, and at most `mostReadBytes`.
 * @param chunks the file from its beginning
 */
export async function textPlace(
  chunks: AsyncIterable<Uint8Array>,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<TextPlace> {
  if (offset > mostReadBytes) return { type: 'tooFar' };
  const endOffset = offset + Math.min(length, longestSelectionBytes);
  let head: Uint8Array = new Uint8Array();
  let counter: PositionCounter | undefined;
  let start: TextPosition | undefined;
  let readBytes = 0;

  /** Moves the counter on by bytes that follow what it has seen, noting the start where it passes it. */
  const advance = (cursor: PositionCounter, bytes: Uint8Array): void => {
    const startsIn = offset - readBytes;
    if (start === undefined && startsIn <= bytes.length) {
      cursor.add(bytes.subarray(0, startsIn));
      start = cursor.position;
      cursor.add(bytes.subarray(startsIn, endOffset - readBytes));
    } else {
      cursor.add(bytes.subarray(0, Math.max(0, endOffset - readBytes)));
    }
    readBytes += bytes.length;
  };

  for await (const chunk of chunks) {
    if (counter) {
      advance(counter, chunk);
    } else {
      head = joined(head, chunk);
      if (head.length < headBytes) continue;
      const encoding = encodingOf(head);
      if (encoding === undefined) return { type: 'binary' };
      counter = new PositionCounter(encoding);
      advance(counter, head);
    }
    if (readBytes >= endOffset) break;
  }
  if (!counter) {
    const encoding = encodingOf(head);
    if (encoding === undefined) return { type: 'binary' };
    counter = new PositionCounter(encoding);
    advance(counter, head);
  }
  return start === undefined ? { type: 'beyondEnd' } : { type: 'text', start, end: counter.position };
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** @returns undefined for what is no text */
function encodingOf(head: Uint8Array): Encoding | undefined {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const looked = head.subarray(0, headBytes);
  if (!looked.includes(0)) return 'utf-8';
  return zeroPattern(looked);
}

/** Plain letters in UTF-16 have a zero in each pair of bytes, always on the same side. */
function zeroPattern(bytes: Uint8Array): Encoding | undefined {
  const zeroFirst = bytes.every((byte, index) => (byte === 0) === (index % 2 === 0));
  if (zeroFirst) return 'utf-16be';
  return bytes.every((byte, index) => (byte === 0) === (index % 2 === 1)) ? 'utf-16le' : undefined;
}

/** Counts lines and characters of a text that comes in pieces, as an editor splits it: at CR, LF and both. */
class PositionCounter {
  private readonly decoder: TextDecoder;
  private line = 0;
  private character = 0;
  private afterCarriageReturn = false;

  constructor(encoding: Encoding) {
    this.decoder = new TextDecoder(encoding);
  }

  get position(): TextPosition {
    return { line: this.line, character: this.character };
  }

  /** A character whose bytes have not all come is not counted yet. */
  add(bytes: Uint8Array): void {
    const text = this.decoder.decode(bytes, { stream: true });
    for (let index = 0; index < text.length; index += 1) this.count(text.charCodeAt(index));
  }

  private count(unit: number): void {
    const follows = this.afterCarriageReturn;
    this.afterCarriageReturn = unit === 13;
    if (unit === 10 && follows) return;
    if (unit === 10 || unit === 13) {
      this.line += 1;
      this.character = 0;
    } else {
      this.character += 1;
    }
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

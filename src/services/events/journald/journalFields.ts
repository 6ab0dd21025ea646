/** What stands in a line of `journalctl --output=json`, by the names of its fields. */
export type JournalFields = readonly (readonly [string, unknown])[];

export interface ReadFields {
  readonly fields: JournalFields;
  /** Fields, or parts of them, were left out. */
  readonly isCut: boolean;
}

/** Up to here the engine's own parser is faster and takes no noticeable time. */
const shortLine = 64 * 1024;

/**
 * The fields of a line. A long one is read by hand, with at most `keep` characters or bytes of each value: to make a
 * list of a million numbers of a binary message would take a fifth of a second. The same way reads what there is of a
 * line that was cut.
 * @returns undefined where it is no object
 */
export function journalFields(text: string, isTruncated: boolean, keep: number): ReadFields | undefined {
  if (!isTruncated && text.length <= shortLine) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
      return { fields: Object.entries(parsed), isCut: false };
    } catch {
      return undefined;
    }
  }
  return new LongLine(text, keep).read();
}

const fieldStart = /\s*[{,]\s*"(\w{1,100})"\s*:\s*/y;
const plainValue = /null|true|false|-?\d+(?:\.\d+)?/y;
const separator = /\s*,?\s*/y;
/** Bytes take up to three digits, a comma and a blank. */
const lengthOfByte = 5;

/** Reads an object of texts, lists and plain values, without looking at what is not kept. */
class LongLine {
  private place = 0;
  private isCut = false;

  constructor(
    private readonly text: string,
    private readonly keep: number,
  ) {}

  read(): ReadFields | undefined {
    if (!/^\s*\{/.test(this.text.slice(0, 100))) return undefined;
    const fields: [string, unknown][] = [];
    for (;;) {
      const name = this.match(fieldStart)?.[1];
      if (name === undefined) break;
      const value = this.value(0);
      if (value === undefined) break;
      fields.push([name, value]);
    }
    this.match(separator);
    const isWhole = this.text.startsWith('}', this.place);
    return { fields, isCut: this.isCut || !isWhole };
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.place;
    const match = pattern.exec(this.text);
    if (match !== null) this.place = pattern.lastIndex;
    return match ?? undefined;
  }

  /** @returns undefined where the line ends before anything was read, or is no JSON */
  private value(depth: number): unknown {
    const first = this.text[this.place];
    if (first === '"') return this.string();
    if (first === '[') return this.list(depth);
    const plain = this.match(plainValue)?.[0];
    return plain === undefined ? undefined : (JSON.parse(plain) as unknown);
  }

  private string(): string {
    const start = this.place + 1;
    let end = start;
    for (;;) {
      end = this.text.indexOf('"', end);
      if (end < 0) break;
      let backslashes = 0;
      while (this.text[end - 1 - backslashes] === '\\') backslashes += 1;
      if (backslashes % 2 === 0) break;
      end += 1;
    }
    const stop = end < 0 ? this.text.length : end;
    this.place = end < 0 ? stop : stop + 1;
    // An escape takes up to six characters.
    const kept = Math.min(stop, start + 6 * this.keep);
    if (kept < stop || end < 0) this.isCut = true;
    return unescaped(this.text.slice(start, kept));
  }

  private list(depth: number): unknown[] | undefined {
    this.place += 1;
    this.match(separator);
    if (/[\d-]/.test(this.text[this.place] ?? '')) return this.bytes();
    const values: unknown[] = [];
    while (this.place < this.text.length && this.text[this.place] !== ']') {
      const value = depth < 2 ? this.value(depth + 1) : undefined;
      if (value === undefined) return undefined;
      values.push(value);
      this.match(separator);
    }
    this.place += 1;
    return values;
  }

  /** Of numbers there is no text in which the end of the list could stand, too. */
  private bytes(): unknown[] {
    const end = this.text.indexOf(']', this.place);
    const stop = end < 0 ? this.text.length : end;
    const kept = Math.min(stop, this.place + lengthOfByte * this.keep);
    if (kept < stop || end < 0) this.isCut = true;
    const numbers = this.text.slice(this.place, kept).split(',');
    // The last may have lost digits.
    if (kept < stop || end < 0) numbers.pop();
    this.place = stop + 1;
    return numbers.map(Number);
  }
}

/** @param escaped the inside of a JSON string, perhaps cut within an escape */
function unescaped(escaped: string): string {
  const tail = /(?<!\\)(?:\\\\)*(\\(?:u[\da-fA-F]{0,3})?)$/.exec(escaped.slice(-4_000))?.[1];
  const whole = tail === undefined ? escaped : escaped.slice(0, -tail.length);
  try {
    return JSON.parse(`"${whole}"`) as string;
  } catch {
    // No JSON after all: it is shown as it stands there.
    return whole;
  }
}

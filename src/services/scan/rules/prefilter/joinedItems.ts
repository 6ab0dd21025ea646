/**
 * What stands between files that are joined: no part of a word, in ASCII or wide; not a byte twice in a row, nor any
 * that text has often; and ends of lines at both ends, where most expressions stop.
 */
const separator = Buffer.from('0a8191a7b5bd8f9dadb19f85a3bf8d97abb3810a', 'hex');

/** Contents of several files, one after another with separators in between. */
export class JoinedItems {
  readonly buffer: Buffer;
  /** Where each item starts. */
  readonly starts: readonly number[];
  private readonly ends: readonly number[];

  constructor(contents: readonly Uint8Array[]) {
    const length = contents.reduce((sum, bytes) => sum + bytes.length + separator.length, separator.length);
    this.buffer = Buffer.allocUnsafe(length);
    let position = separator.copy(this.buffer);
    const starts: number[] = [];
    const ends: number[] = [];
    for (const bytes of contents) {
      this.buffer.set(bytes, position);
      starts.push(position);
      position += bytes.length;
      ends.push(position);
      position += separator.copy(this.buffer, position);
    }
    this.starts = starts;
    this.ends = ends;
  }

  /** @returns the items that have a byte of the range */
  overlapping(offset: number, length: number): readonly number[] {
    const found: number[] = [];
    for (let item = this.firstEndingAfter(offset); item < this.starts.length; item += 1) {
      if ((this.starts[item] ?? 0) >= offset + length) break;
      found.push(item);
    }
    return found;
  }

  private firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ends[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

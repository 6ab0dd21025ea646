const longestCode = 15;
/** Codes up to this length are found in one step; nearly all that occur are. */
export const quickBits = 10;

/**
 * A Huffman code of DEFLATE (RFC 1951, 3.2.2). `quick` gives for the next ten bits `symbol << 4 | length`, and 0 where
 * the code is longer or there is none.
 */
export class HuffmanCode {
  readonly quick = new Uint16Array(1 << quickBits);
  private readonly counts = new Uint16Array(longestCode + 1);
  private readonly symbols: Uint16Array;

  constructor(maxSymbols: number) {
    this.symbols = new Uint16Array(maxSymbols);
  }

  /**
   * @param lengths of each symbol's code, 0 for one that does not occur
   * @returns false when there are more codes than their lengths leave room for
   */
  build(lengths: Uint8Array, start: number, end: number): boolean {
    const { counts, symbols, quick } = this;
    counts.fill(0);
    quick.fill(0);
    for (let index = start; index < end; index++)
      counts[lengths[index] ?? 0] = (counts[lengths[index] ?? 0] ?? 0) + 1;
    counts[0] = 0;
    const nextCode = new Uint16Array(longestCode + 2);
    const nextPlace = new Uint16Array(longestCode + 2);
    let room = 1;
    for (let length = 1; length <= longestCode; length++) {
      const count = counts[length] ?? 0;
      room = room * 2 - count;
      if (room < 0) return false;
      nextPlace[length + 1] = (nextPlace[length] ?? 0) + count;
      nextCode[length + 1] = ((nextCode[length] ?? 0) + count) << 1;
    }
    for (let index = start; index < end; index++) {
      const length = lengths[index] ?? 0;
      if (length === 0) continue;
      const symbol = index - start;
      const place = nextPlace[length] ?? 0;
      symbols[place] = symbol;
      nextPlace[length] = place + 1;
      const code = nextCode[length] ?? 0;
      nextCode[length] = code + 1;
      if (length > quickBits) continue;
      const entry = (symbol << 4) | length;
      for (let slot = reversed(code, length); slot < quick.length; slot += 1 << length) quick[slot] = entry;
    }
    return true;
  }

  /** The same as `quick` for codes of any length, bit by bit. @returns 0 where there is no such code */
  slow(bits: number): number {
    let code = 0;
    let first = 0;
    let place = 0;
    for (let length = 1; length <= longestCode; length++) {
      code |= (bits >>> (length - 1)) & 1;
      const count = this.counts[length] ?? 0;
      if (code - first < count) return ((this.symbols[place + code - first] ?? 0) << 4) | length;
      place += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }
}

/** Codes come with their first bit first, everything else with its last. */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}

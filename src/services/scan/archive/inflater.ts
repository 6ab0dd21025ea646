import { HuffmanCode, quickBits } from './huffmanCode';

/** How decompression stands. `truncated`: its input ended too early; `invalid`: it is no DEFLATE. */
export type InflateState = 'running' | 'ended' | 'truncated' | 'invalid';

const historyBytes = 32 * 1024;
/** Output is handed on in pieces of this size, or somewhat larger. */
const pieceBytes = 64 * 1024;
const longestMatch = 258;
/** The output may reach beyond it by one match. */
const outputEnd = historyBytes + pieceBytes;
const endOfBlock = 256;
const quickMask = (1 << quickBits) - 1;

/** Values of the symbols for lengths and distances (RFC 1951, 3.2.5), and how many extra bits follow each. */
const lengthBase = Uint16Array.from([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]);
const lengthBits = Uint8Array.from([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const distanceBase = Uint16Array.from([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
]);
const distanceBits = Uint8Array.from([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Between blocks, in a stored block, in a compressed one. */
type Place = 'header' | 'stored' | 'compressed';

/**
 * Decompresses DEFLATE (RFC 1951) piece by piece. Node's zlib does so asynchronously, or synchronously in whole; here a
 * bomb must be given up after any piece, what a damaged stream held up to the damage is evidence, and where a stream
 * of unknown length ends must be known to the byte.
 */
export class Inflater {
  private currentState: InflateState = 'running';
  private input: Uint8Array = new Uint8Array(0);
  private inputAt = 0;
  private inputEnded = false;
  /** Length of all input before `input`. */
  private earlierBytes = 0;
  private bits = 0;
  private bitCount = 0;

  private readonly window = new Uint8Array(historyBytes + pieceBytes + longestMatch);
  private outputAt = 0;

  private place: Place = 'header';
  private lastBlock = false;
  private storedBytes = 0;
  private readonly lengths = new Uint8Array(320);
  private readonly literals = new HuffmanCode(288);
  private readonly distances = new HuffmanCode(32);

  /** @param refill gives the next input, undefined or nothing at its end; what it gave may not change until it is asked again */
  constructor(private readonly refill: () => Uint8Array | undefined) {}

  get state(): InflateState {
    return this.currentState;
  }

  /** Input that has been used, without bits that a last byte may have left over. */
  get consumedBytes(): number {
    return this.earlierBytes + this.inputAt - (this.bitCount >>> 3);
  }

  /**
   * @returns the next piece, whose bytes hold until this is called again; undefined when there is no more: `state`
   *   says why
   */
  read(): Uint8Array | undefined {
    const { window } = this;
    if (this.outputAt > historyBytes) {
      window.copyWithin(0, this.outputAt - historyBytes, this.outputAt);
      this.outputAt = historyBytes;
    }
    const start = this.outputAt;
    while (this.currentState === 'running' && this.outputAt - start < pieceBytes) this.step();
    return this.outputAt === start ? undefined : window.subarray(start, this.outputAt);
  }

  private step(): void {
    if (this.place === 'stored') this.copyStored();
    else if (this.place === 'compressed') this.decodeBlock();
    else if (this.lastBlock) this.currentState = 'ended';
    else this.readHeader();
  }

  private readHeader(): void {
    const header = this.take(3);
    if (header < 0) return;
    this.lastBlock = (header & 1) === 1;
    const kind = header >>> 1;
    if (kind === 0) this.readStoredHeader();
    else if (kind === 1) this.useFixedCodes();
    else if (kind === 2) this.readDynamicCodes();
    else this.currentState = 'invalid';
  }

  private readStoredHeader(): void {
    this.drop(this.bitCount & 7);
    const length = this.take(16);
    if (length < 0) return;
    const complement = this.take(16);
    if (complement < 0) return;
    if (length !== (complement ^ 0xffff)) {
      this.currentState = 'invalid';
      return;
    }
    this.storedBytes = length;
    this.place = 'stored';
  }

  private copyStored(): void {
    if (this.storedBytes === 0) {
      this.place = 'header';
      return;
    }
    if (this.bitCount > 0) {
      // Whole bytes that were taken in advance.
      this.window[this.outputAt++] = this.bits & 0xff;
      this.drop(8);
      this.storedBytes--;
      return;
    }
    if (this.inputAt === this.input.length && !this.fetch()) {
      this.currentState = 'truncated';
      return;
    }
    const room = outputEnd - this.outputAt;
    const count = Math.min(this.storedBytes, this.input.length - this.inputAt, room);
    this.window.set(this.input.subarray(this.inputAt, this.inputAt + count), this.outputAt);
    this.inputAt += count;
    this.outputAt += count;
    this.storedBytes -= count;
  }

  private useFixedCodes(): void {
    this.lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288, 320);
    this.literals.build(this.lengths, 0, 288);
    this.distances.build(this.lengths, 288, 320);
    this.place = 'compressed';
  }

  private readDynamicCodes(): void {
    const counts = this.take(14);
    if (counts < 0) return;
    const literalCount = (counts & 31) + 257;
    const distanceCount = ((counts >>> 5) & 31) + 1;
    const lengthCount = (counts >>> 10) + 4;
    const { lengths, literals, distances } = this;
    lengths.fill(0);
    for (const place of codeLengthOrder.slice(0, lengthCount)) {
      const length = this.take(3);
      if (length < 0) return;
      lengths[place] = length;
    }
    // The code of the lengths is needed only until they are read.
    const isCode = literals.build(lengths, 0, 19) && this.readLengths(literalCount + distanceCount);
    if (this.currentState !== 'running') return;
    if (isCode && literals.build(lengths, 0, literalCount)) {
      if (distances.build(lengths, literalCount, literalCount + distanceCount)) {
        this.place = 'compressed';
        return;
      }
    }
    this.currentState = 'invalid';
  }

  private readLengths(total: number): boolean {
    const { lengths } = this;
    lengths.fill(0);
    let at = 0;
    while (at < total) {
      const symbol = this.decode(this.literals);
      if (symbol < 0) return false;
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      const extra = this.take(symbol === 16 ? 2 : symbol === 17 ? 3 : 7);
      if (extra < 0) return false;
      const times = extra + (symbol === 18 ? 11 : 3);
      if ((symbol === 16 && at === 0) || at + times > total) return false;
      lengths.fill(symbol === 16 ? (lengths[at - 1] ?? 0) : 0, at, at + times);
      at += times;
    }
    return true;
  }

  /** Decodes until the block or the room for output ends. */
  private decodeBlock(): void {
    const { window, literals, distances } = this;
    while (this.outputAt < outputEnd) {
      const symbol = this.decode(literals);
      if (symbol < 0) return;
      if (symbol < endOfBlock) {
        window[this.outputAt++] = symbol;
        continue;
      }
      if (symbol === endOfBlock) {
        this.place = 'header';
        return;
      }
      const length = this.number(symbol - endOfBlock - 1, lengthBase, lengthBits);
      if (length < 0) return;
      const distanceSymbol = this.decode(distances);
      if (distanceSymbol < 0) return;
      const distance = this.number(distanceSymbol, distanceBase, distanceBits);
      if (distance < 0) return;
      if (distance > this.outputAt) {
        this.currentState = 'invalid';
        return;
      }
      this.copyMatch(distance, length);
    }
  }

  /** A match may overlap what it produces. */
  private copyMatch(distance: number, length: number): void {
    const { window } = this;
    let to = this.outputAt;
    const end = to + length;
    if (distance === 1) window.fill(window[to - 1] ?? 0, to, end);
    else for (let from = to - distance; to < end;) window[to++] = window[from++] ?? 0;
    this.outputAt = end;
  }

  /** @returns a length or a distance with its extra bits; -1 where there is none */
  private number(symbol: number, base: Uint16Array, extraBits: Uint8Array): number {
    const first = base[symbol];
    if (first === undefined) {
      this.currentState = 'invalid';
      return -1;
    }
    const extra = this.take(extraBits[symbol] ?? 0);
    return extra < 0 ? -1 : first + extra;
  }

  /** @returns the next symbol; -1 when there is none, with the state saying why where the input has ended */
  private decode(code: HuffmanCode): number {
    this.want(15);
    let entry = code.quick[this.bits & quickMask] ?? 0;
    if (entry === 0) entry = code.slow(this.bits);
    const used = entry & 15;
    if (entry === 0 || used > this.bitCount) {
      this.currentState = this.bitCount < 15 ? 'truncated' : 'invalid';
      return -1;
    }
    this.drop(used);
    return entry >>> 4;
  }

  /** @returns that many bits, 16 at most; -1 when the input ends before, which becomes the state */
  private take(count: number): number {
    if (!this.want(count)) {
      this.currentState = 'truncated';
      return -1;
    }
    const value = this.bits & ((1 << count) - 1);
    this.drop(count);
    return value;
  }

  private want(count: number): boolean {
    while (this.bitCount < count) {
      if (this.inputAt === this.input.length && !this.fetch()) return false;
      this.bits |= (this.input[this.inputAt++] ?? 0) << this.bitCount;
      this.bitCount += 8;
    }
    return true;
  }

  private drop(count: number): void {
    this.bits >>>= count;
    this.bitCount -= count;
  }

  private fetch(): boolean {
    if (this.inputEnded) return false;
    this.earlierBytes += this.input.length;
    const next = this.refill();
    this.inputAt = 0;
    this.input = next ?? new Uint8Array(0);
    this.inputEnded = this.input.length === 0;
    return !this.inputEnded;
  }
}

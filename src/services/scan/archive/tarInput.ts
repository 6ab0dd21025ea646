import type { ByteSource } from './byteSource';

/** Bytes in order, as tar wants them. */
export interface TarInput {
  /** @returns that many, fewer at the end */
  take(length: number): Uint8Array;
  /** @returns how many there were, fewer at the end */
  skip(length: number): number;
}

/** An archive that lies open: what is skipped costs nothing. */
export class SourceInput implements TarInput {
  private at = 0;

  constructor(private readonly source: ByteSource) {}

  take(length: number): Uint8Array {
    const bytes = this.source.read(this.at, length);
    this.at += bytes.length;
    return bytes;
  }

  skip(length: number): number {
    const count = Math.max(0, Math.min(length, this.source.sizeBytes - this.at));
    this.at += count;
    return count;
  }
}

/** An archive that is unpacked as it is read. */
export class PieceInput implements TarInput {
  private pieces: Uint8Array[] = [];
  private available = 0;

  /** @param next gives the next piece; undefined at the end, or where no more may be unpacked */
  constructor(private readonly next: () => Uint8Array | undefined) {}

  take(length: number): Uint8Array {
    this.fill(length);
    const taken: Uint8Array[] = [];
    let missing = Math.min(length, this.available);
    while (missing > 0) {
      const part = this.shift(missing);
      missing -= part.length;
      taken.push(part);
    }
    const [only] = taken;
    return taken.length === 1 && only !== undefined ? only : Buffer.concat(taken);
  }

  skip(length: number): number {
    let skipped = 0;
    while (skipped < length) {
      if (this.available === 0) this.fill(1);
      if (this.available === 0) break;
      skipped += this.shift(length - skipped).length;
    }
    return skipped;
  }

  /** What comes next, without taking it. */
  peek(length: number): Uint8Array {
    this.fill(length);
    return Buffer.concat(this.pieces, Math.min(length, this.available));
  }

  private fill(length: number): void {
    while (this.available < length) {
      const piece = this.next();
      if (piece === undefined) return;
      this.pieces.push(piece);
      this.available += piece.length;
    }
  }

  private shift(atMost: number): Uint8Array {
    const first = this.pieces.shift() ?? Buffer.alloc(0);
    const part = first.subarray(0, atMost);
    if (part.length < first.length) this.pieces.unshift(first.subarray(part.length));
    this.available -= part.length;
    return part;
  }
}

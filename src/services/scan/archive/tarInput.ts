import { ByteCollector } from './byteCollector';
import type { ByteSource } from './byteSource';

/** Bytes in order, as tar wants them. */
export interface TarInput {
  /** What is taken is no copy. */
  readonly isShared: boolean;
  /** @returns that many, fewer at the end */
  take(length: number): Uint8Array;
  /** @returns how many there were, fewer at the end */
  skip(length: number): number;
}

/** An archive that lies open: what is skipped costs nothing. */
export class SourceInput implements TarInput {
  private at = 0;

  constructor(private readonly source: ByteSource) {}

  get isShared(): boolean {
    return this.source.isShared;
  }

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

/** Members are rarely larger; what one claims to be may be a lie. */
const likelyBytes = 4 * 1024 * 1024;

/** An archive that is unpacked as it is read. */
export class PieceInput implements TarInput {
  readonly isShared = false;
  private piece: Uint8Array = new Uint8Array(0);

  /**
   * @param next gives the next piece, which holds until it is asked for another; undefined at the end, or where no more
   *   may be unpacked
   */
  constructor(private readonly next: () => Uint8Array | undefined) {}

  take(length: number): Uint8Array {
    const collector = new ByteCollector(Math.min(length, likelyBytes), length);
    for (let missing = length; missing > 0 && this.hasMore();) {
      const part = this.shift(missing);
      missing -= part.length;
      collector.add(part);
    }
    return collector.bytes();
  }

  skip(length: number): number {
    let skipped = 0;
    while (skipped < length && this.hasMore()) skipped += this.shift(length - skipped).length;
    return skipped;
  }

  /** What comes next, without taking it. */
  peek(length: number): Uint8Array {
    while (this.piece.length < length) {
      const held = Buffer.from(this.piece);
      const more = this.next();
      if (more === undefined) {
        this.piece = held;
        break;
      }
      this.piece = Buffer.concat([held, more]);
    }
    return this.piece.subarray(0, length);
  }

  private hasMore(): boolean {
    if (this.piece.length === 0) this.piece = this.next() ?? this.piece;
    return this.piece.length > 0;
  }

  private shift(atMost: number): Uint8Array {
    const part = this.piece.subarray(0, atMost);
    this.piece = this.piece.subarray(part.length);
    return part;
  }
}

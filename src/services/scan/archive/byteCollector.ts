const smallestBytes = 64 * 1024;

/** Puts pieces together without ever holding them twice, as a list of them that is joined at the end would. */
export class ByteCollector {
  private buffer: Buffer;
  private filled = 0;

  /**
   * @param expectedBytes how much is likely to come; memory that is not filled costs nothing
   * @param maxBytes what comes beyond is dropped
   */
  constructor(
    expectedBytes: number,
    private readonly maxBytes: number,
  ) {
    this.buffer = Buffer.allocUnsafe(Math.min(expectedBytes, maxBytes));
  }

  add(piece: Uint8Array): void {
    const count = Math.min(piece.length, this.maxBytes - this.filled);
    const needed = this.filled + count;
    if (needed > this.buffer.length) this.grow(needed);
    this.buffer.set(count === piece.length ? piece : piece.subarray(0, count), this.filled);
    this.filled = needed;
  }

  /** What has come; nothing may be added afterwards. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.filled);
  }

  private grow(needed: number): void {
    const larger = Math.min(this.maxBytes, Math.max(needed, this.buffer.length * 2, smallestBytes));
    const buffer = Buffer.allocUnsafe(larger);
    this.buffer.copy(buffer, 0, 0, this.filled);
    this.buffer = buffer;
  }
}

/** How often each byte occurs; counts as the content passes. */
export class ByteHistogram {
  /** Doubles hold the counts of any file; they are many times slower to add to than the integers of one part. */
  private readonly counts = new Float64Array(256);
  private total = 0;

  /** @param bytes fewer than 4 GB of them */
  add(bytes: Uint8Array): void {
    const part = new Uint32Array(256);
    const { length } = bytes;
    // An iterator here would take fifteen times as long.
    for (let index = 0; index < length; index++) {
      const byte = bytes[index] ?? 0;
      part[byte] = (part[byte] ?? 0) + 1;
    }
    for (let byte = 0; byte < 256; byte++) this.counts[byte] = (this.counts[byte] ?? 0) + (part[byte] ?? 0);
    this.total += length;
  }

  /** Shannon entropy in bits a byte, 0–8; 0 for nothing. */
  entropy(): number {
    let sum = 0;
    for (const count of this.counts) if (count > 0) sum -= count * Math.log2(count / this.total);
    return this.total === 0 ? 0 : Math.min(8, Math.max(0, sum / this.total));
  }
}

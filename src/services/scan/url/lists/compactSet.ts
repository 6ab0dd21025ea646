/**
 * Many texts in little memory: their bytes one after another, and a table of places in them. A million names of hosts
 * take some 30 MB, where a `Set` takes 100 and more, and asking is as fast.
 */
export class CompactSet {
  private bytes = new Uint8Array(1_024);
  /** Places in `bytes`, plus one; 0: free. A power of two of them. */
  private slots = new Uint32Array(64);
  private used = 1;
  private count = 0;
  private scratch = new Uint8Array(256);

  get size(): number {
    return this.count;
  }

  get byteLength(): number {
    return this.bytes.byteLength + this.slots.byteLength;
  }

  /** @returns whether it was not there yet. @throws RangeError for texts of more than 65,535 bytes */
  add(text: string): boolean {
    const length = this.encode(text);
    if (length > 0xffff) throw new RangeError('The text is too long for a set of names.');
    if ((this.count + 1) * 10 > this.slots.length * 6) this.grow();
    const slot = this.slotOf(length);
    if (this.slots[slot] !== 0) return false;
    this.makeRoom(length + 2);
    this.slots[slot] = this.used;
    this.bytes[this.used - 1] = length & 0xff;
    this.bytes[this.used] = length >> 8;
    this.bytes.set(this.scratch.subarray(0, length), this.used + 1);
    this.used += length + 2;
    this.count += 1;
    return true;
  }

  has(text: string): boolean {
    const length = this.encode(text);
    return length <= 0xffff && this.slots[this.slotOf(length)] !== 0;
  }

  /** Gives back what was kept free for more. */
  trim(): void {
    this.bytes = this.bytes.slice(0, this.used);
  }

  /** Into the scratch. @returns the length */
  private encode(text: string): number {
    if (this.scratch.length < text.length * 3) this.scratch = new Uint8Array(text.length * 3);
    const { scratch } = this;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      // Names are plain text, for which this is faster than an encoder.
      if (unit > 0x7f) return encoder.encodeInto(text, scratch).written;
      scratch[index] = unit;
    }
    return text.length;
  }

  /** Where the text in the scratch is, or would be. */
  private slotOf(length: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(this.scratch, 0, length) & mask;
    for (;;) {
      const place = this.slots[slot] ?? 0;
      if (place === 0 || this.isAt(place, length)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private isAt(place: number, length: number): boolean {
    const { bytes, scratch } = this;
    if (((bytes[place - 1] ?? 0) | ((bytes[place] ?? 0) << 8)) !== length) return false;
    for (let index = 0; index < length; index++) {
      if (bytes[place + 1 + index] !== scratch[index]) return false;
    }
    return true;
  }

  private makeRoom(length: number): void {
    const needed = this.used + length;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, Math.ceil(this.bytes.length * 1.5)));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(before.length * 2);
    const mask = this.slots.length - 1;
    for (const place of before) {
      if (place === 0) continue;
      const length = (this.bytes[place - 1] ?? 0) | ((this.bytes[place] ?? 0) << 8);
      let slot = hash(this.bytes, place + 1, length) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = place;
    }
  }
}

const encoder = new TextEncoder();

/** FNV-1a, with its bits mixed at the end: the table takes the low ones. */
function hash(bytes: Uint8Array, start: number, length: number): number {
  let value = 0x811c9dc5;
  for (let index = start; index < start + length; index++) {
    value = Math.imul(value ^ (bytes[index] ?? 0), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

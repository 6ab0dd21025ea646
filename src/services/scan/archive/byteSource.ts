import { readSync } from 'node:fs';
import { refusalOf } from '../../files/regularFile';

/** Bytes that can be read at any place: a file's content in memory, or an open file too large for that. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** What is read is no copy. */
  readonly isShared: boolean;
  /** @returns what is there, fewer bytes than asked for at the end; not to be changed, and valid for good */
  read(position: number, length: number): Buffer;
}

export class MemorySource implements ByteSource {
  readonly isShared = true;
  private readonly content: Buffer;

  constructor(readonly bytes: Uint8Array) {
    this.content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get sizeBytes(): number {
    return this.content.length;
  }

  read(position: number, length: number): Buffer {
    return this.content.subarray(position, position + length);
  }
}

/** Small reads next to each other are answered from one read of this size. */
const windowBytes = 64 * 1024;
const smallBytes = 16 * 1024;

/** A file that whoever opened it closes. What the system refuses to read counts as the file's end. */
export class FileSource implements ByteSource {
  readonly isShared = false;
  private window: Buffer = Buffer.alloc(0);
  private windowAt = 0;

  constructor(
    private readonly descriptor: number,
    readonly sizeBytes: number,
  ) {}

  read(position: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - position));
    if (wanted > smallBytes) return this.readFile(position, wanted);
    const isInside = position >= this.windowAt && position + wanted <= this.windowAt + this.window.length;
    if (!isInside) {
      this.window = this.readFile(position, Math.min(windowBytes, Math.max(0, this.sizeBytes - position)));
      this.windowAt = position;
    }
    return this.window.subarray(position - this.windowAt, position - this.windowAt + wanted);
  }

  private readFile(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    try {
      while (filled < length) {
        const count = readSync(this.descriptor, bytes, filled, length - filled, position + filled);
        if (count === 0) break;
        filled += count;
      }
    } catch (error) {
      refusalOf(error);
    }
    return bytes.subarray(0, filled);
  }
}

/** @returns whether both hold the same bytes */
export function isSameContent(one: ByteSource, other: ByteSource): boolean {
  if (one.sizeBytes !== other.sizeBytes) return false;
  const pieceBytes = 1024 * 1024;
  for (let at = 0; at < one.sizeBytes; at += pieceBytes) {
    if (!one.read(at, pieceBytes).equals(other.read(at, pieceBytes))) return false;
  }
  return true;
}

import { crc32 } from 'node:zlib';
import { type FileContent, piecesOf } from '../../files/fileContent';
import { ReadAhead } from './readAhead';

/** The size of the pages of a history, which SQLite writes one at a time. */
const blockBytes = 8_192;
/** More than any file is long. */
const endless = 2 ** 52;

/**
 * A database file that stays on the disk: what SQLite asks for is read there, and what it changes is kept here. A
 * history of a year would otherwise be in the memory of each window as a whole, and opening it would take as long as
 * copying it.
 *
 * sql.js has a file system in memory alone, and keeps in it what it is given as the content of a file. It uses four
 * things of that: `length`, then `slice`, in the belief that it takes a copy, and from then on `subarray` to read and
 * `set` to write. This class has these four.
 */
export class OverlaidFile {
  private readonly blocks = new Map<number, Uint8Array>();
  private readonly scratch = new Uint8Array(blockBytes);
  private endBytes: number;
  private isTaken = false;
  private mayBeCopied = false;
  private firstFailure: Error | undefined;
  private windows: ReadAhead;

  /** @param diskError makes what the C library in sql.js takes for an error of the disk */
  constructor(
    private content: FileContent,
    private readonly diskError: () => Error,
  ) {
    this.windows = new ReadAhead(content);
    this.endBytes = content.sizeBytes;
  }

  /** Why SQLite was told of an error of the disk, if it ever was. It may then be in any state. */
  get failure(): Error | undefined {
    return this.firstFailure;
  }

  /** What is kept in memory. */
  get changedBytes(): number {
    return this.blocks.size * blockBytes;
  }

  /** With what was added. */
  get sizeBytes(): number {
    return this.endBytes;
  }

  /** Fills the target with what begins at a position. Throws what the system throws. */
  read(target: Uint8Array, position: number): void {
    try {
      this.readStored(target, position);
      this.overlay(target, position);
    } catch (error) {
      throw this.failed(error);
    }
  }

  /**
   * The whole file, with its changes; each piece lasts until the next one.
   * @throws what the system throws; an error where the file on the disk is not what it was
   */
  *pieces(): Generator<Uint8Array> {
    const { content } = this;
    if (this.mayBeCopied) throw this.failed(new Error('SQLite has a copy of its own.'));
    let [position, checksum] = [0, 0];
    const read = (target: Uint8Array, from: number): void => {
      checksum = crc32(this.readStored(target, from), checksum);
      this.overlay(target, from);
      position += target.length;
      // Before the last piece is had, so that nobody takes what there is for the whole.
      if (position === this.endBytes && checksum !== content.crc32) {
        throw new Error('Somebody has changed the file.');
      }
    };
    try {
      yield* piecesOf({ sizeBytes: this.endBytes, read });
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** Throws what `pieces` throws. */
  check(): void {
    Array.from(this.pieces(), ({ length }) => length);
  }

  /** Goes on with another file of what `pieces` gave, and nothing in memory. */
  rebase(content: FileContent): void {
    const old = this.content;
    this.content = content;
    this.windows = new ReadAhead(content);
    this.blocks.clear();
    old.close();
  }

  /** From now on sql.js may take a copy after all, and use that instead. */
  letGo(): void {
    this.mayBeCopied = true;
  }

  close(): void {
    this.content.close();
    this.blocks.clear();
  }

  /** For sql.js: the size; and once it has taken the file, one that it never has to make room beyond. */
  get length(): number {
    return this.isTaken ? endless : this.endBytes;
  }

  /** For sql.js, which takes the file by it. */
  slice(): this {
    this.isTaken = true;
    return this;
  }

  /** For sql.js. @returns bytes that last until the next call */
  subarray(begin: number, end: number): Uint8Array {
    const length = end - begin;
    const block = this.blocks.get(Math.floor(begin / blockBytes));
    const from = begin % blockBytes;
    if (block !== undefined && from + length <= blockBytes) return block.subarray(from, from + length);
    return this.orDiskError(() => {
      const bytes = this.roomFor(length);
      this.read(bytes, begin);
      return bytes;
    });
  }

  /** For sql.js. */
  set(bytes: Uint8Array, position: number): void {
    for (const { index, from, at, length } of blocksIn(position, bytes.length)) {
      let block = this.blocks.get(index);
      if (block === undefined) {
        block = new Uint8Array(blockBytes);
        const fresh = block;
        if (length < blockBytes) {
          this.orDiskError(() => {
            this.read(fresh, index * blockBytes);
          });
        }
        this.blocks.set(index, block);
      }
      block.set(bytes.subarray(at, at + length), from);
    }
    this.endBytes = Math.max(this.endBytes, position + bytes.length);
  }

  private roomFor(length: number): Uint8Array {
    // SQLite reads pages; whoever asks for more at once takes a copy of the file to go on with, shortened.
    if (length <= blockBytes) return this.scratch.subarray(0, length);
    if (this.mayBeCopied) return new Uint8Array(length);
    throw this.failed(new Error('SQLite cuts the file off, which it is not open for.'));
  }

  /** @returns the part that the file on the disk has; behind it are zeros */
  private readStored(target: Uint8Array, position: number): Uint8Array {
    const stored = target.subarray(0, Math.max(0, this.content.sizeBytes - position));
    if (stored.length > 0) this.windows.read(stored, position);
    target.fill(0, stored.length);
    return stored;
  }

  private overlay(target: Uint8Array, position: number): void {
    if (this.blocks.size === 0) return;
    for (const { index, from, at, length } of blocksIn(position, target.length)) {
      const block = this.blocks.get(index);
      if (block !== undefined) target.set(block.subarray(from, from + length), at);
    }
  }

  private orDiskError<T>(read: () => T): T {
    try {
      return read();
    } catch {
      // Why is in `failure`.
      throw this.diskError();
    }
  }

  private failed(error: unknown): Error {
    this.firstFailure ??= error instanceof Error ? error : new Error(String(error));
    return this.firstFailure;
  }
}

interface BlockPart {
  readonly index: number;
  /** Where in the block. */
  readonly from: number;
  /** Where in the range. */
  readonly at: number;
  readonly length: number;
}

function* blocksIn(position: number, length: number): Generator<BlockPart> {
  for (let at = 0; at < length;) {
    const index = Math.floor((position + at) / blockBytes);
    const from = (position + at) % blockBytes;
    const part = Math.min(blockBytes - from, length - at);
    yield { index, from, at, length: part };
    at += part;
  }
}

import { crc32 } from 'node:zlib';
import { type FileCalls, ifPresent } from './fileCalls';

/** A file's content that is read where it is needed, instead of being held in memory as a whole. */
export interface FileContent {
  readonly sizeBytes: number;
  /** CRC-32 of the whole, as it was when it was opened. */
  readonly crc32: number;
  /** Fills the target with what begins at a position. Throws what the system throws, or an error where it ends early. */
  read(target: Uint8Array, position: number): void;
  /** May be called more than once. */
  close(): void;
}

/**
 * Opens a file that nobody writes into, as those that are written under another name and renamed. It is read once, for
 * its checksum. Throws what the system throws.
 * @returns what it holds now, whatever takes its name later; undefined where it is not there
 */
export function openContent(calls: FileCalls, file: string): FileContent | undefined {
  const descriptor = ifPresent(() => calls.open(file, 'r'));
  if (descriptor === undefined) return undefined;
  let isOpen = true;
  const close = (): void => {
    // A second time it may be the number of another file.
    const wasOpen = isOpen;
    isOpen = false;
    if (wasOpen) calls.close(descriptor);
  };
  try {
    const sizeBytes = calls.sizeOf(descriptor);
    const read = (target: Uint8Array, position: number): void => {
      readAll(calls, descriptor, target, position);
    };
    let checksum = 0;
    for (const piece of piecesOf({ sizeBytes, read })) checksum = crc32(piece, checksum);
    return { sizeBytes, crc32: checksum, read, close };
  } catch (error) {
    close();
    throw error;
  }
}

function readAll(calls: FileCalls, descriptor: number, target: Uint8Array, position: number): void {
  for (let length = 0; length < target.length;) {
    const count = calls.read(descriptor, target, length, target.length - length, position + length);
    if (count === 0) throw endsEarly(position + length);
    length += count;
  }
}

/** Content that is in memory already. */
export function contentOf(bytes: Uint8Array): FileContent {
  return {
    sizeBytes: bytes.length,
    crc32: crc32(bytes),
    read: (target, position) => {
      const part = bytes.subarray(position, position + target.length);
      if (part.length < target.length) throw endsEarly(position + part.length);
      target.set(part);
    },
    close: () => undefined,
  };
}

function endsEarly(position: number): Error {
  return new Error(`The file ends after ${position} bytes.`);
}

const pieceBytes = 256 * 1_024;

/**
 * The whole of it, piece by piece. All pieces are in one buffer, which is small enough to stay near the processor: going
 * through a large file this way takes a fraction of the time that reading it into memory takes.
 */
export function* piecesOf(content: Pick<FileContent, 'sizeBytes' | 'read'>): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(pieceBytes, content.sizeBytes));
  for (let position = 0; position < content.sizeBytes; position += buffer.length) {
    const piece = buffer.subarray(0, Math.min(buffer.length, content.sizeBytes - position));
    content.read(piece, position);
    yield piece;
  }
}

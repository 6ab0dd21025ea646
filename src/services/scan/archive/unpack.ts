import { crc32, gunzipSync, inflateRawSync } from 'node:zlib';
import type { ArchiveProblem } from './archive';
import type { ArchiveBudget } from './archiveBudget';
import { ByteCollector } from './byteCollector';
import type { ByteSource } from './byteSource';
import { Inflater } from './inflater';

export interface Trouble {
  readonly problem: ArchiveProblem;
  readonly detail?: string;
  /** What all of it would unpack to, as far as that can be told. */
  readonly claimedBytes?: number;
}

/** What came of unpacking one member: with trouble, what came before it. */
export interface Unpacked {
  readonly bytes: Uint8Array;
  /** They are part of the archive's own, and take no memory of theirs. */
  readonly isShared?: boolean;
  readonly trouble?: Trouble;
}

/** A run of packed bytes. */
export interface Packed {
  readonly source: ByteSource;
  readonly start: number;
  readonly length: number;
}

export const inputPieceBytes = 64 * 1024;

/** Hands on a run of bytes piece by piece. */
function piecesOf({ source, start, length }: Packed): () => Uint8Array {
  let done = 0;
  return () => {
    const piece = source.read(start + done, Math.min(inputPieceBytes, length - done));
    done += piece.length;
    return piece;
  };
}

/**
 * The way for members that are what they say they are, by Node's zlib in one call.
 * @param expectedBytes which the output must have exactly
 * @returns undefined where anything is odd: then they are unpacked piece by piece
 */
export function inflateWhole(
  packed: Packed,
  expectedBytes: number,
  format: 'deflate' | 'gzip',
  budget: ArchiveBudget,
): Buffer | undefined {
  // A gzip file may be an archive of many members, none of which is that large.
  const maxBytes = Math.min(format === 'gzip' ? budget.wholeBytes : budget.memberBytes, budget.leftBytes);
  if (expectedBytes === 0 || expectedBytes > maxBytes) return undefined;
  if (budget.isRatioTooHigh(expectedBytes, packed.length)) return undefined;
  const input = packed.source.read(packed.start, packed.length);
  // One place more than needed: zlib would go on into a second buffer after it has filled the first one.
  const options = { maxOutputLength: expectedBytes, chunkSize: Math.max(64, expectedBytes + 1), info: true };
  try {
    const { buffer, engine } = asInformed(
      format === 'gzip' ? gunzipSync(input, options) : inflateRawSync(input, options),
    );
    // What zlib leaves unread other programs may read.
    return buffer.length === expectedBytes && engine.bytesWritten === input.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

interface Informed {
  readonly buffer: Buffer;
  /** `bytesWritten`: how much of the input was read. */
  readonly engine: { readonly bytesWritten: number };
}

/** What zlib returns where it is asked for `info`, of which its types know nothing. */
export function asInformed(result: unknown): Informed {
  return result as Informed;
}

/** No byte of DEFLATE becomes more than this many. */
const mostRatio = 1032;

/**
 * Unpacks a member of which anything may be untrue.
 * @param expectedBytes what it claims to become
 */
export function inflateBounded(
  packed: Packed,
  expectedBytes: number,
  budget: ArchiveBudget,
): Unpacked & { consumedBytes: number } {
  const inflater = new Inflater(piecesOf(packed));
  const maxBytes = budget.memberBytes;
  const collector = new ByteCollector(Math.min(expectedBytes, packed.length * mostRatio), maxBytes);
  let length = 0;
  let trouble: Trouble | undefined;
  for (let piece = inflater.read(); piece !== undefined; piece = inflater.read()) {
    budget.checkpoint();
    collector.add(piece);
    length += piece.length;
    const isWithin = budget.addBytes(piece.length);
    const claimedBytes = Math.round((length / Math.max(1, inflater.consumedBytes)) * packed.length);
    if (budget.isRatioTooHigh(length, inflater.consumedBytes))
      trouble = { problem: 'ratioTooHigh', claimedBytes };
    else if (length > maxBytes) trouble = { problem: 'memberTooLarge', claimedBytes };
    if (!isWithin || trouble !== undefined) break;
  }
  if (inflater.state === 'truncated') trouble ??= { problem: 'truncated' };
  if (inflater.state === 'invalid')
    trouble ??= { problem: 'damaged', detail: 'its compressed data is invalid' };
  const { consumedBytes } = inflater;
  return { bytes: collector.bytes(), consumedBytes, ...(trouble === undefined ? {} : { trouble }) };
}

/** @returns whether the checksum is that of the bytes */
export function hasChecksum(bytes: Uint8Array, checksum: number): boolean {
  return crc32(bytes) === checksum;
}

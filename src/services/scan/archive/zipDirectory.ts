import type { ByteSource } from './byteSource';
import { zipName } from './memberName';

/** What a zip's directory, or the header before a member's data, says about the member. */
export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Where the header before its data begins. */
  readonly headerAt: number;
}

/** Where the directory lies. */
export interface ZipDirectory {
  readonly at: number;
  readonly entryCount: number;
  readonly sizeBytes: number;
  /** Added to each position that the archive names: something was put before it. */
  readonly bias: number;
  readonly isSplit: boolean;
}

export const zipFlags = { encrypted: 1, sizesFollow: 8 } as const;

const endSignature = Buffer.from('PK\x05\x06', 'latin1');
const endBytes = 22;
const longestComment = 0xffff;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const locatorSignature = 0x07064b50;
const locatorBytes = 20;
const end64Signature = 0x06064b50;
const end64Bytes = 56;
const unknown32 = 0xffffffff;
const unknown16 = 0xffff;
/** A comment may contain what looks like an end; more than a few is made to confuse. */
const maxEnds = 16;

/**
 * Finds the directory by the record at the archive's end: the last one that leads to a directory.
 * @returns `hasEnd`: there is such a record, whether or not it leads anywhere
 */
export function findZipDirectory(source: ByteSource): { directory?: ZipDirectory; hasEnd: boolean } {
  const tailAt = Math.max(0, source.sizeBytes - endBytes - longestComment);
  const tail = source.read(tailAt, source.sizeBytes - tailAt);
  // Nearly all files have none, which is seen several times as fast from the front.
  if (!tail.includes(endSignature)) return { hasEnd: false };
  let hasEnd = false;
  let at = tail.lastIndexOf(endSignature);
  for (let tries = 0; at >= 0 && tries < maxEnds; tries++) {
    if (at + endBytes <= tail.length) {
      hasEnd = true;
      const directory = directoryOf(source, tailAt + at, tail.subarray(at, at + endBytes));
      if (directory !== undefined) return { directory, hasEnd };
    }
    at = at === 0 ? -1 : tail.lastIndexOf(endSignature, at - 1);
  }
  return { hasEnd };
}

function directoryOf(source: ByteSource, endAt: number, end: Buffer): ZipDirectory | undefined {
  const disks = end.readUInt16LE(4) | end.readUInt16LE(6);
  const plain = {
    entryCount: end.readUInt16LE(10),
    sizeBytes: end.readUInt32LE(12),
    offset: end.readUInt32LE(16),
    recordAt: endAt,
    isSplit: disks !== 0 && disks !== unknown16,
  };
  const { entryCount, sizeBytes, offset, recordAt, isSplit } = end64Of(source, endAt) ?? plain;
  // Directly before its record, whatever has been put before the archive; or where it says that it is.
  for (const at of [recordAt - sizeBytes, offset]) {
    if (at < 0 || at + sizeBytes > endAt) continue;
    if (entryCount === 0 || isEntryAt(source, at)) {
      return { at, entryCount, sizeBytes, bias: at - offset, isSplit };
    }
  }
  return undefined;
}

/** The record of archives with large numbers (zip64). */
function end64Of(
  source: ByteSource,
  endAt: number,
): { entryCount: number; sizeBytes: number; offset: number; recordAt: number; isSplit: boolean } | undefined {
  const locator = source.read(endAt - locatorBytes, locatorBytes);
  if (endAt < locatorBytes || locator.length < locatorBytes) return undefined;
  if (locator.readUInt32LE(0) !== locatorSignature) return undefined;
  for (const at of [safeNumber(locator, 8), endAt - locatorBytes - end64Bytes]) {
    const record = at < 0 ? Buffer.alloc(0) : source.read(at, end64Bytes);
    if (record.length < end64Bytes || record.readUInt32LE(0) !== end64Signature) continue;
    return {
      entryCount: safeNumber(record, 32),
      sizeBytes: safeNumber(record, 40),
      offset: safeNumber(record, 48),
      recordAt: at,
      isSplit: locator.readUInt32LE(16) > 1,
    };
  }
  return undefined;
}

function isEntryAt(source: ByteSource, at: number): boolean {
  const bytes = source.read(at, entryBytes);
  return bytes.length === entryBytes && bytes.readUInt32LE(0) === entrySignature;
}

/**
 * Reads the directory's entries, one at a time.
 * @returns whether there were as many as it should hold, all in order
 */
export function* readZipEntries(source: ByteSource, directory: ZipDirectory): Generator<ZipEntry, boolean> {
  let at = directory.at;
  const end = directory.at + directory.sizeBytes;
  let count = 0;
  while (at < end && isEntryAt(source, at)) {
    const fixed = source.read(at, entryBytes);
    const nameBytes = fixed.readUInt16LE(28);
    const extraBytes = fixed.readUInt16LE(30);
    const variable = source.read(at + entryBytes, nameBytes + extraBytes);
    if (variable.length < nameBytes + extraBytes) return false;
    const large = largeNumbers(variable.subarray(nameBytes), fixed);
    yield {
      name: zipName(variable.subarray(0, nameBytes)),
      flags: fixed.readUInt16LE(8),
      method: fixed.readUInt16LE(10),
      checksum: fixed.readUInt32LE(16),
      packedBytes: large.packedBytes,
      unpackedBytes: large.unpackedBytes,
      headerAt: large.headerAt + directory.bias,
    };
    count++;
    at += entryBytes + nameBytes + extraBytes + fixed.readUInt16LE(32);
  }
  // Writers without zip64 let the count wrap around.
  return at === end && count % (unknown16 + 1) === directory.entryCount % (unknown16 + 1);
}

/** Sizes and position, from the zip64 field for those that do not fit 32 bits. */
function largeNumbers(
  extra: Buffer,
  fixed: Buffer,
): { packedBytes: number; unpackedBytes: number; headerAt: number } {
  const field = extraField(extra, 1);
  let at = 0;
  const value = (offset: number): number => {
    const plain = fixed.readUInt32LE(offset);
    if (plain !== unknown32 || field === undefined || at + 8 > field.length) return plain;
    at += 8;
    return safeNumber(field, at - 8);
  };
  const unpackedBytes = value(24);
  const packedBytes = value(20);
  return { packedBytes, unpackedBytes, headerAt: value(42) };
}

export function extraField(extra: Buffer, id: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length;) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return undefined;
}

/** 64 bits as a number; what is too large to be one is larger than any file, and stays so. */
export function safeNumber(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

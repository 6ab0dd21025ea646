import type { ByteSource } from './byteSource';
import { zipName } from './memberName';
import { extraField, safeNumber, type ZipDirectory, type ZipEntry, zipFlags } from './zipDirectory';

const headerSignature = Buffer.from('PK\x03\x04', 'latin1');
const headerBytes = 30;
const unknown32 = 0xffffffff;
/** Methods that exist (APPNOTE 4.4.5); a header with another one is none. */
const knownMethods = new Set([
  0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 16, 18, 19, 20, 93, 94, 95, 96, 97, 98, 99,
]);
const newestVersion = 63;
const longestName = 4096;
/** Gaps are searched in pieces from the first of these sizes to the second: what comes next is mostly near. */
const searchBytes = { least: 4 * 1024, most: 1024 * 1024 };

/** A member whose place is known. */
export interface ZipMember extends ZipEntry {
  /** Where its packed bytes begin; absent where there is no header. */
  readonly dataAt?: number;
  /** Its bytes are in part those of another member. */
  readonly overlaps: boolean;
}

/** Looks up where the data of each entry begins, and whether two share bytes. In the order of the directory. */
export function placeMembers(source: ByteSource, entries: readonly ZipEntry[]): readonly ZipMember[] {
  const placed = entries.map((entry) => ({ entry, dataAt: dataPosition(source, entry.headerAt) }));
  const byPosition = placed.filter(({ dataAt }) => dataAt !== undefined);
  byPosition.sort((one, other) => one.entry.headerAt - other.entry.headerAt);
  const overlapping = new Set<ZipEntry>();
  let coveredTo = 0;
  for (const { entry, dataAt } of byPosition) {
    if (entry.headerAt < coveredTo) overlapping.add(entry);
    coveredTo = Math.max(coveredTo, (dataAt ?? 0) + entry.packedBytes);
  }
  return placed.map(({ entry, dataAt }) => ({
    ...entry,
    ...(dataAt === undefined ? {} : { dataAt }),
    overlaps: overlapping.has(entry),
  }));
}

function dataPosition(source: ByteSource, headerAt: number): number | undefined {
  if (headerAt < 0 || headerAt >= source.sizeBytes) return undefined;
  const header = source.read(headerAt, headerBytes);
  if (header.length < headerBytes || !header.subarray(0, 4).equals(headerSignature)) return undefined;
  return headerAt + headerBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/** Runs of bytes that belong to no member and not to the directory, each long enough for a header. */
export function gapsBetween(
  source: ByteSource,
  members: readonly ZipMember[],
  directory: ZipDirectory | undefined,
): readonly { readonly start: number; readonly end: number }[] {
  const used = members.flatMap(({ headerAt, dataAt, packedBytes }) =>
    dataAt === undefined ? [] : [{ start: headerAt, end: dataAt + packedBytes }],
  );
  // What follows the directory is records and a comment: a file has them wherever its members are.
  if (directory !== undefined) used.push({ start: directory.at, end: directory.at + directory.sizeBytes });
  used.sort((one, other) => one.start - other.start);
  const gaps: { start: number; end: number }[] = [];
  let start = 0;
  for (const run of [...used, { start: source.sizeBytes, end: source.sizeBytes }]) {
    if (run.start - start > headerBytes) gaps.push({ start, end: run.start });
    start = Math.max(start, run.end);
  }
  return gaps;
}

/** A member found by its own header. */
export interface FoundMember extends ZipEntry {
  readonly dataAt: number;
  /** Its sizes follow its data. */
  readonly sizesUnknown: boolean;
}

/** @returns the first member whose header lies there */
export function findMember(
  source: ByteSource,
  start: number,
  end: number,
  checkpoint: () => void,
): FoundMember | undefined {
  let length = searchBytes.least;
  for (
    let at = start;
    at + headerBytes < end;
    at += length, length = Math.min(length * 4, searchBytes.most)
  ) {
    checkpoint();
    // A header may begin in one piece and end in the next.
    const piece = source.read(at, Math.min(length + headerBytes, end - at));
    for (
      let found = piece.indexOf(headerSignature);
      found >= 0;
      found = piece.indexOf(headerSignature, found + 4)
    ) {
      const member = memberAt(source, at + found, end);
      if (member !== undefined) return member;
    }
  }
  return undefined;
}

/** Only what is plausible throughout: programs that unpack archives have the signature in their code. */
function memberAt(source: ByteSource, headerAt: number, end: number): FoundMember | undefined {
  const header = source.read(headerAt, headerBytes);
  if (header.length < headerBytes) return undefined;
  const method = header.readUInt16LE(8);
  const nameBytes = header.readUInt16LE(26);
  const dataAt = headerAt + headerBytes + nameBytes + header.readUInt16LE(28);
  if (header.readUInt8(4) > newestVersion || !knownMethods.has(method)) return undefined;
  if (nameBytes === 0 || nameBytes > longestName || dataAt > end) return undefined;
  const variable = source.read(headerAt + headerBytes, dataAt - headerAt - headerBytes);
  const name = variable.subarray(0, nameBytes);
  if (name.some((byte) => byte < 0x20)) return undefined;
  const flags = header.readUInt16LE(6);
  const sizes = sizesOf(header, variable.subarray(nameBytes));
  const sizesUnknown = (flags & zipFlags.sizesFollow) !== 0 && sizes.packedBytes === 0;
  return {
    name: zipName(name),
    flags,
    method,
    checksum: header.readUInt32LE(14),
    ...sizes,
    headerAt,
    dataAt,
    sizesUnknown,
  };
}

function sizesOf(header: Buffer, extra: Buffer): { packedBytes: number; unpackedBytes: number } {
  const packedBytes = header.readUInt32LE(18);
  const unpackedBytes = header.readUInt32LE(22);
  const field = extraField(extra, 1);
  if (field === undefined || field.length < 16) return { packedBytes, unpackedBytes };
  return {
    unpackedBytes: unpackedBytes === unknown32 ? safeNumber(field, 0) : unpackedBytes,
    packedBytes: packedBytes === unknown32 ? safeNumber(field, 8) : packedBytes,
  };
}

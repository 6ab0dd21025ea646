import type { ArchiveBudget } from './archiveBudget';
import type { ByteSource } from './byteSource';
import type { FormatEvent } from './formatEvent';
import { escapesFolder } from './memberName';
import {
  hasChecksum,
  inflateBounded,
  inflateWhole,
  type Packed,
  type Trouble,
  type Unpacked,
  unzstd,
} from './unpack';
import { findZipDirectory, readZipEntries, type ZipEntry, zipFlags, type ZipDirectory } from './zipDirectory';
import { findMember, type FoundMember, gapsBetween, placeMembers, type ZipMember } from './zipMembers';

const methods: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  95: 'XZ',
  98: 'PPMd',
};
const aesMethod = 99;

/**
 * Reads a zip archive by its directory, and after that whatever members lie where the directory names none: programs
 * differ in what they take for the archive, and what one of them would unpack is looked at.
 */
export function* readZip(source: ByteSource, budget: ArchiveBudget): Generator<FormatEvent> {
  const { directory, hasEnd } = findZipDirectory(source);
  const entries: ZipEntry[] = [];
  let isSound = false;
  if (directory !== undefined) {
    const reading = readZipEntries(source, directory);
    let next = reading.next();
    // One more than may be read is enough to know that there are too many.
    while (next.done !== true && entries.length <= budget.limits.maxMembers) {
      if (entries.length % 1024 === 0) budget.checkpoint();
      entries.push(next.value);
      next = reading.next();
    }
    isSound = next.done === true ? next.value : true;
  }
  if (directory?.isSplit === true) {
    yield { type: 'problem', problem: 'truncated', detail: 'it is one part of a split archive' };
  } else if (!hasEnd) yield { type: 'problem', problem: 'truncated', detail: 'its directory is missing' };
  else if (!isSound) yield { type: 'problem', problem: 'damaged', detail: 'its directory is damaged' };

  const members = placeMembers(source, entries);
  const overlapping = members.filter(({ overlaps }) => overlaps);
  if (overlapping.length > 0) yield overlapProblem(overlapping);
  for (const member of members) {
    if (!budget.addMember()) return;
    yield* readMember(source, member, budget);
  }
  yield* readGaps(source, members, directory, budget);
}

function overlapProblem(overlapping: readonly ZipMember[]): FormatEvent {
  const claimedBytes = overlapping.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  const detail = `${overlapping.length} members share their data with others`;
  return { type: 'problem', problem: 'overlapping', detail, claimedBytes };
}

function* readMember(source: ByteSource, member: ZipMember, budget: ArchiveBudget): Generator<FormatEvent> {
  const { name, dataAt, packedBytes } = member;
  if (escapesFolder(name)) yield { type: 'problem', problem: 'pathTraversal', name };
  // The bytes that it shares have been read as another's, as has its header.
  if (member.overlaps || isFolder(member)) return;
  if (dataAt === undefined) {
    yield { type: 'problem', problem: 'damaged', name, detail: 'it is not where the directory says' };
    return;
  }
  const length = Math.max(0, Math.min(packedBytes, source.sizeBytes - dataAt));
  yield* unpackMember(member, { source, start: dataAt, length }, budget);
}

function isFolder({ name, unpackedBytes }: ZipEntry): boolean {
  return unpackedBytes === 0 && name.endsWith('/');
}

function* unpackMember(entry: ZipEntry, packed: Packed, budget: ArchiveBudget): Generator<FormatEvent> {
  const { name } = entry;
  if ((entry.flags & zipFlags.encrypted) !== 0) {
    // Some set the mark on what is not encrypted, which some readers do not mind.
    const plain = quickly(entry, packed, budget);
    if (plain !== undefined) yield { type: 'member', name, bytes: plain, whole: true };
    else yield { type: 'problem', problem: 'encrypted', name, detail: encryptionOf(entry) };
    return;
  }
  const { bytes, trouble } = unpackEntry(entry, packed, budget);
  if (bytes.length > 0 || trouble === undefined) {
    yield { type: 'member', name, bytes, whole: trouble === undefined };
  }
  if (trouble !== undefined) yield { type: 'problem', name, ...trouble };
}

function encryptionOf({ method }: ZipEntry): string {
  return method === aesMethod ? 'AES' : 'ZipCrypto';
}

function unpackEntry(entry: ZipEntry, packed: Packed, budget: ArchiveBudget): Unpacked {
  const quick = quickly(entry, packed, budget);
  if (quick !== undefined) return { bytes: quick };
  const unpacked = slowly(entry, packed, budget);
  if (unpacked.trouble !== undefined || budget.stoppedBy !== undefined) return unpacked;
  const trouble = whatIsUntrue(entry, packed, unpacked.bytes);
  return trouble === undefined ? unpacked : { ...unpacked, trouble };
}

/** @returns undefined unless all that the directory says about it is true */
function quickly(entry: ZipEntry, packed: Packed, budget: ArchiveBudget): Uint8Array | undefined {
  if (packed.length !== entry.packedBytes) return undefined;
  let bytes: Uint8Array | undefined;
  if (entry.method === 8) bytes = inflateWhole(packed, entry.unpackedBytes, 'deflate', budget);
  else if (
    entry.method === 0 &&
    packed.length === entry.unpackedBytes &&
    packed.length <= budget.memberBytes
  ) {
    bytes = packed.source.read(packed.start, packed.length);
  }
  if (bytes === undefined || !hasChecksum(bytes, entry.checksum)) return undefined;
  budget.addBytes(bytes.length);
  return bytes;
}

function slowly(entry: ZipEntry, packed: Packed, budget: ArchiveBudget): Unpacked {
  switch (entry.method) {
    case 0:
      return readStored(packed, budget);
    case 8:
      return inflateBounded(packed, budget);
    case 93:
      return unzstd(packed, budget);
    default: {
      const detail = methods[entry.method] ?? `method ${entry.method}`;
      return { bytes: Buffer.alloc(0), trouble: { problem: 'unsupportedMethod', detail } };
    }
  }
}

function readStored(packed: Packed, budget: ArchiveBudget): Unpacked {
  const length = Math.min(packed.length, budget.memberBytes);
  const bytes = packed.source.read(packed.start, length);
  budget.addBytes(bytes.length);
  if (length === packed.length) return { bytes };
  return { bytes, trouble: { problem: 'memberTooLarge', claimedBytes: packed.length } };
}

function whatIsUntrue(entry: ZipEntry, packed: Packed, bytes: Uint8Array): Trouble | undefined {
  if (packed.length < entry.packedBytes) return { problem: 'truncated' };
  if (bytes.length !== entry.unpackedBytes) {
    return { problem: 'damaged', detail: `it says ${entry.unpackedBytes} bytes and holds ${bytes.length}` };
  }
  if (!hasChecksum(bytes, entry.checksum)) return { problem: 'damaged', detail: 'its checksum is wrong' };
  return undefined;
}

/** Members that the directory does not name: it is missing, damaged, or hides them. */
function* readGaps(
  source: ByteSource,
  members: readonly ZipMember[],
  directory: ZipDirectory | undefined,
  budget: ArchiveBudget,
): Generator<FormatEvent> {
  let hasSaid = directory === undefined;
  for (const gap of gapsBetween(source, members, directory)) {
    let at = gap.start;
    for (;;) {
      const found = findMember(source, at, gap.end, () => {
        budget.checkpoint();
      });
      if (found === undefined) break;
      if (!hasSaid)
        yield { type: 'problem', problem: 'damaged', detail: 'its directory does not name all members' };
      hasSaid = true;
      if (!budget.addMember()) return;
      at = yield* readFound(source, found, gap.end, budget);
    }
  }
}

/** @returns where what follows it begins */
function* readFound(
  source: ByteSource,
  found: FoundMember,
  end: number,
  budget: ArchiveBudget,
): Generator<FormatEvent, number> {
  const { name, dataAt } = found;
  if (escapesFolder(name)) yield { type: 'problem', problem: 'pathTraversal', name };
  const rest = end - dataAt;
  if (!found.sizesUnknown) {
    const length = Math.min(found.packedBytes, rest);
    if (!isFolder(found)) yield* unpackMember(found, { source, start: dataAt, length }, budget);
    return dataAt + length;
  }
  if (found.method === 8 && (found.flags & zipFlags.encrypted) === 0) {
    const { bytes, trouble, consumedBytes } = inflateBounded({ source, start: dataAt, length: rest }, budget);
    if (bytes.length > 0) yield { type: 'member', name, bytes, whole: trouble === undefined };
    if (trouble !== undefined) yield { type: 'problem', name, ...trouble };
    return dataAt + Math.max(1, consumedBytes);
  }
  // Its end is not known: what it holds is seen as part of the archive's own bytes only.
  const isEncrypted = (found.flags & zipFlags.encrypted) !== 0;
  yield { type: 'problem', problem: isEncrypted ? 'encrypted' : 'damaged', name };
  return dataAt;
}

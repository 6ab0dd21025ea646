import type { ArchiveBudget } from './archiveBudget';
import type { ByteSource } from './byteSource';
import { eventsOf, type FormatEvent } from './formatEvent';
import { escapesFolder } from './memberName';
import { inflateBounded } from './unpack';
import { findZipDirectory, readZipEntries, type ZipEntry, zipFlags, type ZipDirectory } from './zipDirectory';
import { findMember, type FoundMember, gapsBetween, placeMembers, type ZipMember } from './zipMembers';
import { unpackEntry } from './zipMemberData';

const deflate = 8;
/** As long as DEFLATE says that there is nothing. */
const emptyBytes = 2;

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
  yield* eventsOf(name, unpackEntry(member, { source, start: dataAt, length }, budget));
}

/** Of one that says so, but has data, the data is looked at. */
function isFolder({ name, unpackedBytes, packedBytes }: ZipEntry): boolean {
  return unpackedBytes === 0 && packedBytes <= emptyBytes && name.endsWith('/');
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
    if (!isFolder(found))
      yield* eventsOf(name, unpackEntry(found, { source, start: dataAt, length }, budget));
    return dataAt + length;
  }
  if (found.method === deflate && (found.flags & zipFlags.encrypted) === 0) {
    const packed = { source, start: dataAt, length: rest };
    const unpacked = inflateBounded(packed, 0, budget);
    yield* eventsOf(name, unpacked);
    return dataAt + Math.max(1, unpacked.consumedBytes);
  }
  // Its end is not known: what it holds is seen as part of the archive's own bytes only.
  const isEncrypted = (found.flags & zipFlags.encrypted) !== 0;
  yield { type: 'problem', problem: isEncrypted ? 'encrypted' : 'damaged', name };
  return dataAt;
}

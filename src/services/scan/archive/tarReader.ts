import type { ArchiveBudget } from './archiveBudget';
import { MemorySource } from './byteSource';
import type { FormatEvent } from './formatEvent';
import { escapesFolder, linkEscapes } from './memberName';
import { isTarHeader, isZeroBlock, readPaxRecords, readTarHeader, tarBlockBytes, text } from './tarHeader';
import { SourceInput, type TarInput } from './tarInput';

/** Longest header that comes as a member of its own: long names, pax records. */
const longestHeader = 1024 * 1024;
/** Zeros at the end fill up a tape's record, of a megabyte at most. */
const maxZeroBlocks = (16 * 1024 * 1024) / tarBlockBytes;
/** A symbolic link that leads out is harmless until something is written through it. */
const maxLinks = 10_000;

const kinds = {
  hardLink: '1',
  symbolicLink: '2',
  characterDevice: '3',
  blockDevice: '4',
  folder: '5',
  pipe: '6',
  longLink: 'K',
  longName: 'L',
  volume: 'V',
  pax: 'x',
  globalPax: 'g',
  solarisPax: 'X',
} as const;
const withoutContent: ReadonlySet<string> = new Set([
  kinds.hardLink,
  kinds.symbolicLink,
  kinds.characterDevice,
  kinds.blockDevice,
  kinds.folder,
  kinds.pipe,
  kinds.volume,
]);

export interface TarOptions {
  /** Its bytes have been counted already, by what unpacked them. */
  readonly isCounted: boolean;
}

/** What headers before a member say about it. */
interface Overrides {
  name?: string;
  sizeBytes?: number;
}

/** Reads a tar archive in order, whatever wrote it: ustar, pax, GNU and the first one. */
export function* readTar(
  input: TarInput,
  budget: ArchiveBudget,
  options: TarOptions,
): Generator<FormatEvent> {
  const links = new Set<string>();
  let overrides: Overrides = {};
  let isLost = false;
  let zeroBlocks = 0;
  for (;;) {
    budget.checkpoint();
    const block = input.take(tarBlockBytes);
    if (block.length < tarBlockBytes) {
      // Programs do without the end's mark, too.
      if (block.length > 0 && !isZeroBlock(block)) yield* endedEarly(budget);
      return;
    }
    if (isZeroBlock(block)) {
      // Programs stop here; what somebody hid not far behind is found.
      if (++zeroBlocks > maxZeroBlocks) return;
      continue;
    }
    if (!isTarHeader(block)) {
      // After the end, it is padding. Before it, the next header is looked for, as programs do.
      if (zeroBlocks === 0 && !isLost)
        yield { type: 'problem', problem: 'damaged', detail: 'a header is damaged' };
      isLost = true;
      continue;
    }
    isLost = false;
    zeroBlocks = 0;
    const header = readTarHeader(block);
    if (header.sizeBytes < 0) {
      yield { type: 'problem', problem: 'damaged', name: header.name, detail: 'its size is no number' };
      continue;
    }
    if (isHeaderKind(header.kind)) {
      const data = takePadded(input, header.sizeBytes, longestHeader);
      if (data.isMissing) {
        yield* endedEarly(budget);
        return;
      }
      overrides = { ...overrides, ...overridesOf(header.kind, data.bytes) };
      continue;
    }
    const name = overrides.name ?? header.name;
    const sizeBytes = withoutContent.has(header.kind) ? 0 : (overrides.sizeBytes ?? header.sizeBytes);
    overrides = {};
    if (!budget.addMember()) return;
    if (escapesFolder(name)) yield { type: 'problem', problem: 'pathTraversal', name };
    else if (leadsThrough(name, links)) {
      yield { type: 'problem', problem: 'pathTraversal', name, detail: 'through a link that leads out' };
    }
    if (header.kind === kinds.symbolicLink && links.size < maxLinks && linkEscapes(name, header.linkTarget)) {
      links.add(normalized(name));
    }
    if (header.isExtended && header.kind === 'S') skipSparseMap(input);
    if (withoutContent.has(header.kind)) {
      input.skip(padded(sizeBytes));
      continue;
    }
    if (!(yield* readContent(input, name, sizeBytes, budget, options))) return;
  }
}

/** One that was unpacked in whole, and is held while its members are read. */
export function* readUnpackedTar(bytes: Uint8Array, budget: ArchiveBudget): Generator<FormatEvent> {
  budget.hold(bytes.length);
  yield* readTar(new SourceInput(new MemorySource(bytes)), budget, { isCounted: true });
  budget.release(bytes.length);
}

function isHeaderKind(kind: string): boolean {
  return (
    kind === kinds.longName ||
    kind === kinds.longLink ||
    kind === kinds.pax ||
    kind === kinds.solarisPax ||
    kind === kinds.globalPax
  );
}

function overridesOf(kind: string, data: Uint8Array): Overrides {
  if (kind === kinds.longName) return { name: text(data) };
  if (kind !== kinds.pax && kind !== kinds.solarisPax) return {};
  const records = readPaxRecords(data);
  const result: Overrides = {};
  const name = records.get('GNU.sparse.name') ?? records.get('path');
  if (name !== undefined) result.name = name;
  const size = Number(records.get('size'));
  if (records.has('size') && Number.isSafeInteger(size) && size >= 0) result.sizeBytes = size;
  return result;
}

/** @returns false when nothing can follow */
function* readContent(
  input: TarInput,
  name: string,
  sizeBytes: number,
  budget: ArchiveBudget,
  { isCounted }: TarOptions,
): Generator<FormatEvent, boolean> {
  const { isShared } = input;
  const maxBytes = isShared ? budget.sharedBytes : budget.memberBytes;
  const { bytes, isMissing } = takePadded(input, sizeBytes, maxBytes);
  if (!isCounted) budget.addBytes(bytes.length);
  if (bytes.length > 0 || sizeBytes === 0) {
    yield { type: 'member', name, bytes, isWhole: bytes.length === sizeBytes, isShared };
  }
  if (!isMissing && bytes.length < sizeBytes) {
    yield { type: 'problem', problem: 'memberTooLarge', name, claimedBytes: sizeBytes };
  }
  if (budget.stoppedBy !== undefined) return false;
  if (isMissing) yield { type: 'problem', problem: 'truncated', name };
  return !isMissing;
}

/** The beginning of a run of blocks; the rest is skipped. */
function takePadded(
  input: TarInput,
  sizeBytes: number,
  maxBytes: number,
): { bytes: Uint8Array; isMissing: boolean } {
  const wanted = Math.min(sizeBytes, maxBytes);
  const bytes = input.take(wanted);
  const rest = padded(sizeBytes) - bytes.length;
  // The padding of the last member may be missing.
  const isMissing = bytes.length < wanted || input.skip(rest) < rest - (padded(sizeBytes) - sizeBytes);
  return { bytes, isMissing };
}

function skipSparseMap(input: TarInput): void {
  for (;;) {
    const block = input.take(tarBlockBytes);
    if (block.length < tarBlockBytes || block[504] !== 1) return;
  }
}

/** Said only where the archive itself ended: what limits end is told by them. */
function* endedEarly(budget: ArchiveBudget): Generator<FormatEvent> {
  if (budget.stoppedBy === undefined) yield { type: 'problem', problem: 'truncated' };
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / tarBlockBytes) * tarBlockBytes;
}

function leadsThrough(name: string, links: ReadonlySet<string>): boolean {
  if (links.size === 0) return false;
  const path = normalized(name);
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    if (links.has(path.slice(0, slash))) return true;
  }
  return false;
}

function normalized(name: string): string {
  return name
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}

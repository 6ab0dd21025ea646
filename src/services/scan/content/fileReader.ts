import { type BigIntStats, closeSync, readSync } from 'node:fs';
import type { FileHashes } from '../../../shared/protocol/fileHashWorker';
import {
  type FilePath,
  isSameFile,
  openRegularFile,
  type Refused,
  refusalOf,
  statsOf,
} from '../../files/regularFile';
import { ContentHashes } from '../../hashing/contentHashes';
import { ByteHistogram } from './byteHistogram';

export interface FileReadOptions {
  /** Of the path's last name: a link that a person chose is followed, one that a folder holds is not. */
  readonly followLinks: boolean;
  /** Reads the whole file, however much of it is kept. */
  readonly hashes: boolean;
  /** Reads the whole file, however much of it is kept. */
  readonly entropy: boolean;
  /** So much of the file's beginning is kept in memory, for rules and archives. */
  readonly maxKeptBytes: number;
}

export interface ReadControl {
  /** Called for each chunk; may throw to stop. */
  checkpoint(): void;
  /** What has been read of the file since the last call. */
  onBytes?(count: number): void;
}

/**
 * Why what was kept is not all of one file:
 * - `tooLarge`: only `maxKeptBytes` of it were kept; hashes and entropy are of the whole.
 * - `sparse`: it claims to be large and holds next to nothing; only its beginning was read.
 * - `endless`: it says that it is empty, like files of /proc, and gave more than `maxKeptBytes`.
 * - `changed`: written, cut or replaced while it was read.
 * - `vanished`: gone when it had been read.
 * - `unreadable`: the system stopped giving bytes; `systemCode` says why.
 */
export type IncompleteReason = 'tooLarge' | 'sparse' | 'endless' | 'changed' | 'vanished' | 'unreadable';

/** What tells whether a file is still the same; a cache's key. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
}

export interface FileContent {
  readonly status: 'read';
  /** The file's beginning, up to `maxKeptBytes`; belongs to the caller. */
  readonly bytes: Uint8Array;
  /** Of the whole file; what was read, where the file says that it is empty. */
  readonly sizeBytes: number;
  readonly identity: FileIdentity;
  /** Milliseconds since 1970 in UTC. */
  readonly modifiedAt: number;
  /** Absent where they were not asked for, or not all of one file was read. */
  readonly hashes?: FileHashes;
  /** In bits a byte, 0–8; absent as hashes are. */
  readonly entropy?: number;
  /** Present where `bytes` is not the content of one file in whole: what is found in it holds all the same. */
  readonly incomplete?: IncompleteReason;
  readonly systemCode?: string;
}

/** What became of reading one file; a file that cannot be read is an expected state. */
export type FileReadResult = FileContent | Refused;

const chunkBytes = 1024 * 1024;

/** Files below this are read in whole even where most of them is holes: it takes a moment only. */
const smallestSparseBytes = 256 * 1024 * 1024;
/** Claimed size to what lies on the disk; more than file systems that compress reach with ordinary files. */
const sparseRatio = 16n;
/** `stat` counts in these, whatever the file system's own are. */
const statBlockBytes = 512n;

/** What came of the bytes themselves, before the file is looked at once more. */
interface Reading {
  readonly bytes: Uint8Array;
  readonly readBytes: number;
  /** The end of the file was seen. */
  readonly atEnd: boolean;
  readonly incomplete?: IncompleteReason;
  readonly systemCode?: string;
}

/**
 * Reads a file once, for all evidence about its content. Never waits for what is no regular file, and is bounded for
 * whatever claims to be one. Synchronous: for a thread of its own.
 */
export class FileReader {
  private readonly chunk = Buffer.allocUnsafeSlow(chunkBytes);

  /** @throws what `control.checkpoint` throws; whatever is wrong with the file is in the result */
  read(path: FilePath, options: FileReadOptions, control: ReadControl): FileReadResult {
    const file = openRegularFile(path, options);
    if (file.status === 'refused') return file;
    try {
      const hashes = options.hashes ? new ContentHashes() : undefined;
      const histogram = options.entropy ? new ByteHistogram() : undefined;
      const sparse = isSparse(file.stats);
      const readWhole = (hashes !== undefined || histogram !== undefined) && !sparse;
      const take = (part: Uint8Array): void => {
        hashes?.update(part);
        histogram?.add(part);
        control.onBytes?.(part.length);
      };
      const reading = this.readBytes(
        file.descriptor,
        file.stats,
        options.maxKeptBytes,
        readWhole,
        take,
        control,
      );
      const incomplete = whyIncomplete(reading, sparse, stateAfter(path, options.followLinks, file.stats));
      const whole = reading.atEnd && (incomplete === undefined || incomplete === 'tooLarge');
      return {
        status: 'read',
        bytes: reading.bytes,
        sizeBytes: reading.atEnd ? reading.readBytes : Math.max(Number(file.stats.size), reading.readBytes),
        identity: identityOf(file.stats),
        modifiedAt: Number(file.stats.mtimeNs / 1_000_000n),
        ...(whole && hashes !== undefined ? { hashes: hashes.digest() } : {}),
        ...(whole && histogram !== undefined ? { entropy: histogram.entropy() } : {}),
        ...(incomplete === undefined ? {} : { incomplete }),
        ...(reading.systemCode === undefined ? {} : { systemCode: reading.systemCode }),
      };
    } finally {
      closeSync(file.descriptor);
    }
  }

  private readBytes(
    descriptor: number,
    stats: BigIntStats,
    maxKeptBytes: number,
    readWhole: boolean,
    take: (part: Uint8Array) => void,
    control: ReadControl,
  ): Reading {
    const sizeBytes = Number(stats.size);
    // Straight into the memory that is kept; what follows it, or tells its end, goes through the chunk.
    const kept = sizeBytes === 0 ? undefined : allocate(Math.min(sizeBytes, maxKeptBytes));
    const parts: Buffer[] = [];
    let keptBytes = 0;
    let readBytes = 0;
    const result = (rest: Omit<Reading, 'bytes' | 'readBytes'>): Reading => ({
      bytes: kept === undefined ? Buffer.concat(parts) : kept.subarray(0, keptBytes),
      readBytes,
      ...rest,
    });
    for (;;) {
      control.checkpoint();
      const room = kept === undefined ? 0 : kept.length - keptBytes;
      let count: number;
      try {
        count =
          room > 0 && kept !== undefined
            ? readSync(descriptor, kept, keptBytes, Math.min(room, chunkBytes), null)
            : readSync(descriptor, this.chunk, 0, chunkBytes, null);
      } catch (error) {
        const { systemCode } = refusalOf(error);
        return result({
          atEnd: false,
          incomplete: 'unreadable',
          ...(systemCode === undefined ? {} : { systemCode }),
        });
      }
      if (count === 0) return result({ atEnd: true });
      const part =
        room > 0 && kept !== undefined
          ? kept.subarray(keptBytes, keptBytes + count)
          : this.chunk.subarray(0, count);
      readBytes += count;
      if (sizeBytes > 0 && readBytes > sizeBytes) return result({ atEnd: false, incomplete: 'changed' });
      take(part);
      if (room > 0) keptBytes += count;
      else if (kept === undefined) {
        parts.push(Buffer.from(part.subarray(0, maxKeptBytes - keptBytes)));
        keptBytes += count;
        if (keptBytes > maxKeptBytes) return result({ atEnd: false, incomplete: 'endless' });
      }
      if (!readWhole && sizeBytes > maxKeptBytes && keptBytes >= maxKeptBytes)
        return result({ atEnd: false });
    }
  }
}

function allocate(sizeBytes: number): Buffer {
  // The pool serves many small files with one allocation.
  return sizeBytes < Buffer.poolSize >>> 1
    ? Buffer.allocUnsafe(sizeBytes)
    : Buffer.allocUnsafeSlow(sizeBytes);
}

function isSparse({ size, blocks }: BigIntStats): boolean {
  return size >= smallestSparseBytes && blocks * statBlockBytes * sparseRatio < size;
}

/** By its path, so that a file that was replaced counts as changed, too. */
function stateAfter(
  path: FilePath,
  followLinks: boolean,
  before: BigIntStats,
): 'same' | 'changed' | 'vanished' {
  try {
    return isSameFile(before, statsOf(path, followLinks)) ? 'same' : 'changed';
  } catch (error) {
    return refusalOf(error).reason === 'vanished' ? 'vanished' : 'changed';
  }
}

function whyIncomplete(
  reading: Reading,
  sparse: boolean,
  after: 'same' | 'changed' | 'vanished',
): IncompleteReason | undefined {
  // What the system said comes first; a change explains whatever else was odd.
  if (reading.incomplete === 'unreadable') return 'unreadable';
  if (after !== 'same') return after;
  if (reading.incomplete !== undefined) return reading.incomplete;
  if (!reading.atEnd) return sparse ? 'sparse' : 'tooLarge';
  return reading.bytes.length < reading.readBytes ? 'tooLarge' : undefined;
}

function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): FileIdentity {
  return { device: dev, inode: ino, sizeBytes: Number(size), modifiedNs: mtimeNs };
}

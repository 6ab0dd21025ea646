import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, statSync } from 'node:fs';

/** A path, or its bytes where they are no valid UTF-8: such a file can be opened by its bytes alone. */
export type FilePath = string | Buffer;

/** Why a file was not opened. `unreadable` comes with the system's own code. */
export type OpenRefusal =
  | 'vanished'
  | 'permissionDenied'
  | 'isDirectory'
  | 'notRegularFile'
  | 'linkLoop'
  | 'symbolicLink'
  | 'unreadable';

export type SpecialFile = 'pipe' | 'socket' | 'device';

export interface Refused<Reason extends string = OpenRefusal> {
  readonly status: 'refused';
  readonly reason: Reason;
  /** The system's own code, such as `EIO`. */
  readonly systemCode?: string;
  /** What it is instead, where the reason is `notRegularFile`. */
  readonly special?: SpecialFile;
}

/** A file that is open for reading; whoever has it closes it. */
export interface OpenFile {
  readonly status: 'open';
  readonly descriptor: number;
  readonly stats: BigIntStats;
}

export interface OpenOptions {
  /** Of the path's last name; links among its folders are always followed. */
  readonly followLinks: boolean;
}

/** A named pipe without a writer would otherwise hold the thread for ever. Windows has neither flag. */
const unixFlags = constants.O_NONBLOCK | constants.O_NOCTTY;
const noFollowFlag = constants.O_NOFOLLOW;
const isWindows = process.platform === 'win32';

/**
 * Opens a regular file without ever waiting for one that is something else.
 * @throws what is no error of the file system
 */
export function openRegularFile(path: FilePath, { followLinks }: OpenOptions): OpenFile | Refused {
  let descriptor: number | undefined;
  try {
    // Looked at before it is opened: opening a device may already do something.
    const unfit = unfitness(statsOf(path, followLinks));
    if (unfit !== undefined) return unfit;
    descriptor = openSync(path, flags(followLinks));
    const stats = fstatSync(descriptor, { bigint: true });
    const unfitNow = unfitness(stats);
    if (unfitNow === undefined) return { status: 'open', descriptor, stats };
    closeSync(descriptor);
    return unfitNow;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    const refusal = refusalOf(error);
    // The system says of a link that may not be followed what it says of links that go in a circle.
    return refusal.reason === 'linkLoop' && !followLinks ? { ...refusal, reason: 'symbolicLink' } : refusal;
  }
}

/** @throws as the file system does, when there is nothing by that name, too */
export function statsOf(path: FilePath, followLinks: boolean): BigIntStats {
  return followLinks ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
}

/** Whether it is the same file, and nobody has written to it, as far as the file system tells. */
export function isSameFile(before: BigIntStats, after: BigIntStats): boolean {
  return (
    before.dev === after.dev &&
    before.ino === after.ino &&
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs
  );
}

/**
 * What an error of the file system says about a file.
 * @throws what is none
 */
export function refusalOf(error: unknown): Refused {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error;
  const systemCode = String(error.code);
  return { status: 'refused', reason: reasonOf(systemCode), systemCode };
}

function reasonOf(systemCode: string): OpenRefusal {
  switch (systemCode) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'vanished';
    case 'EACCES':
    case 'EPERM':
      return 'permissionDenied';
    case 'EISDIR':
      return 'isDirectory';
    case 'ELOOP':
      return 'linkLoop';
    default:
      return 'unreadable';
  }
}

function flags(followLinks: boolean): number {
  if (isWindows) return constants.O_RDONLY;
  return constants.O_RDONLY | unixFlags | (followLinks ? 0 : noFollowFlag);
}

function unfitness(stats: BigIntStats): Refused | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return { status: 'refused', reason: 'isDirectory' };
  if (stats.isSymbolicLink()) return { status: 'refused', reason: 'symbolicLink' };
  const special = stats.isFIFO() ? 'pipe' : stats.isSocket() ? 'socket' : 'device';
  return { status: 'refused', reason: 'notRegularFile', special };
}

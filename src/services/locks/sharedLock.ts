import path from 'node:path';
import type { FaultHook } from '../files/faults';
import type { FileCalls } from '../files/fileCalls';
import { FlagLock, type LockStep } from './flagLock';
import { hasKernelLock, KernelLock } from './kernelLock';
import type { StorageLock } from './storageLock';

/** Where the lock is: a folder of flags, or a file that the kernel locks. */
const flagFolderName = 'locks';
const lockFileName = 'lock';

export interface SharedLockOptions {
  /** What the lock is for: a folder that several windows write to. */
  readonly folder: string;
  readonly calls: FileCalls;
  /** Makes the folder if it is not there. */
  readonly makeFolder: () => void;
  /** A clock that never goes back. */
  readonly monotonicMs: () => number;
  readonly faults?: FaultHook<LockStep>;
  readonly platform?: NodeJS.Platform;
}

/** The lock of a folder that several processes share, of the kind that this system has. */
export function sharedLock(options: SharedLockOptions): StorageLock {
  const { folder, calls, makeFolder, monotonicMs, faults, platform = process.platform } = options;
  if (hasKernelLock(platform))
    return new KernelLock({ file: path.join(folder, lockFileName), calls, makeFolder, platform });
  return new FlagLock({
    folder: path.join(folder, flagFolderName),
    calls,
    makeFolder,
    monotonicMs,
    ...(faults !== undefined && { faults }),
  });
}

import { constants } from 'node:fs';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { type FileCalls, systemCode } from '../files/fileCalls';
import type { LockHold, StorageLock } from './storageLock';

/**
 * Flags of open(2) by which macOS takes an flock and Windows lets nobody else open the file. Node passes them on and
 * does not name them: `O_EXLOCK` of macOS, `UV_FS_O_EXLOCK` of libuv on Windows.
 */
const exclusive: Partial<Record<NodeJS.Platform, number>> = { darwin: 0x20, win32: 0x1000_0000 };

/** What the system answers while somebody else has the file. */
const taken = new Set(['EAGAIN', 'EWOULDBLOCK', 'EBUSY']);

/** Whether the kernel of a system locks files by the flags of open(2). */
export function hasKernelLock(platform: NodeJS.Platform): boolean {
  return exclusive[platform] !== undefined;
}

export interface KernelLockOptions {
  readonly file: string;
  readonly calls: FileCalls;
  /** Makes the folder of the file if it is not there. */
  readonly makeFolder: () => void;
  readonly platform?: NodeJS.Platform;
}

/**
 * A lock of the kernel's, which lets go of it when its holder ends in whatever way: a process with all it had open, a
 * thread because Node closes what its threads leave open.
 */
export class KernelLock implements StorageLock {
  readonly isStuck = false;

  constructor(private readonly options: KernelLockOptions) {}

  tryAcquire(): LockHold | undefined {
    const descriptor = this.open();
    if (descriptor === undefined) return undefined;
    let held = true;
    return {
      isHeld: () => held,
      refresh: () => undefined,
      // The kernel does not say.
      isWanted: true,
      release: () => {
        if (!held) return;
        held = false;
        try {
          this.options.calls.close(descriptor);
        } catch (error) {
          // Closed it is all the same.
          if (systemCode(error) === undefined) throw error;
        }
      },
    };
  }

  announce(): Disposable {
    return toDisposable(() => undefined);
  }

  private open(): number | undefined {
    const { file, calls, makeFolder, platform = process.platform } = this.options;
    const { O_RDWR, O_CREAT, O_NONBLOCK } = constants;
    try {
      makeFolder();
      return calls.open(file, O_RDWR | O_CREAT | O_NONBLOCK | (exclusive[platform] ?? 0));
    } catch (error) {
      if (taken.has(systemCode(error) ?? '')) return undefined;
      throw error;
    }
  }
}

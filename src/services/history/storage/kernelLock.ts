import { constants } from 'node:fs';
import { type FileCalls, systemCode } from './fileCalls';
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

/**
 * A lock of the kernel's, which lets go of it when its holder ends in whatever way: a process with all it had open, a
 * thread because Node closes what its threads leave open.
 */
export class KernelLock implements StorageLock {
  readonly isStuck = false;

  constructor(
    private readonly file: string,
    private readonly calls: FileCalls,
    private readonly makeFolder: () => void,
    private readonly platform: NodeJS.Platform = process.platform,
  ) {}

  tryAcquire(): LockHold | undefined {
    const descriptor = this.open();
    if (descriptor === undefined) return undefined;
    let held = true;
    return {
      isHeld: () => held,
      release: () => {
        if (held) this.calls.close(descriptor);
        held = false;
      },
    };
  }

  private open(): number | undefined {
    const flags =
      constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | (exclusive[this.platform] ?? 0);
    try {
      this.makeFolder();
      return this.calls.open(this.file, flags);
    } catch (error) {
      if (taken.has(systemCode(error) ?? '')) return undefined;
      throw error;
    }
  }
}

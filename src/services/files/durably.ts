import { type FileCalls, ifPresent, systemCode } from './fileCalls';

/** Systems without a way to fsync a folder say so by one of these; their renames are durable by themselves or never. */
const folderSyncUnsupported = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF']);

/** What Windows answers while a virus scanner or another window has a file open for a moment. */
const momentary = new Set(['EPERM', 'EBUSY', 'EACCES']);
const attempts = 10;

/** Writes to the end, however little the system takes at a time. */
export function writeAll(calls: FileCalls, descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += calls.write(descriptor, bytes, written, bytes.length - written);
}

/** Makes new, renamed and removed names of a folder last. */
export function syncFolder(calls: FileCalls, folder: string, platform = process.platform): void {
  if (platform === 'win32') return;
  let descriptor: number | undefined;
  try {
    // A folder may be open for adding names and closed for reading.
    descriptor = calls.open(folder, 'r');
    calls.sync(descriptor);
  } catch (error) {
    if (!folderSyncUnsupported.has(systemCode(error) ?? '')) throw error;
  } finally {
    if (descriptor !== undefined) calls.close(descriptor);
  }
}

/** Windows refuses to rename or to remove a file while somebody has it open. @param pause waits on the spot */
export function patiently(
  call: () => void,
  platform: NodeJS.Platform = process.platform,
  pause: (ms: number) => void = pauseThread,
): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      call();
      return;
    } catch (error) {
      const passes = platform === 'win32' && momentary.has(systemCode(error) ?? '');
      if (!passes || attempt === attempts) throw error;
      pause(10 * attempt);
    }
  }
}

/** Whether there is something of this name. */
export function exists(calls: FileCalls, file: string): boolean {
  return ifPresent(() => calls.stat(file)) !== undefined;
}

/** Runs what may fail for a reason of the system's, and is done another time then. */
export function ifPossible(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

/** Holds the thread; for threads that have nothing else to do. */
export function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

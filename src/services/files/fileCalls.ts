import fs from 'node:fs';

/**
 * The system calls that storage is kept by, all of them synchronous: they run on the thread that makes them, so that a
 * thread which is no more has no write under way.
 */
export interface FileCalls {
  open(file: string, flags: string | number): number;
  close(descriptor: number): void;
  read(descriptor: number, into: Uint8Array, offset: number, length: number, position: number): number;
  write(descriptor: number, bytes: Uint8Array, offset: number, length: number): number;
  truncate(descriptor: number, sizeBytes: number): void;
  sizeOf(descriptor: number): number;
  sync(descriptor: number): void;
  syncData(descriptor: number): void;
  stat(file: string): { readonly sizeBytes: number; readonly modifiedMs: number };
  rename(from: string, to: string): void;
  remove(file: string): void;
  /** Makes now the time of its last change. */
  touch(file: string): void;
  list(folder: string): string[];
  makeFolder(folder: string): void;
}

export const systemFileCalls: FileCalls = {
  open: (file, flags) => fs.openSync(file, flags, 0o600),
  close: (descriptor) => {
    fs.closeSync(descriptor);
  },
  read: (descriptor, into, offset, length, position) =>
    fs.readSync(descriptor, into, offset, length, position),
  write: (descriptor, bytes, offset, length) => fs.writeSync(descriptor, bytes, offset, length),
  truncate: (descriptor, sizeBytes) => {
    fs.ftruncateSync(descriptor, sizeBytes);
  },
  sizeOf: (descriptor) => fs.fstatSync(descriptor).size,
  sync: (descriptor) => {
    fs.fsyncSync(descriptor);
  },
  syncData: (descriptor) => {
    fs.fdatasyncSync(descriptor);
  },
  stat: (file) => {
    const { size, mtimeMs } = fs.statSync(file);
    return { sizeBytes: size, modifiedMs: mtimeMs };
  },
  rename: (from, to) => {
    fs.renameSync(from, to);
  },
  remove: (file) => {
    fs.unlinkSync(file);
  },
  touch: (file) => {
    const now = new Date();
    fs.utimesSync(file, now, now);
  },
  list: (folder) => fs.readdirSync(folder),
  makeFolder: (folder) => {
    fs.mkdirSync(folder, { recursive: true });
  },
};

/** The system's code of an error, such as `ENOSPC`; undefined for errors that are none of the system's. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return 'syscall' in error ? error.code : undefined;
}

/** Runs a call that may find nothing. @returns undefined where the file or folder is not there */
export function ifPresent<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

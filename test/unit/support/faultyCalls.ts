import { type FileCalls, systemFileCalls } from '../../../src/services/files/fileCalls';

/** An error as the system throws it. */
export function systemError(code: string, syscall = 'write'): Error {
  return Object.assign(new Error(`${code}: made by a test, ${syscall}`), { code, syscall });
}

/**
 * The system's calls, of which some can be made to fail.
 * @param fail is asked before each call; what it returns is thrown, and a number lets so many bytes be written first
 */
export function faultyCalls(
  fail: (call: keyof FileCalls, file: string | undefined) => Error | number | undefined,
): FileCalls {
  const files = new Map<number, string>();
  const check = (call: keyof FileCalls, file: string | undefined): void => {
    const error = fail(call, file);
    if (error instanceof Error) throw error;
  };
  return {
    ...systemFileCalls,
    open: (file, flags) => {
      // What can be read can be read on a disk that takes nothing, too.
      if (flags !== 'r') check('open', file);
      const descriptor = systemFileCalls.open(file, flags);
      files.set(descriptor, file);
      return descriptor;
    },
    write: (descriptor, bytes, offset, length) => {
      const fault = fail('write', files.get(descriptor));
      if (fault instanceof Error) throw fault;
      if (fault === undefined) return systemFileCalls.write(descriptor, bytes, offset, length);
      systemFileCalls.write(descriptor, bytes, offset, Math.min(fault, length));
      throw systemError('ENOSPC');
    },
    truncate: (descriptor, sizeBytes) => {
      check('truncate', files.get(descriptor));
      systemFileCalls.truncate(descriptor, sizeBytes);
    },
    sync: (descriptor) => {
      check('sync', files.get(descriptor));
      systemFileCalls.sync(descriptor);
    },
    syncData: (descriptor) => {
      check('syncData', files.get(descriptor));
      systemFileCalls.syncData(descriptor);
    },
    rename: (from, to) => {
      check('rename', from);
      systemFileCalls.rename(from, to);
    },
    remove: (file) => {
      check('remove', file);
      systemFileCalls.remove(file);
    },
    read: (descriptor, into, offset, length, position) => {
      check('read', files.get(descriptor));
      return systemFileCalls.read(descriptor, into, offset, length, position);
    },
  };
}

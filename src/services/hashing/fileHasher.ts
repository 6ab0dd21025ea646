import { createHash, type Hash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { FileHashes, FileHashResult, HashRefusal } from '../../shared/protocol/fileHashWorker';
import type { WorkControl } from '../../workers/controlBlock';

export type HashControl = Pick<WorkControl, 'checkpoint' | 'reportProgress' | 'count'>;

/** Large enough that calls cost nothing, small enough that a cancel takes effect within milliseconds. */
export const chunkBytes = 1024 * 1024;

/** A named pipe without a writer would otherwise hold the thread for ever. Windows has neither. */
const openFlags = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** Computes all hashes of a file in one read. Synchronous: for a thread of its own. */
export class FileHasher {
  private readonly chunk = Buffer.allocUnsafeSlow(chunkBytes);

  /** @throws SentinelError `task.cancelled`; whatever else is wrong with a file is in the result */
  hash(path: string, control: HashControl): FileHashResult {
    control.checkpoint();
    let file: number | undefined;
    try {
      // Looked at before it is opened: opening a device may already do something.
      const unfit = unfitness(statSync(path, { bigint: true }));
      if (unfit !== undefined) return refused(unfit);
      file = openSync(path, openFlags);
      const before = fstatSync(file, { bigint: true });
      const unfitNow = unfitness(before);
      if (unfitNow !== undefined) return refused(unfitNow);
      const read = this.read(file, Number(before.size), control);
      // By its path, so that a file that was replaced counts as changed, too.
      if (read === undefined || !isSame(before, statSync(path, { bigint: true }))) return refused('changed');
      return { status: 'hashed', ...read };
    } catch (error) {
      return refusalOf(error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** @returns undefined when there is more or less to read than there was */
  private read(
    file: number,
    sizeBytes: number,
    control: HashControl,
  ): { sizeBytes: number; hashes: FileHashes } | undefined {
    const hashes = { md5: createHash('md5'), sha1: createHash('sha1'), sha256: createHash('sha256') };
    let readBytes = 0;
    for (;;) {
      control.checkpoint();
      const count = readSync(file, this.chunk, 0, chunkBytes, null);
      if (count === 0) break;
      readBytes += count;
      // Files of /proc say that they are empty.
      if (sizeBytes > 0 && readBytes > sizeBytes) return undefined;
      const part = this.chunk.subarray(0, count);
      hashes.md5.update(part);
      hashes.sha1.update(part);
      hashes.sha256.update(part);
      control.count('bytes', count);
      if (sizeBytes > 0) control.reportProgress((readBytes / sizeBytes) * 100);
    }
    if (sizeBytes > 0 && readBytes < sizeBytes) return undefined;
    return {
      sizeBytes: readBytes,
      hashes: { md5: hex(hashes.md5), sha1: hex(hashes.sha1), sha256: hex(hashes.sha256) },
    };
  }
}

function hex(hash: Hash): string {
  return hash.digest('hex');
}

function unfitness(stats: BigIntStats): HashRefusal | undefined {
  if (stats.isDirectory()) return 'isDirectory';
  return stats.isFile() ? undefined : 'notRegularFile';
}

function isSame(before: BigIntStats, after: BigIntStats): boolean {
  return (
    before.dev === after.dev &&
    before.ino === after.ino &&
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs
  );
}

function refused(reason: HashRefusal, systemCode?: string): FileHashResult {
  return { status: 'refused', reason, ...(systemCode === undefined ? {} : { systemCode }) };
}

/** @throws what is no error of the file system */
function refusalOf(error: unknown): FileHashResult {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error;
  const code = String(error.code);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refused('vanished', code);
    case 'EACCES':
    case 'EPERM':
      return refused('permissionDenied', code);
    case 'EISDIR':
      return refused('isDirectory', code);
    default:
      return refused('unreadable', code);
  }
}

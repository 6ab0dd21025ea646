import { closeSync, readSync } from 'node:fs';
import type { FileHashes, FileHashResult, HashRefusal } from '../../shared/protocol/fileHashWorker';
import type { WorkControl } from '../../workers/controlBlock';
import { isSameFile, openRegularFile, type Refused, refusalOf, statsOf } from '../files/regularFile';
import { ContentHashes } from './contentHashes';

export type HashControl = Pick<WorkControl, 'checkpoint' | 'reportProgress' | 'count'>;

/** Large enough that calls cost nothing, small enough that a cancel takes effect within milliseconds. */
export const chunkBytes = 1024 * 1024;

/** Computes all hashes of a file in one read. Synchronous: for a thread of its own. */
export class FileHasher {
  private readonly chunk = Buffer.allocUnsafeSlow(chunkBytes);

  /** @throws SentinelError `task.cancelled`; whatever else is wrong with a file is in the result */
  hash(path: string, control: HashControl): FileHashResult {
    control.checkpoint();
    const file = openRegularFile(path, { followLinks: true });
    if (file.status === 'refused') return hashRefusal(file);
    try {
      const read = this.read(file.descriptor, Number(file.stats.size), control);
      // By its path, so that a file that was replaced counts as changed, too.
      if (read === undefined || !isSameFile(file.stats, statsOf(path, true))) {
        return { status: 'refused', reason: 'changed' };
      }
      return { status: 'hashed', ...read };
    } catch (error) {
      return hashRefusal(refusalOf(error));
    } finally {
      closeSync(file.descriptor);
    }
  }

  /** @returns undefined when there is more or less to read than there was */
  private read(
    file: number,
    sizeBytes: number,
    control: HashControl,
  ): { sizeBytes: number; hashes: FileHashes } | undefined {
    const hashes = new ContentHashes();
    let readBytes = 0;
    for (;;) {
      control.checkpoint();
      const count = readSync(file, this.chunk, 0, chunkBytes, null);
      if (count === 0) break;
      readBytes += count;
      // Files of /proc say that they are empty.
      if (sizeBytes > 0 && readBytes > sizeBytes) return undefined;
      const part = this.chunk.subarray(0, count);
      hashes.update(part);
      control.count('bytes', count);
      if (sizeBytes > 0) control.reportProgress((readBytes / sizeBytes) * 100);
    }
    if (sizeBytes > 0 && readBytes < sizeBytes) return undefined;
    return { sizeBytes: readBytes, hashes: hashes.digest() };
  }
}

/** Links are followed, so that one which cannot be is nothing special. */
function hashRefusal({ reason, systemCode }: Refused): FileHashResult {
  const known: HashRefusal = reason === 'symbolicLink' ? 'unreadable' : reason;
  return { status: 'refused', reason: known, ...(systemCode === undefined ? {} : { systemCode }) };
}

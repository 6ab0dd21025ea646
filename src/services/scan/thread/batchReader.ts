import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { FilePath } from '../../files/regularFile';
import { stampNumbers } from '../knownFiles';

/** As in `openRegularFile`: waits for nothing, and follows no link that took the file's place. */
const openFlags =
  process.platform === 'win32'
    ? constants.O_RDONLY
    : constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW;

/**
 * Reads many small files of which a walk has just seen that they are regular, with as few calls as can be: into one
 * piece of memory, and looked at once more after reading, so that what was read is known to be the file that the walk
 * saw. What is odd in any way is left to `FileReader`, which finds out why.
 */
export class BatchReader {
  private memory = Buffer.alloc(0);

  /**
   * @param stamps five numbers a file (`FileStamp`)
   * @returns the content of each file, valid until the next call; undefined for one that is not as it was
   */
  read(paths: readonly FilePath[], stamps: Float64Array, beforeFile: () => void): (Buffer | undefined)[] {
    let neededBytes = paths.length;
    for (let index = 0; index < paths.length; index++) neededBytes += sizeAt(stamps, index);
    if (this.memory.length < neededBytes) this.memory = Buffer.allocUnsafeSlow(neededBytes);
    let offset = 0;
    return paths.map((path, index) => {
      beforeFile();
      const sizeBytes = sizeAt(stamps, index);
      const start = offset;
      offset += sizeBytes + 1;
      return this.readOne(path, start, sizeBytes, stamps, index)
        ? this.memory.subarray(start, start + sizeBytes)
        : undefined;
    });
  }

  private readOne(
    path: FilePath,
    start: number,
    sizeBytes: number,
    stamps: Float64Array,
    index: number,
  ): boolean {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, openFlags);
      // One byte more than there should be shows whether the file has grown.
      if (readSync(descriptor, this.memory, start, sizeBytes + 1, null) !== sizeBytes) return false;
      const now = fstatSync(descriptor);
      const at = index * stampNumbers;
      return (
        now.isFile() &&
        now.mtimeMs === stamps[at] &&
        now.ctimeMs === stamps[at + 1] &&
        now.size === sizeBytes &&
        now.ino === stamps[at + 3] &&
        now.dev === stamps[at + 4]
      );
    } catch {
      return false;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

function sizeAt(stamps: Float64Array, index: number): number {
  return stamps[index * stampNumbers + 2] ?? 0;
}

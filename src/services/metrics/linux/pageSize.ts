import { readFileSync } from 'node:fs';

/** AT_PAGESZ of getauxval(3). */
const pageSizeEntry = 6n;
const entryBytes = 16;

/**
 * Bytes of a memory page, which differ between machines of one architecture (4, 16 or 64 KiB on ARM), from the
 * auxiliary vector that the kernel gave this process.
 */
export function pageSize(procRoot: string): number {
  try {
    const vector = readFileSync(`${procRoot}/self/auxv`);
    for (let offset = 0; offset + entryBytes <= vector.length; offset += entryBytes) {
      if (vector.readBigUInt64LE(offset) === pageSizeEntry) return Number(vector.readBigUInt64LE(offset + 8));
    }
  } catch {
    // Sandboxes may hide it; nearly every machine has pages of 4 KiB.
  }
  return 4_096;
}

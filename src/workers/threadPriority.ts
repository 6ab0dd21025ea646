import { setPriority } from 'node:os';

/** Half of what `nice` allows: enough that the host's thread always goes first, without starving the work. */
const niceness = 10;

/**
 * Makes the calling thread step back behind the host's own, for threads that compute at full load. On Linux a
 * priority belongs to a thread, and "process 0" means the calling one; elsewhere it would be the whole host's,
 * and nothing is done.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, niceness);
  } catch {
    // Forbidden in some containers; the work is done all the same.
  }
}

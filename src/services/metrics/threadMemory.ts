import { getHeapStatistics } from 'node:v8';
import { bytesPerMB } from '../../shared/units';

/**
 * MiB that the calling thread holds: its JavaScript heap as far as it is backed by memory, what the heap refers to
 * outside, and the engine's own allocations. A thread has no resident size of its own; this comes nearest.
 */
export function threadMemoryMB(): number {
  const { total_physical_size, external_memory, malloced_memory } = getHeapStatistics();
  return (total_physical_size + external_memory + malloced_memory) / bytesPerMB;
}

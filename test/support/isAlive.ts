import { readFileSync } from 'node:fs';

/** Whether a process lives; a zombie, which only waits for its parent to look, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Gone between the two looks, or a system without /proc, where the first look decides.
    return process.platform !== 'linux';
  }
}

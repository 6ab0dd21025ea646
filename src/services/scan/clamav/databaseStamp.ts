import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import nodePath from 'node:path';

/** clamd looks for new signatures this often, unless it is told otherwise, and is told of them by freshclam before. */
const reloadMs = 3_600_000;
const mostFiles = 1_000;

/**
 * Names the state of a folder of signatures: what clamd says of itself speaks of ClamAV's own ones alone, and most who
 * run it add others.
 * @returns undefined where it cannot be looked at, or has changed so lately that clamd may not have read it yet
 */
export function databaseStamp(folder: string, nowMs: number): string | undefined {
  try {
    const names = readdirSync(folder).sort();
    if (names.length === 0 || names.length > mostFiles) return undefined;
    const hash = createHash('sha256');
    for (const name of names) {
      const { mtimeMs, size } = statSync(nodePath.join(folder, name));
      if (mtimeMs > nowMs - reloadMs) return undefined;
      hash.update(`${name}\0${mtimeMs}\0${size}\0`);
    }
    return hash.digest('base64url').slice(0, 16);
  } catch {
    // Not there, or not for this person.
    return undefined;
  }
}

import { accessSync, constants, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Context } from 'mocha';
import { skip } from '../../../support/skip';

/** A folder on another file system than the temporary folder's, or the test is skipped. */
export function otherFileSystem(context: Context): string {
  const folder = '/dev/shm';
  try {
    accessSync(folder, constants.W_OK);
    if (statSync(folder).dev !== statSync(tmpdir()).dev) return folder;
  } catch {
    // It is not there, or nobody may write to it.
  }
  return skip(context, 'this system has no second file system that anybody may write to');
}

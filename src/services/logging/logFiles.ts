import { access, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Path of the file that is written (`sentinel.log`, age 0) or of an older one (`sentinel.3.log`). */
export function logFilePath(folder: string, name: string, age: number): string {
  return path.join(folder, age === 0 ? `${name}.log` : `${name}.${age}.log`);
}

/**
 * Makes each file one older, so that the name of age 0 is free; of `maxFiles` the oldest is removed. Only the files
 * before the first gap move: a rotation that was interrupted goes on where it stopped and loses nothing.
 */
export async function rotateLogFiles(folder: string, name: string, maxFiles: number): Promise<void> {
  let free = 0;
  while (free < maxFiles && (await exists(logFilePath(folder, name, free)))) free++;
  if (free === maxFiles) {
    free--;
    await rm(logFilePath(folder, name, free), { force: true });
  }
  for (let age = free; age > 0; age--) {
    await rename(logFilePath(folder, name, age - 1), logFilePath(folder, name, age));
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

import { closeSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { QuarantineRecord } from '../../shared/quarantine/quarantineRecord';
import { writeAll } from '../files/durably';
import { ifPresent, systemCode } from '../files/fileCalls';
import { openRegularFile, statsOf } from '../files/regularFile';
import { type Action, Refusal } from './action';
import type { ItemFolder } from './itemFolder';

/** What file systems without second names answer, on whichever system; Windows says the strangest of it. */
const noLinks = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EINVAL',
  'EISDIR',
  'UNKNOWN',
]);
const specialBits = 0o6000;

/** Where a file is put together before it gets its name: in the same folder, for this item alone. */
function temporaryOf(id: string, target: string): string {
  return path.join(path.dirname(target), `.sentinel-${id}.restoring`);
}

/** What holds a name for a moment on file systems without second names. */
function placeholderOf(id: string): Buffer {
  return Buffer.from(`Sentinel restores a file here: ${id}\n`, 'utf8');
}

/**
 * Writes the content of an item beside the place that it shall have, as it was: content, permissions, time, owner.
 * @returns whether it belongs to whom it belonged to
 * @throws Refusal `damaged` where the store does not hold what was put into it; what the system throws
 */
export function writeRestored(
  action: Action,
  record: QuarantineRecord,
  content: number,
  target: string,
): { readonly ownerRestored: boolean } {
  const { folder, calls } = action;
  const temporary = calls.open(temporaryOf(record.id, target), 'wx+');
  try {
    let count = 0;
    const sha256 = action.unseal(content, (bytes) => {
      count += bytes.length;
      folder.step('restored.write', () => {
        writeAll(calls, temporary, bytes);
      });
    });
    if (sha256 !== record.sha256 || count !== record.sizeBytes) throw new Refusal('damaged');
    const ownerRestored = restoreOwner(action, record, temporary);
    // Special bits would make it act as somebody else than it did.
    calls.setMode(temporary, ownerRestored ? record.mode : record.mode & ~specialBits);
    calls.setModified(temporary, Number(record.modifiedNs) / 1e9);
    folder.step('restored.sync', () => {
      calls.sync(temporary);
    });
    if (action.hashOf(temporary) !== record.sha256) throw new Refusal('notVerified');
    return { ownerRestored };
  } finally {
    calls.close(temporary);
  }
}

/**
 * Gives what was written its name, if nothing has it.
 * @throws Refusal `nameTaken`; what the system throws
 */
export function publishRestored({ folder, calls }: Action, id: string, target: string): void {
  folder.step('restored.publish', () => {
    try {
      calls.link(temporaryOf(id, target), target);
    } catch (error) {
      const code = systemCode(error);
      if (code === 'EEXIST') throw new Refusal('nameTaken');
      if (code === undefined || !noLinks.has(code)) throw error;
      publishByPlaceholder({ folder, calls }, id, target);
    }
  });
}

/** Removes what is not the file itself: what never got its name, and what held the name for it. */
export function removeRestored(folder: ItemFolder, id: string, target: string): void {
  folder.remove('restored', temporaryOf(id, target));
  if (holdsExactly(target, placeholderOf(id))) folder.remove('restored', target);
}

/** A rename alone would replace what has the name; a new file never does. */
function publishByPlaceholder(
  { folder, calls }: Pick<Action, 'folder' | 'calls'>,
  id: string,
  target: string,
): void {
  let placeholder: number;
  try {
    placeholder = calls.open(target, 'wx');
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? new Refusal('nameTaken') : error;
  }
  try {
    writeAll(calls, placeholder, placeholderOf(id));
  } finally {
    calls.close(placeholder);
  }
  folder.step('restored.rename', () => {
    calls.rename(temporaryOf(id, target), target);
  });
}

function restoreOwner({ calls, folder }: Action, { owner }: QuarantineRecord, descriptor: number): boolean {
  if (owner === undefined || folder.platform === 'win32') return true;
  const { uid, gid } = calls.ownerOf(descriptor);
  if (uid === owner.uid && gid === owner.gid) return true;
  try {
    calls.setOwner(descriptor, owner.uid, owner.gid);
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

/** @returns whether something has the name, be it a link that leads nowhere */
export function isTaken(target: string): boolean {
  return ifPresent(() => statsOf(target, false)) !== undefined;
}

export function isFolder(file: string): boolean {
  return ifPresent(() => statsOf(file, true))?.isDirectory() === true;
}

function holdsExactly(file: string, expected: Buffer): boolean {
  const opened = openRegularFile(file, { followLinks: false });
  if (opened.status === 'refused') return false;
  try {
    return Number(opened.stats.size) === expected.length && readFileSync(opened.descriptor).equals(expected);
  } finally {
    closeSync(opened.descriptor);
  }
}

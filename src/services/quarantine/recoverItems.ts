import path from 'node:path';
import { systemCode } from '../files/fileCalls';
import type { Action } from './action';
import type { ItemFiles, ItemFolder } from './itemFolder';
import { asideOf, isAside, putBack, removeAside } from './originalAside';
import { removeRestored } from './restoredFile';

/**
 * Finishes or takes back what somebody was interrupted in, item by item, so that each file is in one place. Needs the
 * lock: whoever has it knows that nobody else is at work on any of them.
 * @param onFailed told of items that have to wait, because a disk cannot be read or written
 */
export function recoverItems(action: Action, onFailed: (id: string, error: unknown) => void): void {
  for (const item of action.folder.items()) {
    try {
      recoverItem(action, item);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      onFailed(item.id, error);
    }
  }
}

export function recoverItem(action: Action, item: ItemFiles): void {
  const { folder } = action;
  const { id, stage } = item;
  folder.removeParts(item);
  switch (stage) {
    case 'storing':
      recoverStoring(action, item);
      break;
    case 'restoring':
      recoverRestoring(action, id);
      break;
    case 'deleting':
      finishDeleting(folder, id);
      break;
    case 'stored':
      if (item.hasTarget) folder.removeTarget(id);
      break;
    case undefined:
      // Content that has lost its record is somebody's file, and a target alone says nothing.
      if (item.hasTarget && !item.hasContent) folder.removeTarget(id);
      break;
  }
}

/** Takes back what was stored of a file that is still where it was. */
export function rollBackStoring(folder: ItemFolder, id: string): void {
  folder.removeContent(id);
  folder.removeRecord(id, 'storing');
}

/** What has its name lasts before the store lets go of it. */
export function finishRestoring(folder: ItemFolder, id: string, target: string): void {
  removeRestored(folder, id, target);
  folder.sync(path.dirname(target));
  folder.setStage(id, 'restoring', 'deleting');
  finishDeleting(folder, id);
}

/** Everything of an item but its record goes first, so that it is known as deleted to the end. */
export function finishDeleting(folder: ItemFolder, id: string): void {
  folder.removeContent(id);
  folder.removeTarget(id);
  folder.removeRecord(id, 'deleting');
}

/**
 * The original is removed after its content is stored. If the same content is still there, or again, it is kept
 * there; what was stored is the file otherwise, whatever has taken its name.
 */
function recoverStoring(action: Action, { id, hasContent }: ItemFiles): void {
  const { folder } = action;
  if (!hasContent) {
    rollBackStoring(folder, id);
    return;
  }
  const record = folder.record(id, 'storing');
  if (record === undefined) return;
  if (isAside(record)) {
    const isOurs = action.holdsContent(asideOf(record), record);
    if (isOurs === undefined) return;
    action.requireHeld();
    if (isOurs) removeAside(action, record);
    else putBack(action, record);
  }
  const isThere = action.holdsContent(record.origin, record);
  if (isThere === undefined) return;
  action.requireHeld();
  if (isThere) {
    rollBackStoring(folder, id);
    return;
  }
  folder.setStage(id, 'storing', 'stored');
}

/** A restored file gets its name when it is whole. If it has it, it is there; if not, the store still has it. */
function recoverRestoring(action: Action, id: string): void {
  const { folder } = action;
  const record = folder.record(id, 'restoring');
  if (record === undefined) return;
  const target = folder.targetOf(record);
  const isThere = action.holdsContent(target, record);
  if (isThere === undefined) return;
  action.requireHeld();
  if (!isThere) {
    removeRestored(folder, id, target);
    folder.removeTarget(id);
    folder.setStage(id, 'restoring', 'stored');
    return;
  }
  finishRestoring(folder, id, target);
}

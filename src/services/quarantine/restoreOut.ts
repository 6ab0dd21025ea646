import { closeSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { RestoreRequest, RestoreResult } from '../../shared/protocol/quarantineWorker';
import type { QuarantineRecord } from '../../shared/quarantine/quarantineRecord';
import { ifPossible } from '../files/durably';
import { openRegularFile } from '../files/regularFile';
import { type Action, Refusal, refused, refusedBy } from './action';
import { finishRestoring, recoverItem } from './recoverItems';
import { isFolder, isTaken, publishRestored, writeRestored } from './restoredFile';

/**
 * Moves a file out of the quarantine. It is put together beside its place and compared with its hash before it gets
 * its name, which nothing may have; what the store has goes after that.
 * @throws SentinelError `task.cancelled`, with everything as it was
 */
export function restoreOut(action: Action, { id, target: wanted }: RestoreRequest): RestoreResult {
  const { folder } = action;
  const stage = folder.stageOf(id);
  if (stage !== 'stored') return refused(stage === undefined ? 'unknownItem' : 'unfinished');
  const record = folder.record(id, stage);
  if (record === undefined) return refused('damaged');
  const target = wanted ?? record.origin;
  try {
    requirePlace(action, target);
    if (wanted === undefined) requireSameFolder(record);
  } catch (error) {
    return refusedBy(error, 'notWritable');
  }
  const content = openRegularFile(folder.contentOf(id), { followLinks: false });
  if (content.status === 'refused') return refused('damaged', content.systemCode);
  let ownerRestored: boolean;
  try {
    if (target !== record.origin) folder.writeTarget(id, target);
    folder.setStage(id, 'stored', 'restoring');
    action.expect(2 * record.sizeBytes);
    ({ ownerRestored } = writeRestored(action, record, content.descriptor, target));
    action.requireHeld();
    publishRestored(action, id, target);
  } catch (error) {
    return takeBack(action, record, target, error);
  } finally {
    closeSync(content.descriptor);
  }
  // It is restored whether or not this can be done now.
  ifPossible(() => {
    finishRestoring(folder, id, target);
  });
  return { status: 'restored', record, path: target, ownerRestored };
}

/** @throws Refusal; what the system throws */
function requirePlace(action: Action, target: string): void {
  const parent = path.dirname(target);
  if (!isFolder(parent)) throw new Refusal('folderGone');
  if (isTaken(target)) throw new Refusal('nameTaken');
  action.calls.requireWritable(parent);
}

/** Whoever asks for no place asks for the one that the file had, not for where a link in its path leads by now. */
function requireSameFolder({ origin, originFolder }: QuarantineRecord): void {
  if (originFolder === undefined) return;
  if (realpathSync(path.dirname(origin)) !== originFolder) throw new Refusal('folderElsewhere');
}

/** @throws what was neither a refusal nor an error of the system */
function takeBack(action: Action, record: QuarantineRecord, target: string, error: unknown): RestoreResult {
  const { folder } = action;
  const { id } = record;
  // Whoever has the lock now has done it, or is about to.
  if (!(error instanceof Refusal && error.reason === 'lockLost')) {
    ifPossible(() => {
      const item = folder.items().find((each) => each.id === id);
      if (item !== undefined) recoverItem(action, item);
    });
    // Over a network a name can be given although that is answered with an error.
    if (folder.stageOf(id) === undefined)
      return { status: 'restored', record, path: target, ownerRestored: true };
  }
  return refusedBy(error, 'notWritable');
}

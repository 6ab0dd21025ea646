import { createHash, randomBytes } from 'node:crypto';
import { closeSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { MoveRequest, MoveResult } from '../../shared/protocol/quarantineWorker';
import type { QuarantineRecord } from '../../shared/quarantine/quarantineRecord';
import { defined } from '../../shared/defined';
import { ifPossible } from '../files/durably';
import { isSameFile, openRegularFile, type OpenFile, statsOf } from '../files/regularFile';
import { type Action, Refusal, refused, refusedBy } from './action';
import { asideOf, isAside, putBack, removeAside, setAside } from './originalAside';
import { recoverItem, rollBackStoring } from './recoverItems';
import { SealedWriter } from './sealedContent';

/**
 * Moves a file into the quarantine. Its sealed content is on the disk, read back and known by a record before the
 * original is removed; until then nothing has happened to it.
 * @param now milliseconds since 1970 in UTC
 * @throws SentinelError `task.cancelled`, with everything as it was
 */
export function moveIn(action: Action, request: MoveRequest, now: number): MoveResult {
  const file = openRegularFile(request.path, { followLinks: false });
  if (file.status === 'refused') return refused(file.reason, file.systemCode);
  const id = randomBytes(16).toString('hex');
  let record: QuarantineRecord;
  try {
    const unfit = unfitness(action, request, file);
    if (unfit !== undefined) return unfit;
    const originFolder = realpathSync(path.dirname(request.path));
    const sha256 = store(action, id, file, request.sha256);
    record = { ...recordOf(id, request, file, sha256, now), originFolder };
  } catch (error) {
    ifPossible(() => {
      action.folder.removeContent(id);
    });
    return refusedBy(error, 'notWritable');
  } finally {
    // Windows removes nothing for good while it is open.
    closeSync(file.descriptor);
  }
  return commit(action, record, file);
}

function unfitness(
  { folder, calls }: Action,
  request: MoveRequest,
  { stats }: OpenFile,
): MoveResult | undefined {
  const otherNames = Number(stats.nlink) - 1;
  const parent = path.dirname(request.path);
  if (realpathSync(parent) === realpathIfThere(folder.path)) return refused('ownFile');
  if (otherNames > 0 && request.leavesOtherNames !== true) return { ...refused('hardLinked'), otherNames };
  // Asked before a gigabyte is copied; what decides is whether it can be removed in the end.
  try {
    calls.requireWritable(parent);
  } catch (error) {
    return refusedBy(error, 'notRemovable');
  }
  return undefined;
}

/** @returns the SHA-256 of what was stored @throws Refusal; what the system throws */
function store(action: Action, id: string, file: OpenFile, expected: string | undefined): string {
  const { folder, calls } = action;
  action.expect(2 * Number(file.stats.size));
  const content = folder.createContent(id);
  try {
    const hash = createHash('sha256');
    const writer = new SealedWriter(calls, content);
    const count = action.readThrough(file.descriptor, 0, (bytes) => {
      hash.update(bytes);
      folder.step('content.write', () => {
        writer.write(bytes);
      });
    });
    if (count !== Number(file.stats.size)) throw new Refusal('changing');
    const sha256 = hash.digest('hex');
    if (expected !== undefined && sha256 !== expected) throw new Refusal('changed');
    folder.step('content.sync', () => {
      calls.sync(content);
    });
    if (action.unseal(content, () => undefined) !== sha256) throw new Refusal('notVerified');
    return sha256;
  } finally {
    calls.close(content);
  }
}

/** From the record on, the next action would finish this one if it were interrupted. */
function commit(action: Action, record: QuarantineRecord, { stats }: OpenFile): MoveResult {
  const { folder } = action;
  const { id, origin } = record;
  try {
    action.requireHeld();
    folder.writeRecord(record, 'storing');
    folder.commitContent(id);
    action.requireHeld();
    // By its path, so that a file that was replaced counts as changed, too.
    if (!isSameFile(stats, statsOf(origin, false))) throw new Refusal('changing');
  } catch (error) {
    const answer = refusedBy(error, 'notWritable');
    // Whoever has the lock now has done it, or is about to.
    if (answer.reason !== 'lockLost') {
      ifPossible(() => {
        rollBackStoring(folder, id);
      });
    }
    return answer;
  }
  try {
    setAside(action, record);
    if (!isSameFile(stats, statsOf(asideOf(record), false))) throw new Refusal('changing');
    removeAside(action, record);
  } catch (error) {
    const answer = refusedBy(error, 'notRemovable');
    ifPossible(() => {
      // An error is no proof that it is still there.
      if (isAside(record)) putBack(action, record);
      if (answer.reason === 'changing') rollBackStoring(folder, id);
      else recoverItem(action, { id, stage: 'storing', hasContent: true, hasTarget: false, parts: [] });
    });
    return folder.stageOf(id) === 'stored' ? { status: 'moved', record } : answer;
  }
  ifPossible(() => {
    folder.sync(path.dirname(origin));
    folder.setStage(id, 'storing', 'stored');
  });
  return { status: 'moved', record };
}

function recordOf(
  id: string,
  { path: origin, reason }: MoveRequest,
  { stats }: OpenFile,
  sha256: string,
  now: number,
): QuarantineRecord {
  const otherNames = Number(stats.nlink) - 1;
  return {
    version: 1,
    id,
    origin,
    sha256,
    sizeBytes: Number(stats.size),
    mode: Number(stats.mode) & 0o7777,
    modifiedNs: String(stats.mtimeNs),
    movedAt: now,
    ...defined({
      owner: process.platform === 'win32' ? undefined : { uid: Number(stats.uid), gid: Number(stats.gid) },
      otherNames: otherNames > 0 ? otherNames : undefined,
      reason,
    }),
  };
}

/** The store is made with the first file. */
function realpathIfThere(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

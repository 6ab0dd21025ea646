import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SystemEvent } from '../../../shared/events/systemEvent';
import { asExportError, exportError } from '../../history/export/exportErrors';
import type { TaskContext } from '../../tasks/task';
import { type EventExportFormat, eventFile } from './eventFormats';

/** Text is gathered up to about this length, and the editor has its turn after each write. */
const pieceLength = 64 * 1024;

/**
 * Writes events into a file: beside it first, then in its place, so that nobody ever sees half of an export. Whatever
 * ends it early leaves neither a part of the file nor a change of one that was there.
 * @throws SentinelError `export.*`, `task.*`
 */
export async function exportEvents(
  events: readonly SystemEvent[],
  file: string,
  format: EventExportFormat,
  exportedAt: number,
  context: Pick<TaskContext, 'checkpoint'>,
): Promise<void> {
  try {
    const target = await realpath(file).catch(() => file);
    const mode = await modeOf(target);
    const beside = path.join(path.dirname(target), `.sentinel-events.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await write(beside, mode, eventFile(events, format, exportedAt), context);
      await rename(beside, target);
    } finally {
      await rm(beside, { force: true }).catch(() => undefined);
    }
  } catch (error) {
    throw asExportError(error);
  }
}

async function write(
  file: string,
  mode: number | undefined,
  pieces: Iterable<string>,
  { checkpoint }: Pick<TaskContext, 'checkpoint'>,
): Promise<void> {
  const handle = await open(file, 'wx', mode ?? 0o666);
  try {
    let gathered = '';
    for (const piece of pieces) {
      gathered += piece;
      if (gathered.length < pieceLength) continue;
      await checkpoint();
      await handle.writeFile(gathered);
      gathered = '';
    }
    await checkpoint();
    await handle.writeFile(gathered);
    if (mode !== undefined) await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Of the file that is to be replaced, never by one that more people may read; undefined where there is none. */
async function modeOf(file: string): Promise<number | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) throw exportError('export.isFolder', 'What should be written is a folder.');
  if (!stats.isFile()) throw exportError('export.notRegularFile', 'What should be replaced is no file.');
  return stats.mode & 0o777;
}

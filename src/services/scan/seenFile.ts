import path from 'node:path';
import type { ScanRecord } from '../../shared/scan/record';
import type { ScanEnd } from './scans';

/**
 * Whether a scan looked at a file, so that what was found in it earlier, and was not found again, is no longer there.
 * Where it could not be read in whole, an engine failed over it, or a folder was scanned without it, nothing is known
 * about that.
 * @param file absolute
 */
export function hasSeen({ record, complete, excludedPaths = [] }: ScanEnd, file: string): boolean {
  if (!complete) return false;
  const { target, details } = record;
  if (details?.type !== 'folder') return file === target && isSettled(record);
  if (!isBelow(file, target)) return false;
  // Of very many problems, and of what was left out, some are named; which files the others are about is not known.
  if (details.excluded > excludedPaths.length) return false;
  const problems = details.problems.filter(({ reason }) => reason !== 'vanished');
  const { error = 0, unknown = 0 } = details.verdicts;
  if (error + unknown > problems.length) return false;
  const unseen = [...excludedPaths, ...problems.map((problem) => problem.path)];
  return !unseen.some((other) => other === file || isBelow(file, other));
}

/** It was judged, or there is nothing any more that could be. */
function isSettled({ verdict, engines }: ScanRecord): boolean {
  const reason = engines.find(({ id }) => id === 'yara')?.reason;
  if (reason === 'vanished' || reason === 'notApplicable') return true;
  return verdict !== undefined && verdict !== 'error' && verdict !== 'unknown';
}

function isBelow(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

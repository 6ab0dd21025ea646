import path from 'node:path';
import type { ScanRecord } from '../../shared/scan/record';
import type { ScanEnd } from './scans';

/**
 * Whether a scan looked at a file, so that what was found in it earlier, and was not found again, is no longer there.
 * Where it could not be read in whole, or an engine failed over it, nothing is known about that.
 * @param file absolute
 */
export function hasSeen({ record, complete }: ScanEnd, file: string): boolean {
  if (!complete) return false;
  const { target, details } = record;
  if (details?.type !== 'folder') return file === target && isSettled(record);
  if (!isBelow(file, target)) return false;
  const problems = details.problems.filter(({ reason }) => reason !== 'vanished');
  // A record has room for some problems only; which files the others are about is not known.
  const { error = 0, unknown = 0 } = details.verdicts;
  if (error + unknown > problems.length) return false;
  return !problems.some((problem) => problem.path === file || isBelow(file, problem.path));
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

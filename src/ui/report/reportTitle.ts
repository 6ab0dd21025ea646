import path from 'node:path';
import { oneLine } from '../../shared/presentation/plainText';
import type { ScanRecord } from '../../shared/scan/record';

const longest = 40;

/** What a report's tab is called: the file's or folder's own name, or the address. */
export function reportTitle({ kind, target }: Pick<ScanRecord, 'kind' | 'target'>): string {
  const isPath = kind === 'file' || kind === 'folder';
  const name = isPath ? path.basename(target) || target : target;
  return oneLine(name, longest) || '–';
}

import path from 'node:path';
import { oneLine } from '../../shared/presentation/plainText';
import type { ScanRecord } from '../../shared/scan/record';
import type { Translate } from '../translate';

const longest = 40;

/** What a report's tab is called, by the file's or folder's own name, or the address. */
export function reportTitle({ kind, target }: Pick<ScanRecord, 'kind' | 'target'>, t: Translate): string {
  const isPath = kind === 'file' || kind === 'folder';
  const name = isPath ? path.basename(target) || target : target;
  return t('Report: {0}', oneLine(name, longest) || '–');
}

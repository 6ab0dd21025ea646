import path from 'node:path';
import type { Translate } from '../translate';

/** What a task that scans these is called. */
export function scanTitle(paths: readonly string[], t: Translate): string {
  const [first] = paths;
  return first !== undefined && paths.length === 1
    ? t('Scanning {0}', path.basename(first) || first)
    : t('Scanning {0} targets', paths.length);
}

import type { VirusTotalState } from '../../services/scan/virustotal/serviceState';
import type { Translate } from '../translate';

/**
 * What stands above the scan history while VirusTotal cannot be asked; undefined while it can, or while that may be
 * over in a moment.
 * @param timeOf words a time for people, from epoch ms
 */
export function virusTotalNotice(
  state: VirusTotalState,
  timeOf: (epochMs: number) => string,
  t: Translate,
): string | undefined {
  switch (state.type) {
    case 'ready':
    case 'unreachable':
      return undefined;
    case 'badKey':
      return t('VirusTotal refuses the API key and is not asked. “Sentinel: Set API Key…” sets another.');
    case 'quotaExceeded':
      return t('The quota of VirusTotal is used up; it is asked again from {0} on.', timeOf(state.untilMs));
  }
}

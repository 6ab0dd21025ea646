import type { VirusTotalMode } from '../../services/consent/virusTotalConsent';
import type { Translate } from '../translate';

/** What a mode lets leave the machine. */
export function modeTexts(
  mode: VirusTotalMode,
  t: Translate,
): { readonly label: string; readonly detail: string } {
  switch (mode) {
    case 'off':
      return { label: t('Nothing'), detail: t('VirusTotal is not asked.') };
    case 'askEach':
      return {
        label: t('Ask me each time'),
        detail: t('Before anything is sent, a dialog says what, and you choose.'),
      };
    case 'hashOnly':
      return {
        label: t('Hashes of files'),
        detail: t('The SHA-256 hash of each file that VirusTotal is asked about. Files stay here.'),
      };
    case 'hashAndAskUpload':
      return {
        label: t('Hashes, and files that I allow'),
        detail: t('Hashes without asking; a dialog asks before each upload of a file that is not known.'),
      };
    case 'hashAndUpload':
      return {
        label: t('Hashes, files and addresses'),
        detail: t(
          'Files and addresses that are not known are sent in without asking. They become available to the partners and customers of VirusTotal.',
        ),
      };
  }
}

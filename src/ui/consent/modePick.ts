import * as vscode from 'vscode';
import { type VirusTotalMode, virusTotalModes } from '../../services/consent/virusTotalConsent';
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
        detail: t('The SHA-256 hash of each file that is scanned by itself. Files stay here.'),
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

/** Lets the person choose what VirusTotal may get. @returns undefined where they leave it as it is */
export async function pickMode(current: VirusTotalMode): Promise<VirusTotalMode | undefined> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    virusTotalModes.map((mode) => ({
      mode,
      ...modeTexts(mode, t),
      ...(mode === current ? { description: t('now') } : {}),
    })),
    {
      title: t('What VirusTotal May Get'),
      placeHolder: t('By its terms, what it is asked about is added to its data, which others can see'),
      ignoreFocusOut: true,
    },
  );
  return picked?.mode;
}

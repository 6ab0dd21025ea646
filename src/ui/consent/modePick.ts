import * as vscode from 'vscode';
import { type VirusTotalMode, virusTotalModes } from '../../services/consent/virusTotalConsent';
import { modeTexts } from './modeTexts';

/** Lets the person choose what VirusTotal may get. @returns undefined where they leave it as it is */
export async function pickMode(current: VirusTotalMode): Promise<VirusTotalMode | undefined> {
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(
    virusTotalModes.map((mode) => ({
      mode,
      ...modeTexts(mode, t),
      ...(mode === current ? { description: t('current') } : {}),
    })),
    {
      title: t('What VirusTotal May Get'),
      placeHolder: t('By its terms, what it is asked about is added to its data, which others can see'),
      ignoreFocusOut: true,
    },
  );
  return picked?.mode;
}

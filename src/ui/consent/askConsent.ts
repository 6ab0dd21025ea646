import * as vscode from 'vscode';
import type { ConsentQuestion } from '../../services/consent/virusTotalConsent';
import { consentDialog } from './egressTexts';

/** Asks in a dialog that is not overlooked, and not answered by typing on. */
export const askConsent: ConsentQuestion = async (about) => {
  const { message, detail, choices } = consentDialog(about, vscode.l10n.t);
  const labels = choices.map(({ label }) => label);
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...labels);
  return choices.find(({ label }) => label === chosen)?.answer ?? 'refuse';
};

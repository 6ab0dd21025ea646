import * as vscode from 'vscode';
import type { UrlScans } from '../../services/scan/url/urlScans';
import { oneLine } from '../../shared/presentation/plainText';
import { verdictLabel } from '../../shared/presentation/verdictTexts';
import { verdictIcon } from '../history/historyItem';
import { urlAtPosition } from './editorUrls';
import { scannedText } from './urlTexts';

/** Opens the report of the record whose id it is given; not in the manifest. */
export const openReportCommand = 'sentinel.openReportOfUrl';

const mostReasons = 5;

/** The verdict on the link under the mouse, where one is at hand. It asks nothing. */
export class UrlHover implements vscode.HoverProvider {
  constructor(private readonly scans: Pick<UrlScans, 'known'>) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const { t } = vscode.l10n;
    const found = urlAtPosition(document, position);
    const known = found === undefined ? undefined : this.scans.known(found.text);
    if (found === undefined || known === undefined) return undefined;
    const { record, ageMs, inHistory } = known;
    const { verdict = 'unknown', findings, id } = record;
    const text = new vscode.MarkdownString(undefined, true);
    text.isTrusted = { enabledCommands: [openReportCommand] };
    text.appendMarkdown(`$(${verdictIcon(verdict).id}) **Sentinel:** `);
    text.appendText(t(verdictLabel(verdict)));
    for (const { title } of findings
      .filter(({ weight }) => weight !== 'informational')
      .slice(0, mostReasons)) {
      text.appendMarkdown('\n\n- ');
      text.appendText(oneLine(title));
    }
    const argument = encodeURIComponent(JSON.stringify([id]));
    text.appendMarkdown('\n\n');
    text.appendText(scannedText(ageMs, t));
    if (inHistory) text.appendMarkdown(` [${t('Open Report')}](command:${openReportCommand}?${argument})`);
    return new vscode.Hover(text, found.range);
  }
}

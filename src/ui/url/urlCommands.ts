import * as vscode from 'vscode';
import type { CheckedUrl, UrlScans } from '../../services/scan/url/urlScans';
import { plainText } from '../../shared/presentation/plainText';
import type { ScanRecord } from '../../shared/scan/record';
import { isWorse } from '../../shared/scan/verdict';
import { mostFound } from '../../shared/url/findUrls';
import { typedUrls } from '../../shared/url/typedUrl';
import type { CommandHandlers } from '../commands';
import type { Notifications } from '../notifications';
import { namedResources } from '../resources';
import type { ScanResults } from '../scan/scanResults';
import { type PlacedUrl, urlAtCursor, urlsInSelection, urlsOf } from './editorUrls';
import type { UrlDiagnostics } from './urlDiagnostics';
import { askForUrls } from './urlInput';
import { alarmingFileText, type OnlineSource, quietFileText } from './urlTexts';

export interface UrlCommandServices {
  readonly scans: Pick<UrlScans, 'scanUrl' | 'scanUrls' | 'checkUrls'>;
  readonly online: readonly OnlineSource[];
  readonly results: Pick<ScanResults, 'tell'>;
  readonly diagnostics: Pick<UrlDiagnostics, 'show'>;
  readonly notifications: Pick<Notifications, 'info' | 'success' | 'warning' | 'error'>;
  readonly openReport: (record: ScanRecord) => unknown;
}

/** A toast has room for more than a row does. */
const longestSummary = 400;

/** What a person starts scans of links with. Each returns what came of it, for other extensions and tests. */
export class UrlCommands {
  readonly handlers: CommandHandlers;

  constructor(private readonly services: UrlCommandServices) {
    this.handlers = {
      'sentinel.scanUrl': (...args) => this.scanUrl(args),
      'sentinel.scanUrlAtCursor': () => this.scanAtCursor(),
      'sentinel.scanUrlsInFile': (...args) => this.scanFile(args),
    };
  }

  /** Scans a link again, as "Scan again" asks for it: what is remembered does not count. */
  again(target: string): Promise<readonly ScanRecord[] | undefined> {
    return this.scan([target], true);
  }

  /** Of the link that a caller names, else of what a person is asked for. */
  private async scanUrl([named]: readonly unknown[]): Promise<readonly ScanRecord[] | undefined> {
    const typed = typeof named === 'string' ? typedUrls(named) : undefined;
    const urls = typed?.type === 'urls' ? typed.urls : await askForUrls(this.services.online);
    return urls === undefined ? undefined : this.scan(urls, false);
  }

  private async scanAtCursor(): Promise<readonly ScanRecord[] | undefined> {
    const selected = urlsInSelection();
    const atCursor = urlAtCursor();
    if (selected.length > 0) return this.scan(selected, false);
    return atCursor === undefined ? this.scanUrl([]) : this.scan([atCursor], false);
  }

  /** @returns undefined when a scan was cancelled or failed, which the surface of tasks tells */
  private async scan(urls: readonly string[], refresh: boolean): Promise<readonly ScanRecord[] | undefined> {
    const { scans, results } = this.services;
    const [first] = urls;
    if (first === undefined) return undefined;
    const outcome =
      urls.length === 1
        ? await scans.scanUrl(first, { refresh, localOnPurpose: true }).outcome
        : await scans.scanUrls(urls).outcome;
    if (outcome.status !== 'finished') return undefined;
    const records = [outcome.result].flat();
    results.tell(records);
    return records;
  }

  private async scanFile(args: readonly unknown[]): Promise<readonly CheckedUrl[] | undefined> {
    const { t } = vscode.l10n;
    const { scans, diagnostics, notifications } = this.services;
    const document = await documentOf(args);
    if (document === undefined) {
      notifications.info(t('No text file is open whose links could be scanned.'));
      return undefined;
    }
    const placed = urlsOf(document);
    const texts = [...new Set(placed.map(({ text }) => text))];
    const name = plainText(vscode.workspace.asRelativePath(document.uri));
    if (texts.length === 0) {
      diagnostics.show(document, [], []);
      notifications.info(t('There are no links in {0}.', name));
      return [];
    }
    const version = document.version;
    const outcome = await scans.checkUrls(texts).outcome;
    if (outcome.status !== 'finished') return undefined;
    const checked = outcome.result;
    diagnostics.show(document, document.version === version ? placed : urlsOf(document), checked);
    this.tellFile(name, checked, placed);
    return checked;
  }

  private tellFile(name: string, checked: readonly CheckedUrl[], placed: readonly PlacedUrl[]): void {
    const { t } = vscode.l10n;
    const { notifications, openReport } = this.services;
    const alarms = checked.filter(({ record }) => record !== undefined);
    const [first] = alarms;
    const more = placed.length < mostFound ? '' : ` ${t('Links beyond these were not looked at.')}`;
    if (first === undefined) {
      notifications.success(quietFileText(name, placed.length, t) + more);
      return;
    }
    const worst = alarms.reduce((one, other) => (isWorse(other.verdict, one.verdict) ? other : one), first);
    const { record } = worst;
    const actions = [
      ...(record === undefined ? [] : [{ label: t('Open Report'), run: () => openReport(record) }]),
      {
        label: t('Show Problems'),
        run: () => vscode.commands.executeCommand('workbench.actions.view.problems'),
      },
    ];
    const counts = { alarms: alarms.length, links: checked.length };
    const gravest = plainText(worst.summary, longestSummary);
    const message = alarmingFileText(name, { ...counts, gravest }, t) + more;
    if (worst.verdict === 'malicious') notifications.error(message, ...actions);
    else notifications.warning(message, ...actions);
  }
}

/** Of the file that a menu names, else of the active editor. */
async function documentOf(args: readonly unknown[]): Promise<vscode.TextDocument | undefined> {
  const [uri] = namedResources(args) ?? [];
  if (uri === undefined) return vscode.window.activeTextEditor?.document;
  return vscode.workspace.openTextDocument(uri);
}

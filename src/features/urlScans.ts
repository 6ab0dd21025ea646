import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { OnlineUrlEngine } from '../services/scan/url/online/onlineUrlEngine';
import type { UrlScans as UrlScanner } from '../services/scan/url/urlScans';
import { UrlScanService } from '../services/scan/url/urlScanService';
import { createUrlThread } from '../services/scan/url/urlThreads';
import { DisposableStore } from '../shared/disposable';
import type { CommandHandlers } from '../ui/commands';
import { ScanResults } from '../ui/scan/scanResults';
import { UrlCommands } from '../ui/url/urlCommands';
import { UrlDiagnostics } from '../ui/url/urlDiagnostics';
import { openReportCommand, UrlHover } from '../ui/url/urlHover';
import { urlScanTitle } from '../ui/url/urlTexts';
import type { Feature, FeatureHost } from './feature';
import type { FileScans } from './fileScans';
import type { ScanHistory } from './scanHistory';

/** Engines that are asked over the network, and what changes with their settings and versions. */
export interface OnlineEngines {
  readonly engines: readonly OnlineUrlEngine[];
  readonly key: () => string;
}

/** Whether a link is safe: scans, links of files in the Problems panel, what is known of a link under the mouse. */
export class UrlScans implements Feature {
  readonly scans: UrlScanner;
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();
  private readonly endScans: () => Promise<void>;

  constructor(
    host: FeatureHost,
    { history, reports, rescanners }: ScanHistory,
    { onFindingsCleared }: Pick<FileScans, 'onFindingsCleared'>,
    online: OnlineEngines = { engines: [], key: () => '' },
  ) {
    const { clock, log, settings, notifications, tasks, startup, distFolder } = host;
    const { t } = vscode.l10n;
    const logger = log.logger('url');
    const service = new UrlScanService({
      thread: createUrlThread(path.join(distFolder, 'workers', 'urlScan.js'), clock, logger),
      supervisor: tasks,
      history,
      clock,
      logger,
      settings: settings.current.url,
      engines: online.engines,
      enginesKey: online.key,
      titleOf: (texts) => urlScanTitle(texts, t),
    });
    this.scans = service;
    this.endScans = () => service.stop();
    this.store.add(
      settings.onChanged(({ url }) => {
        service.configure(url);
      }),
    );
    const openReport = reports.open.bind(reports);
    const results = new ScanResults({
      notifications,
      openReport,
      showHistory: () => vscode.commands.executeCommand('sentinel.showHistory'),
      t,
    });
    let diagnostics: UrlDiagnostics | undefined;
    const commands = new UrlCommands({
      scans: service,
      online: online.engines,
      results,
      notifications,
      openReport,
      diagnostics: {
        show: (...args) => {
          diagnostics?.show(...args);
        },
      },
    });
    rescanners.add('url', (target) => commands.again(target));
    startup.addImmediate('link scans', () => {
      const shown = (diagnostics = this.store.add(new UrlDiagnostics()));
      this.store.add(
        onFindingsCleared(() => {
          shown.clear();
        }),
      );
      const files = [{ scheme: 'file' }, { scheme: 'untitled' }, { scheme: 'vscode-remote' }];
      this.store.add(vscode.languages.registerHoverProvider(files, new UrlHover(service)));
    });
    this.commands = {
      ...commands.handlers,
      [openReportCommand]: async (id) => {
        const record = await history.get(v.parse(v.string(), id));
        if (record !== undefined) openReport(record);
      },
    };
  }

  async stop(): Promise<void> {
    this.store.dispose();
    await this.endScans();
  }
}

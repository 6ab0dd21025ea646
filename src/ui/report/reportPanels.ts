import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { reportTone } from '../../shared/presentation/reportTexts';
import { reportStateSchema } from '../../shared/protocol/report';
import type { ScanRecord } from '../../shared/scan/record';
import { loadPage, panelVisibility, surfaceOf } from '../panel/webviewPage';
import type { RecordRequests, ReportActions } from './reportActions';
import { ReportSession } from './reportSession';
import { reportTitle } from './reportTitle';

/** The kind of editor tab that shows a report, as the manifest's activation event names it. */
const reportPanelType = 'sentinel.report';

export interface ReportPanelsOptions {
  readonly extensionUri: vscode.Uri;
  readonly logger: Logger;
  readonly actions: ReportActions;
  /** Looks a record up, for reports that VS Code brings back after a reload. */
  readonly find: (id: string) => Promise<ScanRecord | undefined>;
  /** Told that something that was asked for in a report did not work out. */
  readonly onFailed: (error: unknown) => void;
}

interface OpenReport {
  readonly panel: vscode.WebviewPanel;
  readonly session: ReportSession;
}

/** Reports in editor tabs, at most one for each record. */
export class ReportPanels implements vscode.WebviewPanelSerializer, Disposable {
  private readonly reports = new Map<string, OpenReport>();
  private requests: RecordRequests = {};

  constructor(private readonly options: ReportPanelsOptions) {}

  /** Tells VS Code who fills reports when a window is reloaded. */
  register(): Disposable {
    return vscode.window.registerWebviewPanelSerializer(reportPanelType, this);
  }

  /** Adds to what can be done with a record. Open reports offer it at once. */
  offer(requests: RecordRequests): void {
    this.requests = { ...this.requests, ...requests };
    for (const { session } of this.reports.values()) session.refreshActions();
  }

  /** Opens the report of a record, or shows the one that is open, with the record as it is given. */
  open(record: ScanRecord, viewColumn?: vscode.ViewColumn): void {
    const existing = this.reports.get(record.id);
    if (existing) {
      this.update(record);
      existing.panel.reveal(viewColumn);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      reportPanelType,
      reportTitle(record, vscode.l10n.t),
      viewColumn ?? vscode.ViewColumn.Active,
      { enableFindWidget: true },
    );
    this.adopt(record.id, panel, record);
  }

  /** Shows a record that has changed, if its report is open. */
  update(record: ScanRecord): void {
    const existing = this.reports.get(record.id);
    if (!existing) return;
    existing.session.show(record);
    this.dress(existing.panel, record);
  }

  /** Looks up anew what is open: another window, or whoever deletes records, may have changed it. */
  async refresh(): Promise<void> {
    for (const [id, report] of this.reports) {
      const record = await this.options.find(id);
      // A record that has gone from the history stays on screen: it is still what the scan said.
      if (record && this.reports.get(id) === report) this.update(record);
    }
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(reportStateSchema, state);
    if (!parsed.success || this.reports.has(parsed.output.id)) {
      panel.dispose();
      return;
    }
    const { session } = this.adopt(parsed.output.id, panel, undefined);
    try {
      const record = await this.options.find(parsed.output.id);
      if (record) this.update(record);
      else session.show('gone');
    } catch (error) {
      this.options.logger.error('A report could not be brought back.', error);
      session.show('unreadable');
    }
  }

  /** Ends every conversation. Open tabs stay: VS Code brings them back after a reload, which would else close them. */
  dispose(): void {
    for (const { session } of this.reports.values()) session.dispose();
    this.reports.clear();
  }

  private adopt(id: string, panel: vscode.WebviewPanel, record: ScanRecord | undefined): OpenReport {
    const { logger, actions, onFailed, extensionUri } = this.options;
    const session = new ReportSession(surfaceOf(panel.webview, panelVisibility(panel)), record, {
      actions,
      requests: () => this.requests,
      logger,
      onFailed: (error) => {
        logger.error('What was asked for in a report failed.', error);
        onFailed(error);
      },
    });
    const report = { panel, session };
    this.reports.set(id, report);
    panel.onDidDispose(() => {
      session.dispose();
      if (this.reports.get(id) === report) this.reports.delete(id);
    });
    if (record) this.dress(panel, record);
    loadPage(panel.webview, extensionUri, {
      bundle: 'report',
      title: vscode.l10n.t('Sentinel Report'),
      surface: 'editor',
    });
    return report;
  }

  private dress(panel: vscode.WebviewPanel, record: ScanRecord): void {
    panel.title = reportTitle(record, vscode.l10n.t);
    panel.iconPath = vscode.Uri.joinPath(
      this.options.extensionUri,
      'media',
      'reports',
      `${reportTone(record)}.svg`,
    );
  }
}

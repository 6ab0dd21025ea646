import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { InterruptedScans } from '../services/history/claims/interruptedScans';
import { RecordClaims } from '../services/history/claims/recordClaims';
import type { History } from '../services/history/history';
import { HistoryFiles } from '../services/history/historyFiles';
import { HistoryService } from '../services/history/historyService';
import { historyThreads } from '../services/history/historyThreads';
import { DisposableStore } from '../shared/disposable';
import { errorMessage } from '../shared/errors';
import { Emitter } from '../shared/event';
import { type CommandHandlers, setContext } from '../ui/commands';
import { DateTexts } from '../ui/dateTexts';
import { ExportCommand } from '../ui/history/exportCommand';
import { exportSurface } from '../ui/history/exportPicks';
import { FilterInput } from '../ui/history/filterInput';
import { HistoryActions } from '../ui/history/historyActions';
import { everything, isFiltered } from '../ui/history/historyFilter';
import { HistoryModel } from '../ui/history/historyModel';
import type { RecordNode } from '../ui/history/historyNodes';
import { pickGrouping, pickKindsAndVerdicts } from '../ui/history/historyPicks';
import { announceHistoryStates } from '../ui/history/historyStates';
import { HistoryView } from '../ui/history/historyView';
import { Rescanners } from '../ui/history/rescanners';
import { UnreadAlarms } from '../ui/history/unreadAlarms';
import type { NotificationAction } from '../ui/notifications';
import { createEditorActions } from '../ui/report/editorActions';
import { ReportPanels } from '../ui/report/reportPanels';
import type { Feature, FeatureHost } from './feature';

/** Below the folder that VS Code keeps for the extension, for all windows and workspaces of a user. */
const folderName = 'history';
/** In it. */
const claimsFolderName = 'running';

/** Every answer that Sentinel gave: what is kept of it, the tree that shows it, and reports. */
export class ScanHistory implements Feature {
  /** Shared by all windows; scans put their records here. */
  readonly history: History;
  /** Features that scan say here how a target is scanned again. */
  readonly rescanners = new Rescanners();
  readonly reports: ReportPanels;
  /** Puts a sentence above the tree about what scans cannot ask now; undefined takes it away. */
  readonly setNotice: (notice: string | undefined) => void;
  readonly commands: CommandHandlers;
  /** The records that a menu of the tree names, or that are selected in it. */
  readonly recordsOf: (args: readonly unknown[]) => readonly RecordNode[];
  private readonly store = new DisposableStore();
  private readonly endHistory: () => Promise<void>;

  constructor(host: FeatureHost) {
    const { context, clock, log, settings, notifications, tasks, startup, distFolder } = host;
    const { t } = vscode.l10n;
    const { rescanners } = this;
    const folder = path.join(context.globalStorageUri.fsPath, folderName);
    const logger = log.logger('history');
    const claims = new RecordClaims({ folder: path.join(folder, claimsFolderName), clock, logger });
    const history = new HistoryService({
      threads: historyThreads(distFolder, folder, clock, logger),
      claims,
      supervisor: tasks,
      clock,
      logger,
      retention: settings.current.historyRetention,
    });
    this.history = history;
    this.endHistory = () => history.stop();
    let files: HistoryFiles | undefined;
    let retention = settings.current.historyRetention;
    this.store.add(
      settings.onChanged(({ historyRetention }) => {
        if (isDeepStrictEqual(historyRetention, retention)) return;
        retention = historyRetention;
        history.setRetention(historyRetention);
        // Opens the history, by which what is beyond goes. Of one that was never written there is nothing to let go of.
        files
          ?.exist()
          .then((exist) => (exist ? history.count({}) : 0))
          .catch((error: unknown) => {
            logger.warning(`What is kept of the history stays as it is for now: ${errorMessage(error)}`);
          });
      }),
    );
    this.reports = this.store.add(
      new ReportPanels({
        extensionUri: context.extensionUri,
        logger: log.logger('report'),
        actions: createEditorActions(notifications),
        find: (id) => history.get(id),
        onFailed: () => {
          notifications.offerLog(t('Sentinel could not do that. The log says why.'));
        },
      }),
    );
    const model = this.store.add(
      new HistoryModel({
        history,
        clock,
        logger,
        choices: context.globalState,
        t,
        dates: new DateTexts(vscode.env.language),
        canRescan: (kind) => rescanners.has(kind),
      }),
    );
    this.setNotice = (notice) => {
      model.setNotice(notice);
    };
    const filesChanged = this.store.add(new Emitter<void>());
    const alarms = this.store.add(
      new UnreadAlarms(history, filesChanged.event, context.globalState, clock, logger),
    );
    const filterInput = this.store.add(
      new FilterInput(model, clock, () => vscode.window.createInputBox(), hint, t),
    );
    const actions = new HistoryActions({
      history,
      rescanners,
      openReport: (record) => {
        this.reports.open(record);
      },
      notifications,
      t,
      writeClipboard: (text) => vscode.env.clipboard.writeText(text),
      mention: (text) => vscode.window.setStatusBarMessage(`$(check) ${text}`, 2_000),
      confirm: async (question, detail, action) =>
        (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action,
    });
    const exporting = new ExportCommand({
      ...exportSurface(),
      history,
      filterChoice: () => model.filterChoice,
      notifications,
      choices: context.globalState,
      clock,
      sentinelVersion: versionOf(context.extension.packageJSON),
      t,
    });
    this.store.add(
      model.onEmptyChanged((empty) => {
        setContext('historyEmpty', empty);
      }),
    );
    this.store.add(
      model.onFilterChanged((choice) => {
        setContext('historyFiltered', isFiltered(choice));
      }),
    );
    this.reports.offer({
      scanAgain: (record) => rescanners.rescan(record),
      canScanAgain: ({ kind }) => rescanners.has(kind),
      exportJson: (record) => exporting.runFor(record),
    });
    this.store.add(
      history.onChanged(() => {
        this.reports.refresh().catch((error: unknown) => {
          logger.warning(`Open reports could not be looked up anew: ${errorMessage(error)}`);
        });
      }),
    );
    this.store.add(announceHistoryStates(history, notifications, fileAction, t));
    let view: HistoryView | undefined;
    startup.addImmediate('scan history', () => {
      view = this.store.add(
        new HistoryView(model, alarms, { open: 'sentinel.openReport', more: 'sentinel.loadMoreHistory' }),
      );
      this.store.add(this.reports.register());
    });
    // Of a history that has never been written nothing is asked, and no thread is started for it.
    startup.addBackground('unread alarms', 1_000, async () => {
      files = this.store.add(new HistoryFiles({ folder, clock }));
      this.store.add(
        files.onChanged(() => {
          filesChanged.fire();
        }),
      );
      if (await files.exist()) alarms.start();
    });
    startup.addBackground('interrupted scans', 1_000, () => {
      void this.store.add(new InterruptedScans({ history, claims, clock, logger })).look();
    });
    const records = (args: readonly unknown[]): readonly RecordNode[] => view?.recordsOf(args) ?? [];
    this.recordsOf = records;
    const showView = () => vscode.commands.executeCommand('sentinel.history.focus');
    this.commands = {
      'sentinel.showHistory': showView,
      // The palette offers these while something else is shown: what they change shall be seen.
      'sentinel.filterHistory': async () => {
        await showView();
        filterInput.show();
      },
      'sentinel.filterHistoryByVerdict': async () => {
        await showView();
        const picked = await pickKindsAndVerdicts(model.filterChoice);
        if (picked !== undefined) model.setFilter({ ...model.filterChoice, ...picked });
      },
      'sentinel.clearHistoryFilter': async () => {
        await showView();
        model.setFilter(everything);
      },
      'sentinel.groupHistory': async () => {
        await showView();
        const picked = await pickGrouping(model.grouping);
        if (picked !== undefined) model.groupBy(picked);
      },
      'sentinel.refreshHistory': () => {
        model.reload();
      },
      'sentinel.exportHistory': () => exporting.run(),
      'sentinel.clearHistory': () => actions.clear(),
      // Of the rows that stand for more, and not in the manifest.
      'sentinel.loadMoreHistory': (node) => {
        model.loadMore(node);
      },
      'sentinel.openReport': (...args) => actions.open(records(args)),
      'sentinel.scanAgain': (...args) => actions.rescan(records(args)),
      'sentinel.copyTarget': (...args) => actions.copyTargets(records(args)),
      'sentinel.copyHash': (...args) => actions.copyHashes(records(args)),
      'sentinel.deleteRecords': (...args) => actions.remove(records(args)),
    };
  }

  async stop(): Promise<void> {
    this.store.dispose();
    await this.endHistory();
  }
}

function versionOf(manifest: unknown): string {
  return v.parse(v.object({ version: v.string() }), manifest).version;
}

/** A sentence below an input box. */
function hint(message: string): vscode.InputBoxValidationMessage {
  return { message, severity: vscode.InputBoxValidationSeverity.Info };
}

/** The system's file manager is beside VS Code only where both run on one machine. */
function fileAction(file: string): NotificationAction {
  const { t } = vscode.l10n;
  const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  return isHere
    ? {
        label: t('Reveal File'),
        run: () => vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(file)),
      }
    : { label: t('Copy Path'), run: () => vscode.env.clipboard.writeText(file) };
}

import path from 'node:path';
import * as vscode from 'vscode';
import { createScanCoordinator } from '../services/scan/scanThreads';
import { ExecutableFinder } from '../services/process/findExecutable';
import { ClamscanEngine } from '../services/scan/clamav/clamscanEngine';
import type { FileEngine } from '../services/scan/fileEngine';
import { MarkedSafe } from '../services/scan/markedSafe';
import type { Scans } from '../services/scan/scans';
import { ScanService } from '../services/scan/scanService';
import { DisposableStore } from '../shared/disposable';
import { Emitter } from '../shared/event';
import { type CommandHandlers } from '../ui/commands';
import { exclusionsOf } from '../ui/scan/folderExclusions';
import { FindingDiagnostics } from '../ui/scan/findingDiagnostics';
import { RuleDiagnostics } from '../ui/scan/ruleDiagnostics';
import { RuleProgress, type RuleProgressBar } from '../ui/scan/ruleProgress';
import { SafeMarks } from '../ui/scan/safeMarks';
import { ScanCommands } from '../ui/scan/scanCommands';
import { ScanResults } from '../ui/scan/scanResults';
import { scanTitle } from '../ui/scan/scanTexts';
import type { Feature, FeatureHost } from './feature';
import type { ScanHistory } from './scanHistory';

/** Below the folder that VS Code keeps for the extension, for all windows of a user. */
const folderName = 'scans';

const statusBar: RuleProgressBar = {
  progress: (title, run) =>
    vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, (progress) =>
      run((message) => {
        progress.report({ message });
      }),
    ),
  note: (text) => vscode.window.setStatusBarMessage(text),
};

/** Whether files and folders are safe: scans, their findings in the Problems panel, and what is marked as safe. */
export class FileScans implements Feature {
  readonly scans: Scans;
  readonly commands: CommandHandlers;
  /** Those that are asked about a file beside the coordinator's. */
  readonly engines: readonly FileEngine[];
  private readonly cleared = new Emitter<void>();
  /** Somebody wants to see no findings in the Problems panel any more. */
  readonly onFindingsCleared = this.cleared.event;
  private readonly store = new DisposableStore();
  private readonly endScans: () => Promise<void>;

  /** @param engines asked beside the local ones and ClamAV */
  constructor(
    host: FeatureHost,
    { history, reports, rescanners }: ScanHistory,
    engines: readonly FileEngine[] = [],
  ) {
    const { context, clock, log, settings, notifications, processes, tasks, startup, distFolder } = host;
    const { t } = vscode.l10n;
    const logger = log.logger('scan');
    const storageFolder = path.join(context.globalStorageUri.fsPath, folderName);
    const marks = new MarkedSafe({ folder: path.join(storageFolder, 'marked-safe'), clock, logger });
    const programs = new ExecutableFinder(() => ({
      pathEnv: process.env['PATH'],
      extraFolders: ['/opt/homebrew/bin', '/usr/local/bin'],
      refusedFolders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    }));
    const clamscan = new ClamscanEngine({
      find: () => programs.find('clamscan'),
      forget: () => {
        programs.forget('clamscan');
      },
      run: (command) => processes.run(command),
      isEnabled: () => settings.current.scan.clamav.enabled,
    });
    this.engines = [clamscan, ...engines];
    const service = new ScanService({
      thread: createScanCoordinator({
        distFolder,
        storageFolder,
        version: String((context.extension.packageJSON as { readonly version: unknown }).version),
        clock,
        logger,
      }),
      supervisor: tasks,
      history,
      markedSafe: marks,
      clock,
      logger,
      engines: this.engines,
      settings: settings.current.scan,
      exclusionsOf: (folder) => exclusionsOf(folder, settings.at(vscode.Uri.file(folder)).scanExclusions),
      titleOf: (paths) => scanTitle(paths, t),
    });
    this.scans = service;
    this.endScans = () => service.stop();
    this.store.add(
      settings.onChanged(({ scan }) => {
        service.configure(scan);
      }),
    );
    const results = new ScanResults({
      notifications,
      openReport: (record) => {
        reports.open(record);
      },
      showHistory: () => vscode.commands.executeCommand('sentinel.showHistory'),
      t,
    });
    const commands = new ScanCommands({ scans: service, results, notifications });
    rescanners.add('file', (target) => commands.again(target, 'file'));
    rescanners.add('folder', (target) => commands.again(target, 'folder'));
    const safeMarks = new SafeMarks({
      marks,
      notifications,
      scanAgain: ({ target }) => commands.again(target, 'file'),
    });
    reports.offer({
      markSafe: (record) => safeMarks.mark(record),
      unmarkSafe: (record) => safeMarks.unmark(record),
    });
    let findings: FindingDiagnostics | undefined;
    startup.addImmediate('file scans', () => {
      findings = this.store.add(new FindingDiagnostics({ scans: service, clock, logger }));
      this.store.add(new RuleDiagnostics(service));
      this.store.add(new RuleProgress({ scans: service, bar: statusBar, clock, t }));
    });
    this.commands = {
      ...commands.handlers,
      'sentinel.clearFindings': () => {
        findings?.clear();
        this.cleared.fire();
      },
      'sentinel.manageMarkedSafe': () => safeMarks.manage(),
    };
  }

  async stop(): Promise<void> {
    this.store.dispose();
    await this.endScans();
  }
}

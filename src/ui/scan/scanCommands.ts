import * as vscode from 'vscode';
import type { Scans } from '../../services/scan/scans';
import type { Task } from '../../services/tasks/task';
import type { ScanRecord } from '../../shared/scan/record';
import type { CommandHandlers } from '../commands';
import type { Notifications } from '../notifications';
import { chosenFiles, namedResources, pathsOf } from '../resources';
import type { ScanResults } from './scanResults';

export interface ScanCommandServices {
  readonly scans: Pick<Scans, 'scanFile' | 'scanFolder' | 'scanPaths'>;
  readonly results: Pick<ScanResults, 'tell'>;
  readonly notifications: Pick<Notifications, 'info' | 'warning'>;
}

/** What a person starts scans of files and folders with. Each returns the records, for other extensions and tests. */
export class ScanCommands {
  readonly handlers: CommandHandlers;

  constructor(private readonly services: ScanCommandServices) {
    this.handlers = {
      'sentinel.scanFile': (...args) => this.scanFile(args),
      'sentinel.scanFolder': (...args) => this.scanFolder(args),
      'sentinel.scanResources': (...args) => this.scanResources(args),
      'sentinel.scanWorkspace': () => this.scanWorkspace(),
    };
  }

  /** Scans one target again, as "Scan again" asks for it. */
  again(target: string, kind: 'file' | 'folder'): Promise<readonly ScanRecord[] | undefined> {
    const { scans } = this.services;
    return this.finish([kind === 'file' ? scans.scanFile(target) : scans.scanFolder(target)]);
  }

  private async scanFile(args: readonly unknown[]): Promise<readonly ScanRecord[] | undefined> {
    const { t } = vscode.l10n;
    const question = { openLabel: t('Scan'), title: t('Scan Files for Threats') };
    return this.scanUris(await chosenFiles(args, question));
  }

  private async scanFolder(args: readonly unknown[]): Promise<readonly ScanRecord[] | undefined> {
    const { t } = vscode.l10n;
    const uris =
      namedResources(args) ??
      (await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        canSelectMany: true,
        openLabel: t('Scan'),
        title: t('Scan Folders for Threats'),
      }));
    return this.scanUris(uris);
  }

  /** Of all that is selected in the explorer, files and folders alike. */
  private scanResources(args: readonly unknown[]): Promise<readonly ScanRecord[] | undefined> {
    const named = namedResources(args);
    return named === undefined ? this.scanFile(args) : this.scanUris(named);
  }

  private async scanWorkspace(): Promise<readonly ScanRecord[] | undefined> {
    const folders = vscode.workspace.workspaceFolders;
    if (folders === undefined || folders.length === 0) {
      const { t } = vscode.l10n;
      this.services.notifications.info(t('No folder is open that could be scanned.'));
      return undefined;
    }
    return this.scanUris(folders.map(({ uri }) => uri));
  }

  private async scanUris(
    uris: readonly vscode.Uri[] | undefined,
  ): Promise<readonly ScanRecord[] | undefined> {
    if (uris === undefined || uris.length === 0) return undefined;
    const paths = pathsOf(uris);
    const [path] = paths;
    if (path === undefined) {
      this.services.notifications.warning(vscode.l10n.t('Only what lies on a disk can be scanned.'));
      return undefined;
    }
    const { scans } = this.services;
    if (paths.length > 1) return this.finish([scans.scanPaths(paths)]);
    return this.finish([(await isFolder(path)) ? scans.scanFolder(path) : scans.scanFile(path)]);
  }

  /** @returns undefined when a scan was cancelled or failed, which the surface of tasks tells */
  private async finish(
    tasks: readonly Task<ScanRecord | readonly ScanRecord[]>[],
  ): Promise<readonly ScanRecord[] | undefined> {
    const records: ScanRecord[] = [];
    for (const task of tasks) {
      const outcome = await task.outcome;
      if (outcome.status !== 'finished') return undefined;
      records.push(...[outcome.result].flat());
    }
    this.services.results.tell(records);
    return records;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(vscode.Uri.file(path));
    return (type & vscode.FileType.Directory) !== 0;
  } catch {
    // What became of it is for the scan to say.
    return false;
  }
}

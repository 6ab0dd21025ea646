import { createReadStream } from 'node:fs';
import * as vscode from 'vscode';
import type { FileResult, ScanEnd, Scans } from '../../services/scan/scans';
import { hasSeen } from '../../services/scan/seenFile';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import type { Logger } from '../../shared/logger';
import { oneLine } from '../../shared/presentation/plainText';
import type { Finding } from '../../shared/scan/record';
import { textPlace } from '../report/textPlace';

export interface FindingDiagnosticsOptions {
  readonly scans: Pick<Scans, 'onFileResult' | 'onEnded'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A workspace full of findings is told by the report; the Problems panel has to stay usable. */
const maxFiles = 500;
/** Larger files open as no text, so that a place in them could not be shown. */
const maxPlacedBytes = 5 * 1024 * 1024;

/**
 * What scans found in files of the workspace, in the Problems panel. A file's entries go when it changes, when it is
 * gone, and when a later scan of it or of its folder does not find them any more.
 */
export class FindingDiagnostics implements Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('sentinel.findings');
  private readonly store = new DisposableStore();
  /** When each file was told about, in milliseconds since 1970. */
  private readonly toldAt = new Map<string, number>();
  private watching: vscode.Disposable | undefined;

  constructor(private readonly options: FindingDiagnosticsOptions) {
    this.store.add(this.collection);
    this.store.add(
      options.scans.onFileResult((result) => {
        void this.tell(result);
      }),
    );
    this.store.add(
      options.scans.onEnded((end) => {
        this.forgetUnfound(end);
      }),
    );
  }

  clear(): void {
    this.collection.clear();
    this.toldAt.clear();
    this.stopWatching();
  }

  dispose(): void {
    this.clear();
    this.store.dispose();
  }

  private async tell({ path: file, findings }: FileResult): Promise<void> {
    const uri = vscode.Uri.file(file);
    const deciding = findings.filter(({ weight }) => weight !== 'informational');
    if (vscode.workspace.getWorkspaceFolder(uri) === undefined) return;
    if (deciding.length === 0) {
      this.forget(file);
      return;
    }
    if (!this.toldAt.has(file) && this.toldAt.size >= maxFiles) return;
    const toldAt = this.options.clock.now();
    this.toldAt.set(file, toldAt);
    this.watch();
    try {
      const diagnostics = await Promise.all(deciding.map((finding) => this.diagnostic(file, finding)));
      // It may have changed while its places were looked up.
      if (this.toldAt.get(file) === toldAt) this.collection.set(uri, diagnostics);
    } catch (error) {
      this.options.logger.warning(`A finding could not be placed in its file: ${errorMessage(error)}`);
    }
  }

  private async diagnostic(file: string, finding: Finding): Promise<vscode.Diagnostic> {
    const range = await this.rangeOf(file, finding);
    const where = finding.members === undefined ? '' : ` (${finding.members.join(' › ')})`;
    const diagnostic = new vscode.Diagnostic(
      range,
      oneLine(`${finding.title}${where}. ${finding.description ?? ''}`.trim(), 500),
      finding.weight === 'malicious' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
    );
    diagnostic.source = 'Sentinel';
    diagnostic.code =
      finding.reference === undefined
        ? finding.rule
        : { value: finding.rule, target: vscode.Uri.parse(finding.reference) };
    return diagnostic;
  }

  /** The first place of the finding; the file's beginning where it has none that an editor could show. */
  private async rangeOf(file: string, { matches, members }: Finding): Promise<vscode.Range> {
    const beginning = new vscode.Range(0, 0, 0, 0);
    const first = matches?.[0];
    if (first === undefined || members !== undefined || first.offset > maxPlacedBytes) return beginning;
    const place = await textPlace(createReadStream(file), first);
    if (place.type !== 'text') return beginning;
    const { start, end } = place;
    return new vscode.Range(start.line, start.character, end.line, end.character);
  }

  private forgetUnfound(end: ScanEnd): void {
    for (const [file, toldAt] of this.toldAt) {
      if (toldAt < end.record.startedAt && hasSeen(end, file)) this.forget(file);
    }
  }

  private forget(file: string): void {
    if (!this.toldAt.delete(file)) return;
    this.collection.delete(vscode.Uri.file(file));
    if (this.toldAt.size === 0) this.stopWatching();
  }

  /** Only while there is something to take away: a watcher of everything costs with every file that is written. */
  private watch(): void {
    if (this.watching !== undefined) return;
    const changed = (uri: vscode.Uri): void => {
      if (this.toldAt.has(uri.fsPath)) this.forget(uri.fsPath);
    };
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', true);
    this.watching = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) changed(document.uri);
      }),
    );
  }

  private stopWatching(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }
}

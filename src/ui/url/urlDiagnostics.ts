import * as vscode from 'vscode';
import type { CheckedUrl } from '../../services/scan/url/urlScans';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { oneLine } from '../../shared/presentation/plainText';
import type { PlacedUrl } from './editorUrls';

/**
 * Links of files that are not to be trusted, in the Problems panel. A file's entries go when it is changed or closed, and
 * when its links are scanned again.
 */
export class UrlDiagnostics implements Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('sentinel.urls');
  private readonly store = new DisposableStore();

  constructor() {
    this.store.add(this.collection);
    this.store.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.collection.delete(document.uri);
      }),
    );
    this.store.add(
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.collection.delete(document.uri);
      }),
    );
  }

  /** Replaces what was said of the document before. */
  show(document: vscode.TextDocument, placed: readonly PlacedUrl[], checked: readonly CheckedUrl[]): void {
    const alarms = new Map(
      checked.filter(({ record }) => record !== undefined).map((one) => [one.text, one] as const),
    );
    const diagnostics = placed.flatMap(({ text, range }) => {
      const alarm = alarms.get(text);
      return alarm === undefined ? [] : [diagnosticOf(range, alarm)];
    });
    this.collection.set(document.uri, diagnostics);
  }

  clear(): void {
    this.collection.clear();
  }

  dispose(): void {
    this.store.dispose();
  }
}

function diagnosticOf(range: vscode.Range, { verdict, findings }: CheckedUrl): vscode.Diagnostic {
  const [worst] = findings.filter(({ weight }) => weight !== 'informational');
  const message = oneLine(`${worst?.title ?? ''}. ${worst?.description ?? ''}`, 500);
  const severity =
    verdict === 'malicious' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, message, severity);
  diagnostic.source = 'Sentinel';
  if (worst !== undefined) diagnostic.code = worst.rule;
  return diagnostic;
}

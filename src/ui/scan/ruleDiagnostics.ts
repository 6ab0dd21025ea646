import path from 'node:path';
import * as vscode from 'vscode';
import type { RuleFault } from '../../services/scan/rules/ruleScanner';
import type { RulesState, Scans } from '../../services/scan/scans';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { oneLine } from '../../shared/presentation/plainText';

/** Files of a person's own rules that are not in force, in the Problems panel with line and reason. */
export class RuleDiagnostics implements Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('sentinel.rules');
  private readonly store = new DisposableStore();
  private shown = '';

  constructor(scans: Pick<Scans, 'rules' | 'onRulesChanged'>) {
    this.store.add(this.collection);
    this.store.add(
      scans.onRulesChanged((state) => {
        this.show(state);
      }),
    );
    this.show(scans.rules);
  }

  dispose(): void {
    this.store.dispose();
  }

  private show({ faults }: RulesState): void {
    // While rules are compiled, their state is told every second.
    const state = JSON.stringify(faults);
    if (state === this.shown) return;
    this.shown = state;
    const byFile = new Map<string, RuleFault[]>();
    for (const fault of faults) {
      // A built-in rule that failed is for the log: nobody could mend it here.
      if (path.isAbsolute(fault.file)) byFile.set(fault.file, [...(byFile.get(fault.file) ?? []), fault]);
    }
    this.collection.clear();
    for (const [file, found] of byFile) this.collection.set(vscode.Uri.file(file), found.map(diagnostic));
  }
}

function diagnostic({ line = 1, column = 1, message }: RuleFault): vscode.Diagnostic {
  const row = line - 1;
  const result = new vscode.Diagnostic(
    new vscode.Range(row, column - 1, row, Number.MAX_SAFE_INTEGER),
    vscode.l10n.t('These rules are not in force: {0}', oneLine(message, 500)),
    vscode.DiagnosticSeverity.Error,
  );
  result.source = 'Sentinel';
  return result;
}

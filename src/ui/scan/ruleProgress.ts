import * as vscode from 'vscode';
import type { RulesState, Scans } from '../../services/scan/scans';
import type { Disposable } from '../../shared/disposable';
import { formatCount } from '../../shared/presentation/format';

/** How long the note that rules are ready stays. */
const noteMs = 5_000;

/** Shows in the status bar that the person's own rules are being compiled, how far that is, and that it is done. */
export class RuleProgress implements Disposable {
  private readonly listener: Disposable;
  private running: { readonly report: (percent: number) => void; readonly end: () => void } | undefined;

  constructor(scans: Pick<Scans, 'onRulesChanged'>) {
    this.listener = scans.onRulesChanged((state) => {
      this.show(state);
    });
  }

  dispose(): void {
    this.listener.dispose();
    this.running?.end();
  }

  private show({ compiling, share, ruleCount }: RulesState): void {
    if (compiling) {
      this.running ??= this.start();
      if (share !== undefined) this.running.report(Math.floor((100 * share.done) / share.total));
      return;
    }
    if (this.running === undefined) return;
    this.running.end();
    this.running = undefined;
    // Those that failed are in the Problems panel and in every report; this only says that the waiting is over.
    const rules = formatCount(ruleCount, 'rule');
    vscode.window.setStatusBarMessage(vscode.l10n.t('Sentinel scans with {0}', rules), noteMs);
  }

  private start(): NonNullable<typeof this.running> {
    let report: (percent: number) => void = () => undefined;
    let end: () => void = () => undefined;
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Compiling your rules') },
      (progress) => {
        report = (percent) => {
          progress.report({ message: `${percent} %` });
        };
        return new Promise<void>((resolve) => {
          end = resolve;
        });
      },
    );
    return {
      report: (percent) => {
        report(percent);
      },
      end: () => {
        end();
      },
    };
  }
}

import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../shared/disposable';
import type { Logger } from '../shared/logger';

export type CommandHandlers = Readonly<Record<string, () => unknown>>;

/**
 * Registers commands. A handler that fails is logged, and a person is told in one sentence with a way to the log.
 */
export function registerCommands(handlers: CommandHandlers, logger: Logger): Disposable {
  const store = new DisposableStore();
  for (const [command, handler] of Object.entries(handlers)) {
    store.add(
      vscode.commands.registerCommand(command, async () => {
        try {
          await handler();
        } catch (error) {
          logger.error(`The command ${command} failed.`, error);
          void offerLog(vscode.l10n.t('Sentinel could not do that. The log says why.'));
        }
      }),
    );
  }
  return store;
}

/** Shows an error with a button that opens Sentinel's log. */
export async function offerLog(message: string): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) {
    await vscode.commands.executeCommand('sentinel.showLog');
  }
}

/** Opens the settings editor on Sentinel's own. */
export function openSettings(): void {
  void vscode.commands.executeCommand('workbench.action.openSettings', '@ext:sentinel-suite.sentinel');
}

/** Sets a context key, which the manifest's `when` clauses see under `sentinel.`. */
export function setContext(key: 'metricsPaused' | 'startupFailed', value: boolean): void {
  void vscode.commands.executeCommand('setContext', `sentinel.${key}`, value);
}

import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../shared/disposable';
import type { Logger } from '../shared/logger';
import type { Notifications } from './notifications';

/** What commands do, by their ids in the manifest. */
export type CommandHandlers<Id extends string = string> = Readonly<
  Record<Id, (...args: readonly unknown[]) => unknown>
>;

/**
 * Registers commands, which return what their handlers do. A handler that fails is logged, and a person is told in
 * one sentence with a way to the log.
 */
export function registerCommands(
  handlers: CommandHandlers,
  notifications: Pick<Notifications, 'offerLog'>,
  logger: Logger,
): Disposable {
  const store = new DisposableStore();
  for (const [command, handler] of Object.entries(handlers)) {
    store.add(
      vscode.commands.registerCommand(command, async (...args: readonly unknown[]) => {
        try {
          return await handler(...args);
        } catch (error) {
          logger.error(`The command ${command} failed.`, error);
          notifications.offerLog(vscode.l10n.t('Sentinel could not do that. The log says why.'));
          return undefined;
        }
      }),
    );
  }
  return store;
}

/** Opens the settings editor on Sentinel's own. */
export function openSettings(): void {
  void vscode.commands.executeCommand('workbench.action.openSettings', '@ext:sentinel-suite.sentinel');
}

type ContextKey =
  | 'metricsPaused'
  | 'startupFailed'
  | 'historyEmpty'
  | 'historyFiltered'
  | 'eventsBySource'
  | 'eventsFiltered'
  | 'eventsFollowed'
  | 'eventsCanBeFollowed'
  | 'alarmingFiles';

/** Sets a context key, which the manifest's `when` clauses see under `sentinel.`. */
export function setContext(key: ContextKey, value: boolean | readonly string[]): void {
  void vscode.commands.executeCommand('setContext', `sentinel.${key}`, value);
}

import path from 'node:path';
import * as vscode from 'vscode';
import type { SentinelApi } from './api';
import { FileHashing } from './features/fileHashing';
import { LiveMetrics } from './features/liveMetrics';
import { RunningTasks } from './features/runningTasks';
import { ProcessRunner } from './services/process/processRunner';
import { StartupOrchestrator } from './services/startup/orchestrator';
import { TaskSupervisor } from './services/tasks/taskSupervisor';
import { systemClock as clock } from './shared/clock';
import { DisposableStore } from './shared/disposable';
import { createApi } from './ui/api';
import { openSettings, registerCommands, setContext } from './ui/commands';
import { ExtensionLog } from './ui/logging/extensionLog';
import { Notifications } from './ui/notifications';
import { SettingsStore } from './ui/settings/settingsStore';

/** What `deactivate` ends, and waits for. */
let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): SentinelApi {
  const startedMs = clock.monotonicMs();
  const store = new DisposableStore();
  const log = new ExtensionLog(context, clock);
  const showLog = (): void => {
    log.show();
  };
  const settings = store.add(new SettingsStore(log.logger('settings')));
  const notifications = store.add(
    new Notifications({
      window: vscode.window,
      clock,
      logger: log.logger('notifications'),
      t: vscode.l10n.t,
      level: settings.current.notificationLevel,
      showLog,
    }),
  );
  const distFolder = path.join(context.extensionPath, 'dist');
  const guardianFile = path.join(distFolder, 'process', 'guardian.js');
  const processes = store.add(new ProcessRunner({ clock, logger: log.logger('processes'), guardianFile }));
  const tasks = new TaskSupervisor({ clock, logger: log.logger('tasks') });
  const startup = store.add(new StartupOrchestrator(clock, log.logger('startup')));

  const shared = { context, clock, log, settings, notifications, processes, tasks, startup, distFolder };
  const liveMetrics = new LiveMetrics(shared);
  const features = [liveMetrics, new RunningTasks(shared), new FileHashing(shared)];

  startup.addImmediate('commands', () => {
    const handlers = {
      'sentinel.openSettings': openSettings,
      'sentinel.showLog': showLog,
      'sentinel.retryStartup': () => Promise.all(startup.failedTasks.map(({ name }) => startup.retry(name))),
    };
    for (const commands of [handlers, ...features.map((feature) => feature.commands)]) {
      store.add(registerCommands(commands, notifications, log.logger('commands')));
    }
  });
  startup.addImmediate('settings', () => {
    const apply = (): void => {
      log.setFileLevel(settings.current.fileLogLevel);
      notifications.configure(settings.current.notificationLevel);
    };
    apply();
    store.add(settings.onChanged(apply));
  });
  const noteFailures = (): void => {
    setContext('startupFailed', startup.summary.failed > 0);
  };
  startup.onTaskFailed(noteFailures);
  startup.onTaskCompleted(noteFailures);
  startup.onStartupComplete(({ failed }) => {
    if (failed > 0) notifications.offerLog(vscode.l10n.t('A part of Sentinel could not be started.'));
  });

  stop = async () => {
    store.dispose();
    await Promise.all(features.map((feature) => feature.stop()));
    await log.close();
  };
  void startup.execute();
  log.logger('extension').info(`Activated in ${(clock.monotonicMs() - startedMs).toFixed(1)} ms.`);
  return createApi(liveMetrics.metrics, settings, startup);
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

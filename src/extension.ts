import path from 'node:path';
import * as vscode from 'vscode';
import type { SentinelApi } from './api';
import type { Feature } from './features/feature';
import { FileHashing } from './features/fileHashing';
import { FileScans } from './features/fileScans';
import { LiveMetrics } from './features/liveMetrics';
import { NetworkScans } from './features/networkScans';
import { OnlineEngines } from './features/onlineEngines';
import { Quarantine } from './features/quarantine';
import { RunningTasks } from './features/runningTasks';
import { ScanHistory } from './features/scanHistory';
import { EngineSelfTest } from './features/selfTest';
import { SystemEvents } from './features/systemEvents';
import { UrlScans } from './features/urlScans';
import { onlineUrlEngines } from './services/scan/url/onlineUrlEngines';
import { ProcessRunner } from './services/process/processRunner';
import { StartupOrchestrator } from './services/startup/orchestrator';
import { TaskSupervisor } from './services/tasks/taskSupervisor';
import { systemClock as clock } from './shared/clock';
import { DisposableStore } from './shared/disposable';
import { createApi } from './ui/api';
import { openSettings, registerCommands, setContext } from './ui/commands';
import { ExtensionLog } from './ui/logging/extensionLog';
import { Notifications } from './ui/notifications';
import { usesProxy } from './ui/settings/proxy';
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
  const features: Feature[] = [];
  // Known before the first feature is: one that fails to build must not keep the others from being ended.
  stop = async () => {
    // Programs may take their time to end. Features go in reverse order, the tasks first: what they use must
    // outlive them.
    const programs = processes.stop();
    for (const feature of features.toReversed()) await feature.stop();
    await programs;
    store.dispose();
    await log.close();
  };
  const liveMetrics = new LiveMetrics(shared);
  const scanHistory = new ScanHistory(shared);
  const onlineEngines = new OnlineEngines(shared, scanHistory);
  const fileScans = new FileScans(shared, scanHistory, onlineEngines.fileEngines);
  const urlScans = new UrlScans(shared, scanHistory, fileScans, {
    engines: onlineUrlEngines({
      clock,
      http: onlineEngines.http,
      keys: onlineEngines.keys,
      virusTotal: onlineEngines.virusTotal,
      usesProxy,
      settings: () => settings.current.onlineUrls,
    }),
    key: () => JSON.stringify([settings.current.onlineUrls, settings.current.virusTotal]),
  });
  features.push(liveMetrics, new FileHashing(shared), scanHistory, onlineEngines, fileScans, urlScans);
  features.push(new Quarantine(shared, scanHistory, fileScans.scans));
  features.push(new EngineSelfTest(shared, fileScans.scans, fileScans.engines));
  const networkScans = new NetworkScans(shared, scanHistory);
  features.push(networkScans, new SystemEvents(shared));
  features.push(new RunningTasks(shared));

  const retryStartup = async (): Promise<void> => {
    await Promise.all(startup.failedTasks.map(({ name }) => startup.retry(name)));
    tellStartup(startup.summary.failed);
  };
  const tellStartup = (failed: number): void => {
    setContext('startupFailed', failed > 0);
    if (failed === 0) return;
    const retry = { label: vscode.l10n.t('Retry'), run: retryStartup };
    const message = vscode.l10n.t('A part of Sentinel could not be started.');
    notifications.error(message, retry, notifications.showLogAction);
  };

  startup.addImmediate('commands', () => {
    const handlers = {
      'sentinel.openSettings': openSettings,
      'sentinel.showLog': showLog,
      'sentinel.retryStartup': retryStartup,
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
  startup.onStartupComplete(({ failed }) => {
    if (failed > 0) tellStartup(failed);
  });
  store.add(
    log.onOwnError(() => {
      notifications.offerLog(vscode.l10n.t('Something in Sentinel failed. The log says what.'));
    }),
  );

  void startup.execute();
  log.logger('extension').info(`Activated in ${(clock.monotonicMs() - startedMs).toFixed(1)} ms.`);
  return createApi({
    metrics: liveMetrics.metrics,
    history: scanHistory.history,
    scans: fileScans.scans,
    urlScans: urlScans.scans,
    hostScans: networkScans.hosts,
    settings,
    startup,
  });
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

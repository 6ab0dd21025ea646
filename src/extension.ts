import path from 'node:path';
import * as vscode from 'vscode';
import type { SentinelApi } from './api';
import { createGpuTelemetry } from './gpu/createGpuTelemetry';
import { FileHashService } from './services/hashing/fileHashService';
import { createHashThreads } from './services/hashing/hashThreads';
import { MetricsService } from './services/metrics/metricsService';
import { createMetricsWorker } from './services/metrics/metricsWorker';
import { RemoteVolumes, statFinder } from './services/metrics/remoteVolumes';
import { ProcessRunner } from './services/process/processRunner';
import { StartupOrchestrator } from './services/startup/orchestrator';
import { TaskSupervisor } from './services/tasks/taskSupervisor';
import { systemClock as clock } from './shared/clock';
import { DisposableStore } from './shared/disposable';
import { createApi } from './ui/api';
import { openSettings, registerCommands, setContext } from './ui/commands';
import { computeFileHashes } from './ui/hashing/hashCommand';
import { ExtensionLog } from './ui/logging/extensionLog';
import { metricsCommands } from './ui/metricsCommands';
import { Notifications } from './ui/notifications';
import { LivePanel } from './ui/panel/livePanel';
import { MetricsPanelModel } from './ui/panel/metricsPanelModel';
import { SettingsStore } from './ui/settings/settingsStore';
import { MetricsStatusBar } from './ui/statusBar/metricsStatusBar';
import { TaskSurface } from './ui/tasks/taskSurface';

/** What `deactivate` ends, and waits for. */
let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): SentinelApi {
  const startedMs = clock.monotonicMs();
  const log = new ExtensionLog(context, clock);
  const store = new DisposableStore();
  const settings = store.add(new SettingsStore(log.logger('settings')));
  log.setFileLevel(settings.current.fileLogLevel);
  const showLog = (): void => {
    log.show();
  };
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

  const dist = path.join(context.extensionPath, 'dist');
  const gpu = createGpuTelemetry(dist, settings.current.gpu, clock, log.logger('gpu'));
  const metricsWorker = createMetricsWorker(dist, process.platform, clock, log.logger('metrics.worker'));
  const processes = store.add(
    new ProcessRunner({
      clock,
      logger: log.logger('processes'),
      guardianFile: path.join(dist, 'process', 'guardian.js'),
    }),
  );
  const volumes = store.add(new RemoteVolumes({ runner: processes, findStat: statFinder(), clock }));
  const metrics = store.add(new MetricsService(metricsWorker, gpu, volumes, clock, log.logger('metrics')));
  const panelModel = store.add(
    new MetricsPanelModel(
      metrics,
      settings.current,
      context.globalState,
      {
        openSettings,
        restartGpu: () => {
          gpu.restart();
        },
      },
      vscode.env.remoteName,
    ),
  );
  const panel = store.add(new LivePanel(panelModel, context.extensionUri, log.logger('panel')));
  const statusBar = store.add(
    new MetricsStatusBar(metrics, clock, settings.current, 'sentinel.showLivePanel'),
  );

  const taskLogger = log.logger('tasks');
  const tasks = new TaskSupervisor({ clock, logger: taskLogger });
  const taskSurface = store.add(
    new TaskSurface(tasks, clock, notifications, taskLogger, 'sentinel.showRunningTasks'),
  );
  const hashThreads = createHashThreads(dist, clock, log.logger('hashing'));
  const hashing = new FileHashService(tasks, hashThreads, clock);

  const startup = store.add(new StartupOrchestrator(clock, log.logger('startup')));
  startup.addImmediate('commands', () => {
    const handlers = {
      ...metricsCommands(metrics, panel, gpu),
      'sentinel.openSettings': openSettings,
      'sentinel.showLog': showLog,
      'sentinel.showRunningTasks': () => {
        taskSurface.showList();
      },
      'sentinel.cancelAllTasks': () => {
        for (const task of tasks.tasks) task.cancel();
      },
      'sentinel.computeFileHashes': (...args: readonly unknown[]) =>
        computeFileHashes(hashing, notifications, args),
      'sentinel.retryStartup': () => Promise.all(startup.failedTasks.map(({ name }) => startup.retry(name))),
    };
    store.add(registerCommands(handlers, notifications, log.logger('commands')));
    store.add(
      metrics.onPausedChanged((paused) => {
        setContext('metricsPaused', paused);
      }),
    );
  });
  startup.addImmediate('live panel', () => {
    store.add(panel.register());
  });
  startup.addImmediate('settings', () => {
    store.add(
      settings.onChanged((changed) => {
        log.setFileLevel(changed.fileLogLevel);
        gpu.configure(changed.gpu);
        notifications.configure(changed.notificationLevel);
        panelModel.configure(changed);
        statusBar.configure(changed);
      }),
    );
  });
  startup.addBackground('status bar', 0, () => {
    statusBar.configure(settings.current);
  });
  // Starting a process blocks for some milliseconds: not in the same moment as starting a thread.
  startup.addBackground('GPU telemetry', 300, () => {
    gpu.start();
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
    await Promise.all([tasks.stop(), metrics.stop(), gpu.end()]);
    await hashThreads.stop();
    await log.close();
  };
  void startup.execute();
  log.logger('extension').info(`Activated in ${(clock.monotonicMs() - startedMs).toFixed(1)} ms.`);
  return createApi(metrics, settings, startup);
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

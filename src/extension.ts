import path from 'node:path';
import * as vscode from 'vscode';
import type { SentinelApi } from './api';
import { createGpuTelemetry } from './gpu/createGpuTelemetry';
import { MetricsService } from './services/metrics/metricsService';
import { createMetricsWorker } from './services/metrics/metricsWorker';
import { StartupOrchestrator } from './services/startup/orchestrator';
import { systemClock as clock } from './shared/clock';
import { DisposableStore } from './shared/disposable';
import { createApi } from './ui/api';
import { offerLog, openSettings, registerCommands, setContext } from './ui/commands';
import { ExtensionLog } from './ui/logging/extensionLog';
import { metricsCommands } from './ui/metricsCommands';
import { LivePanel } from './ui/panel/livePanel';
import { MetricsPanelModel } from './ui/panel/metricsPanelModel';
import { SettingsStore } from './ui/settings/settingsStore';
import { MetricsStatusBar } from './ui/statusBar/metricsStatusBar';

/** What `deactivate` ends, and waits for. */
let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): SentinelApi {
  const startedMs = clock.monotonicMs();
  const log = new ExtensionLog(context, clock);
  const store = new DisposableStore();
  const settings = store.add(new SettingsStore(log.logger('settings')));
  log.setFileLevel(settings.current.fileLogLevel);

  const dist = path.join(context.extensionPath, 'dist');
  const gpu = createGpuTelemetry(dist, settings.current.gpu, clock, log.logger('gpu'));
  const metricsWorker = createMetricsWorker(dist, process.platform, clock, log.logger('metrics.worker'));
  const metrics = store.add(new MetricsService(metricsWorker, gpu, clock, log.logger('metrics')));
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

  const startup = store.add(new StartupOrchestrator(clock, log.logger('startup')));
  startup.addImmediate('commands', () => {
    const handlers = {
      ...metricsCommands(metrics, panel, gpu),
      'sentinel.openSettings': openSettings,
      'sentinel.showLog': () => {
        log.show();
      },
      'sentinel.retryStartup': () => Promise.all(startup.failedTasks.map(({ name }) => startup.retry(name))),
    };
    store.add(registerCommands(handlers, log.logger('commands')));
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
    if (failed > 0) void offerLog(vscode.l10n.t('A part of Sentinel could not be started.'));
  });
  stop = async () => {
    store.dispose();
    await Promise.all([metrics.stop(), gpu.end()]);
    await log.close();
  };
  void startup.execute();
  log.logger('extension').info(`Activated in ${(clock.monotonicMs() - startedMs).toFixed(1)} ms.`);
  return createApi(metrics, settings, startup);
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

import path from 'node:path';
import * as vscode from 'vscode';
import type { SentinelApi } from './api';
import { LogHub } from './services/logging/logHub';
import { observeOwnErrors, stackWithin } from './services/logging/ownErrors';
import { Redactor } from './services/logging/redactor';
import { RotatingFileSink } from './services/logging/rotatingFileSink';
import { createMetricsWorker } from './services/metrics/metricsWorker';
import { type GpuSource, MetricsService } from './services/metrics/metricsService';
import { StartupOrchestrator } from './services/startup/orchestrator';
import { systemClock as clock } from './shared/clock';
import { DisposableStore } from './shared/disposable';
import { createApi } from './ui/api';
import { offerLog, registerCommands, setContext } from './ui/commands';
import { OutputChannelSink } from './ui/logging/outputChannelSink';
import { SettingsStore } from './ui/settings/settingsStore';
import { LivePanel } from './ui/panel/livePanel';
import { MetricsPanelModel, type PanelActions } from './ui/panel/metricsPanelModel';
import { MetricsStatusBar } from './ui/statusBar/metricsStatusBar';

/** What `deactivate` ends, and waits for. */
let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): SentinelApi {
  const startedMs = clock.monotonicMs();
  const logging = new DisposableStore();
  const channel = logging.add(vscode.window.createOutputChannel('Sentinel', { log: true }));
  const log = logging.add(new LogHub({ clock, redactor: new Redactor() }));
  log.addSink(new OutputChannelSink(channel));
  const isOwn = stackWithin(context.extensionPath);
  logging.add(observeOwnErrors({ process, isOwn, logger: log.logger('extension') }));

  const store = new DisposableStore();
  const settings = store.add(new SettingsStore(log.logger('settings')));
  // Writes in the background: the folder is made with the first line.
  log.addSink(logging.add(new RotatingFileSink({ folder: context.logUri.fsPath, clock })));
  log.level = settings.current.fileLogLevel;
  const dist = path.join(context.extensionPath, 'dist');
  const metricsWorker = createMetricsWorker(dist, process.platform, clock, log.logger('metrics.worker'));
  const metrics = store.add(new MetricsService(metricsWorker, gpuNotStarted, clock, log.logger('metrics')));
  const statusBar = store.add(
    new MetricsStatusBar(metrics, clock, settings.current, 'sentinel.showLivePanel'),
  );
  const panelModel = store.add(
    new MetricsPanelModel(
      metrics,
      settings.current,
      context.globalState,
      panelActions,
      vscode.env.remoteName,
    ),
  );
  const panel = store.add(new LivePanel(panelModel, context.extensionUri, log.logger('panel')));
  const startup = store.add(new StartupOrchestrator(clock, log.logger('startup')));

  startup.addImmediate('commands', () => {
    store.add(
      registerCommands(
        {
          'sentinel.showLivePanel': () => vscode.commands.executeCommand('sentinel.live.focus'),
          'sentinel.openLivePanelInEditor': () => {
            panel.openInEditor();
          },
          'sentinel.pauseMetrics': () => {
            metrics.setPaused(true);
          },
          'sentinel.resumeMetrics': () => {
            metrics.setPaused(false);
          },
          'sentinel.copySnapshot': () =>
            vscode.env.clipboard.writeText(JSON.stringify(metrics.current ?? null, null, 2)),
          'sentinel.openSettings': () => {
            panelActions.openSettings();
          },
          'sentinel.showLog': () => {
            channel.show();
          },
          'sentinel.retryStartup': () =>
            Promise.all(startup.failedTasks.map(({ name }) => startup.retry(name))),
        },
        log.logger('commands'),
      ),
    );
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
        log.level = changed.fileLogLevel;
        statusBar.configure(changed);
        panelModel.configure(changed);
      }),
    );
  });
  startup.addBackground('status bar', 0, () => {
    statusBar.configure(settings.current);
  });

  startup.onTaskFailed(() => {
    setContext('startupFailed', true);
  });
  startup.onStartupComplete(({ failed }) => {
    if (failed > 0) void offerLog(vscode.l10n.t('A part of Sentinel could not be started.'));
  });
  stop = async () => {
    store.dispose();
    await metrics.stop();
    await log.flush();
    logging.dispose();
  };
  void startup.execute();
  log.logger('extension').info(`Activated in ${(clock.monotonicMs() - startedMs).toFixed(1)} ms.`);
  return createApi(metrics, settings, startup);
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

const panelActions: PanelActions = {
  openSettings: () => {
    void vscode.commands.executeCommand('workbench.action.openSettings', '@ext:sentinel-suite.sentinel');
  },
  restartGpu: () => {
    void vscode.commands.executeCommand('sentinel.restartGpu');
  },
};

const gpuNotStarted: GpuSource = { state: { status: 'notStarted', count: 0, devices: [] }, cost: undefined };

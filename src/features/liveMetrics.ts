import * as vscode from 'vscode';
import { createGpuTelemetry } from '../gpu/createGpuTelemetry';
import type { GpuTelemetry } from '../gpu/gpuTelemetry';
import { MetricsService } from '../services/metrics/metricsService';
import { createMetricsWorker } from '../services/metrics/metricsWorker';
import { RemoteVolumes, statFinder } from '../services/metrics/remoteVolumes';
import { DisposableStore } from '../shared/disposable';
import { firstLine } from '../shared/presentation/gpuProblem';
import { type CommandHandlers, openSettings, setContext } from '../ui/commands';
import { LivePanel } from '../ui/panel/livePanel';
import { MetricsPanelModel } from '../ui/panel/metricsPanelModel';
import { MetricsStatusBar } from '../ui/statusBar/metricsStatusBar';
import type { Feature, FeatureHost } from './feature';

/** What this machine is doing: sampling, GPU telemetry, live panel and status bar. */
export class LiveMetrics implements Feature {
  readonly metrics: MetricsService;
  readonly commands: CommandHandlers;
  private readonly store = new DisposableStore();
  private readonly gpu: GpuTelemetry;

  constructor({ context, clock, log, settings, notifications, processes, startup, distFolder }: FeatureHost) {
    this.gpu = createGpuTelemetry(distFolder, settings.current.gpu, clock, log.logger('gpu'), () =>
      (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    );
    const worker = createMetricsWorker(distFolder, process.platform, clock, log.logger('metrics.worker'));
    const volumes = this.store.add(new RemoteVolumes({ runner: processes, findStat: statFinder(), clock }));
    this.metrics = this.store.add(
      new MetricsService(worker, this.gpu, volumes, clock, log.logger('metrics')),
    );
    const withGpu = (run: () => void): void => {
      if (settings.current.gpu.enabled) {
        run();
        return;
      }
      const open = { label: vscode.l10n.t('Open Settings'), run: openSettings };
      notifications.info(vscode.l10n.t('GPU telemetry is switched off in the settings.'), open);
    };
    const restartGpu = (): void => {
      withGpu(() => {
        this.gpu.restart();
      });
    };
    const model = this.store.add(
      new MetricsPanelModel(
        this.metrics,
        settings.current,
        context.globalState,
        { openSettings, restartGpu },
        vscode.env.remoteName,
      ),
    );
    const panel = this.store.add(new LivePanel(model, context.extensionUri, log.logger('panel')));
    const statusBar = this.store.add(
      new MetricsStatusBar(this.metrics, clock, settings.current, 'sentinel.showLivePanel'),
    );
    this.store.add(
      this.metrics.onPausedChanged((paused) => {
        setContext('metricsPaused', paused);
      }),
    );
    this.store.add(
      settings.onChanged((changed) => {
        this.gpu.configure(changed.gpu);
        model.configure(changed);
        statusBar.configure(changed);
      }),
    );
    this.store.add(
      this.gpu.onGivenUp(({ failures, reason }) => {
        const restart = { label: vscode.l10n.t('Restart'), run: restartGpu };
        const message = vscode.l10n.t(
          'GPU telemetry is off: its process failed {0} times in a row. The last time: {1}.',
          failures,
          firstLine(reason),
        );
        notifications.warning(message, restart, notifications.showLogAction);
      }),
    );

    startup.addImmediate('live panel', () => {
      this.store.add(panel.register());
    });
    startup.addBackground('status bar', 0, () => {
      statusBar.configure(settings.current);
    });
    // Starting a process blocks for some milliseconds: not in the same moment as starting a thread.
    startup.addBackground('GPU telemetry', 300, () => {
      this.gpu.start();
    });

    this.commands = {
      'sentinel.showLivePanel': () => vscode.commands.executeCommand('sentinel.live.focus'),
      'sentinel.openLivePanelInEditor': () => {
        panel.openInEditor();
      },
      'sentinel.pauseMetrics': () => {
        this.metrics.setPaused(true);
      },
      'sentinel.resumeMetrics': () => {
        this.metrics.setPaused(false);
      },
      'sentinel.copySnapshot': async () => {
        if (this.metrics.current === undefined) {
          notifications.info(vscode.l10n.t('There is no snapshot yet.'));
          return;
        }
        await vscode.env.clipboard.writeText(JSON.stringify(this.metrics.current, null, 2));
        notifications.success(vscode.l10n.t('The snapshot is in the clipboard.'));
      },
      'sentinel.restartGpu': restartGpu,
      'sentinel.startGpu': () => {
        withGpu(() => {
          this.gpu.start();
        });
      },
      'sentinel.stopGpu': () => this.gpu.stop(),
    };
  }

  async stop(): Promise<void> {
    this.store.dispose();
    await Promise.all([this.metrics.stop(), this.gpu.end()]);
  }
}

import * as vscode from 'vscode';
import type { GpuTelemetry } from '../gpu/gpuTelemetry';
import type { MetricsService } from '../services/metrics/metricsService';
import type { CommandHandlers } from './commands';
import type { LivePanel } from './panel/livePanel';

/** What a person can do with live metrics from the palette and the panel's title. */
export function metricsCommands(
  metrics: MetricsService,
  panel: LivePanel,
  gpu: GpuTelemetry,
): CommandHandlers {
  return {
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
    'sentinel.restartGpu': () => {
      gpu.restart();
    },
    'sentinel.startGpu': () => {
      gpu.start();
    },
    'sentinel.stopGpu': () => gpu.stop(),
  };
}

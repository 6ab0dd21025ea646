import * as vscode from 'vscode';
import type { MetricsService } from '../../services/metrics/metricsService';
import type { Clock } from '../../shared/clock';
import type { Level } from '../../shared/presentation/thresholds';
import type { Settings } from '../settings/settings';
import { MetricsStatusItem, type StatusSurface } from './metricsStatusItem';

/** The metrics in VS Code's own status bar. */
export class MetricsStatusBar extends MetricsStatusItem {
  /** @param command what a click runs */
  constructor(metrics: MetricsService, clock: Clock, settings: Settings, command: string) {
    super(
      metrics,
      clock,
      settings,
      () => createSurface(command),
      (message, ...args) => vscode.l10n.t(message, ...args),
    );
  }
}

function createSurface(command: string): StatusSurface {
  const item = vscode.window.createStatusBarItem('sentinel.metrics', vscode.StatusBarAlignment.Right, 90);
  item.name = vscode.l10n.t('Sentinel: CPU and GPU');
  item.command = command;
  item.text = '$(pulse) –';
  item.show();
  return {
    show({ text, tooltip, level, label }) {
      item.text = text;
      item.tooltip = typeof tooltip === 'string' ? tooltip : withIcons(tooltip.markdown);
      item.backgroundColor = backgroundColor(level);
      item.accessibilityInformation = { label };
    },
    dispose() {
      item.dispose();
    },
  };
}

function withIcons(markdown: string): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString(markdown);
  tooltip.supportThemeIcons = true;
  return tooltip;
}

function backgroundColor(level: Level): vscode.ThemeColor | undefined {
  switch (level) {
    case 'normal':
      return undefined;
    case 'warning':
      return new vscode.ThemeColor('statusBarItem.warningBackground');
    case 'error':
      return new vscode.ThemeColor('statusBarItem.errorBackground');
  }
}

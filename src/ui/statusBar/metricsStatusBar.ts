import * as vscode from 'vscode';
import type { MetricsService } from '../../services/metrics/metricsService';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { MetricsSnapshot } from '../../shared/metrics/snapshot';
import { gpuMetricValue } from '../../shared/gpu/gpu';
import { levelOf, type Level } from '../../shared/presentation/thresholds';
import type { Settings } from '../settings/settings';
import { busiestGpu, figureTexts } from './figures';
import { type FigureTexts, parseTemplate, type Template } from './template';
import { tooltipMarkdown } from './tooltip';
import { type StatusBarView, UpdatePacing } from './updatePacing';

/** CPU and GPU at a glance. Asks for figures at the background pace as long as it is shown. */
export class MetricsStatusBar implements Disposable {
  private readonly store = new DisposableStore();
  private shown: DisposableStore | undefined;
  private item: vscode.StatusBarItem | undefined;
  private template: Template | undefined;
  private readonly pacing: UpdatePacing;

  constructor(
    private readonly metrics: MetricsService,
    clock: Clock,
    private settings: Settings,
    private readonly command: string,
  ) {
    this.pacing = new UpdatePacing(clock);
    this.store.add(
      metrics.onSnapshot((snapshot) => {
        this.show(snapshot);
      }),
    );
    this.store.add(
      metrics.onPausedChanged(() => {
        this.refresh();
      }),
    );
  }

  /** Shows the item, if the settings want it, and begins to ask for figures. */
  configure(settings: Settings): void {
    this.settings = settings;
    const parsed = parseTemplate(settings.statusBarTemplate);
    this.template = 'template' in parsed ? parsed.template : undefined;
    this.shown?.dispose();
    this.shown = undefined;
    this.item = undefined;
    if (!settings.statusBarEnabled || this.store.isDisposed) return;
    const shown = new DisposableStore();
    this.item = shown.add(
      vscode.window.createStatusBarItem('sentinel.metrics', vscode.StatusBarAlignment.Right, 90),
    );
    this.item.name = vscode.l10n.t('Sentinel: CPU and GPU');
    this.item.command = this.command;
    shown.add(this.metrics.demand({ intervalMs: settings.backgroundIntervalMs, processes: 'slow' }));
    this.shown = shown;
    this.refresh();
    this.item.show();
  }

  dispose(): void {
    this.shown?.dispose();
    this.store.dispose();
  }

  private refresh(): void {
    if (this.item === undefined) return;
    this.pacing.reset();
    if (this.metrics.paused) {
      this.item.text = `$(debug-pause) ${vscode.l10n.t('paused')}`;
      this.item.tooltip = vscode.l10n.t('Sentinel: live metrics are paused. Click to open the live panel.');
      this.item.backgroundColor = undefined;
      this.item.accessibilityInformation = { label: vscode.l10n.t('Sentinel: live metrics are paused') };
    } else if (this.metrics.current === undefined) {
      this.item.text = '$(pulse) –';
      this.item.tooltip = vscode.l10n.t('Sentinel: waiting for the first sample.');
    } else {
      this.show(this.metrics.current);
    }
  }

  private show(snapshot: MetricsSnapshot): void {
    if (this.item === undefined || this.template === undefined || this.metrics.paused) return;
    const texts = figureTexts(snapshot);
    const level = this.level(snapshot, this.template);
    if (!this.pacing.accept(this.view(texts, level, this.template))) return;
    const tooltip = new vscode.MarkdownString(tooltipMarkdown(snapshot, this.settings.backgroundIntervalMs));
    tooltip.supportThemeIcons = true;
    this.item.text = this.template.render(texts);
    this.item.tooltip = tooltip;
    this.item.backgroundColor = backgroundColor(level);
    this.item.accessibilityInformation = { label: accessibleText(snapshot) };
  }

  private view(texts: FigureTexts, level: Level, { figures }: Template): StatusBarView {
    const percents: (number | undefined)[] = [];
    const rest: string[] = [level];
    for (const figure of figures) {
      const text = texts[figure];
      if (text?.endsWith('%') === true) percents.push(Number(text.slice(0, -1)));
      else rest.push(text ?? '');
    }
    return { percents, rest: rest.join('|') };
  }

  /** The worst of the figures that the text shows: a colour must not speak of what one cannot see. */
  private level(snapshot: MetricsSnapshot, { figures }: Template): Level {
    const { thresholds } = this.settings;
    const gpu = busiestGpu(snapshot);
    const levels: Level[] = [];
    if (figures.has('cpu')) levels.push(levelOf(snapshot.cpu.percent, thresholds.cpu));
    if (figures.has('memory')) levels.push(levelOf(snapshot.memory.percent, thresholds.memory));
    if (figures.has('disk')) levels.push(levelOf(snapshot.disk.percent, thresholds.disk));
    if (figures.has('gpu')) {
      levels.push(levelOf(gpu && gpuMetricValue(gpu.metrics.utilizationPercent), thresholds.gpu));
    }
    return (
      levels.find((level) => level === 'error') ?? levels.find((level) => level === 'warning') ?? 'normal'
    );
  }
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

function accessibleText(snapshot: MetricsSnapshot): string {
  const gpu = busiestGpu(snapshot);
  const parts = [
    snapshot.cpu.percent === undefined ? undefined : `CPU ${Math.round(snapshot.cpu.percent)} %`,
    snapshot.memory.percent === undefined ? undefined : `memory ${Math.round(snapshot.memory.percent)} %`,
    gpu && gpuMetricValue(gpu.metrics.utilizationPercent) !== undefined
      ? `GPU ${Math.round(gpuMetricValue(gpu.metrics.utilizationPercent) ?? 0)} %`
      : undefined,
  ];
  return `Sentinel: ${parts.filter((part) => part !== undefined).join(', ')}`;
}

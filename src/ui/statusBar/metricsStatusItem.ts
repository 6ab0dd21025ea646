import type { MetricsHold, MetricsService } from '../../services/metrics/metricsService';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { gpuMetricValue } from '../../shared/gpu/gpu';
import type { MetricsSnapshot } from '../../shared/metrics/snapshot';
import { type Level, levelOf } from '../../shared/presentation/thresholds';
import type { Settings } from '../settings/settings';
import type { Translate } from '../translate';
import { busiestGpu, figureTexts } from './figures';
import { type FigureTexts, parseTemplate, type Template } from './template';
import { tooltipMarkdown } from './tooltip';
import { type StatusBarView, UpdatePacing } from './updatePacing';

/** What the item shows at one moment. */
export interface StatusItemContent {
  readonly text: string;
  /** Markdown where it comes of a snapshot, else plain text. */
  readonly tooltip: { readonly markdown: string } | string;
  readonly level: Level;
  /** For screen readers. */
  readonly label: string;
}

/** A place in the status bar. */
export interface StatusSurface extends Disposable {
  show(content: StatusItemContent): void;
}

/** CPU and GPU at a glance. Asks for figures at the background pace as long as it is shown. */
export class MetricsStatusItem implements Disposable {
  private readonly store = new DisposableStore();
  private surface: StatusSurface | undefined;
  private hold: MetricsHold | undefined;
  private template: Template | undefined;
  private readonly pacing: UpdatePacing;

  constructor(
    private readonly metrics: MetricsService,
    clock: Clock,
    private settings: Settings,
    private readonly createSurface: () => StatusSurface,
    private readonly t: Translate,
  ) {
    this.pacing = new UpdatePacing(clock);
    const refresh = (): void => {
      this.refresh();
    };
    this.store.add(metrics.onPausedChanged(refresh));
    this.store.add(metrics.onLateChanged(refresh));
    this.store.add(
      metrics.onSnapshot((snapshot) => {
        this.showSnapshot(snapshot);
      }),
    );
  }

  /** Shows the item, if the settings want it, and begins to ask for figures; later takes changed settings over. */
  configure(settings: Settings): void {
    this.settings = settings;
    if (this.store.isDisposed) return;
    if (!settings.statusBarEnabled) {
      this.remove();
      return;
    }
    const parsed = parseTemplate(settings.statusBarTemplate);
    this.template = 'template' in parsed ? parsed.template : undefined;
    const demand = { intervalMs: settings.backgroundIntervalMs, processes: 'slow' } as const;
    if (this.hold === undefined) this.hold = this.metrics.demand(demand);
    else this.hold.change(demand);
    this.surface ??= this.createSurface();
    this.refresh();
  }

  dispose(): void {
    this.remove();
    this.store.dispose();
  }

  private remove(): void {
    this.hold?.dispose();
    this.hold = undefined;
    this.surface?.dispose();
    this.surface = undefined;
  }

  private refresh(): void {
    const { t, metrics } = this;
    this.pacing.reset();
    if (metrics.paused) {
      this.showNotice(
        `$(debug-pause) ${t('paused')}`,
        t('Sentinel: live metrics are paused. Click to open the live panel.'),
      );
    } else if (metrics.lateSince !== undefined) {
      const since = new Date(metrics.lateSince).toLocaleTimeString();
      this.showNotice('$(warning) –', t('Sentinel: no answer from the metrics thread since {0}.', since));
    } else if (metrics.current === undefined) {
      this.showNotice('$(pulse) –', t('Sentinel: waiting for the first sample.'));
    } else {
      this.showSnapshot(metrics.current);
    }
  }

  private showNotice(text: string, tooltip: string): void {
    this.surface?.show({ text, tooltip, level: 'normal', label: tooltip });
  }

  private showSnapshot(snapshot: MetricsSnapshot): void {
    const { surface, template, metrics } = this;
    if (surface === undefined || template === undefined || metrics.paused) return;
    const texts = figureTexts(snapshot);
    const level = this.level(snapshot, template);
    if (!this.pacing.accept(viewOf(texts, level, template))) return;
    surface.show({
      text: template.render(texts),
      tooltip: {
        markdown: tooltipMarkdown(snapshot, metrics.intervalMs ?? this.settings.backgroundIntervalMs),
      },
      level,
      label: spokenText(snapshot),
    });
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

function viewOf(texts: FigureTexts, level: Level, { figures }: Template): StatusBarView {
  const percents: (number | undefined)[] = [];
  const rest: string[] = [level];
  for (const figure of figures) {
    const text = texts[figure];
    if (text?.endsWith('%') === true) percents.push(Number(text.slice(0, -1)));
    else rest.push(text ?? '');
  }
  return { percents, rest: rest.join('|') };
}

function spokenText(snapshot: MetricsSnapshot): string {
  const gpu = busiestGpu(snapshot);
  const gpuPercent = gpu && gpuMetricValue(gpu.metrics.utilizationPercent);
  const parts = [
    snapshot.cpu.percent === undefined ? undefined : `CPU ${Math.round(snapshot.cpu.percent)} %`,
    snapshot.memory.percent === undefined ? undefined : `memory ${Math.round(snapshot.memory.percent)} %`,
    gpuPercent === undefined ? undefined : `GPU ${Math.round(gpuPercent)} %`,
  ];
  return `Sentinel: ${parts.filter((part) => part !== undefined).join(', ')}`;
}

import {
  Chart,
  type ChartDataset,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type Scale,
} from 'chart.js';
import type { Disposable } from '../src/shared/disposable';
import type { HistoryPoint } from '../src/shared/metrics/history';
import { element, setAttribute, setText } from './dom';
import type { PanelFrame } from './frame';
import { type ChartPoint, lineSeries, pointsInRange, summarize } from './series';
import type { Accent, Theme } from './theme';

/** Called once, before the first chart. Only what the panel draws with is registered, so that only it is bundled. */
export function registerChartParts(): void {
  Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);
}

export interface LineChartLine {
  /** What the line shows, for the chart's text: `download`. */
  readonly name: string;
  readonly dashed?: boolean;
  pick(point: HistoryPoint): number | undefined;
}

export interface LineChartOptions {
  /** What the chart shows, the beginning of its text: `CPU use`. */
  readonly label: string;
  readonly accent: Accent;
  readonly lines: readonly LineChartLine[];
  readonly format: (value: number) => string;
  /** The vertical range that shows values up to `highest`. A chart that has no natural limit names its top. */
  readonly range: (lowest: number, highest: number) => { min: number; max: number };
  readonly showsTop?: boolean;
  readonly small?: boolean;
}

export const percentRange = (): { min: number; max: number } => ({ min: 0, max: 100 });

/** How often a chart's text may change: a screen reader that stands on it would be told each time. */
const textPeriodMs = 10_000;
/** More points than this show nothing more at the width of a card. */
const maxPoints = 240;

type LineDataset = ChartDataset<'line', ChartPoint[]>;

/** A small chart over the panel's window of time, redrawn when it is told and at no other time. */
export class LineChart implements Disposable {
  readonly element: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly top = element('span', { class: 'chart-top', attributes: { 'aria-hidden': 'true' } });
  private readonly chart: Chart<'line', ChartPoint[]>;
  private readonly themeSubscription: Disposable;
  private textAtMs = Number.NEGATIVE_INFINITY;
  private textWindow = 0;

  constructor(
    private readonly theme: Theme,
    private readonly options: LineChartOptions,
  ) {
    this.canvas = element('canvas', { attributes: { role: 'img', 'aria-label': options.label } });
    this.element = element('div', { class: options.small ? 'chart chart-small' : 'chart' }, this.canvas);
    if (options.showsTop) this.element.append(this.top);
    this.chart = new Chart(this.canvas, {
      type: 'line',
      data: { datasets: options.lines.map((line) => this.dataset(line)) },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        parsing: false,
        normalized: true,
        // Nothing reacts to the pointer, so nothing has to be found under it.
        events: [],
        layout: { padding: { top: 2, bottom: 1 } },
        scales: {
          // An axis that shows nothing still measures its labels, unless it has none.
          x: { type: 'linear', display: false, ticks: { display: false }, afterBuildTicks: withoutTicks },
          y: {
            type: 'linear',
            border: { display: false },
            ticks: { display: false },
            grid: { drawTicks: false, lineWidth: 1 },
            // Bottom, middle and top; a small chart stands on its bottom line alone.
            afterBuildTicks: (axis) => {
              const { min, max } = axis;
              axis.ticks = (options.small ? [min] : [min, (min + max) / 2, max]).map((value) => ({ value }));
            },
          },
        },
      },
    });
    this.applyTheme();
    this.themeSubscription = theme.onChange(() => {
      this.applyTheme();
      this.chart.update('none');
    });
  }

  update({ history, range, state }: PanelFrame): void {
    const points = pointsInRange(history, range);
    const lineOptions = { intervalMs: state.intervalMs, windowMs: range.toT - range.fromT, maxPoints };
    const lines = this.options.lines.map((line) =>
      lineSeries(points, (point) => line.pick(point), lineOptions),
    );
    const summaries = lines.map((line) => summarize(line));
    const lowest = Math.min(...summaries.map((summary) => summary?.lowest ?? Number.POSITIVE_INFINITY));
    const highest = Math.max(...summaries.map((summary) => summary?.highest ?? Number.NEGATIVE_INFINITY));
    const { min, max } = this.options.range(lowest, highest);
    lines.forEach((line, index) => {
      const dataset = this.chart.data.datasets[index] as LineDataset | undefined;
      if (!dataset) return;
      dataset.data = line;
    });
    Object.assign(this.chart.options.scales?.['x'] ?? {}, { min: range.fromT, max: range.toT });
    Object.assign(this.chart.options.scales?.['y'] ?? {}, { min, max });
    this.chart.update('none');
    setText(this.top, summaries.some((summary) => summary) ? this.options.format(max) : '');
    this.describe(lines, state.windowMinutes);
  }

  dispose(): void {
    this.themeSubscription.dispose();
    this.chart.destroy();
    this.element.remove();
  }

  private dataset({ dashed }: LineChartLine): LineDataset {
    return {
      data: [],
      borderDash: dashed ? [4, 3] : [],
      borderJoinStyle: 'round',
      // The same for all points, so that Chart.js works out its options once and not for each of them.
      pointRadius: 0,
      spanGaps: false,
      tension: 0,
    };
  }

  private applyTheme(): void {
    const colour = this.theme.accent(this.options.accent);
    this.chart.data.datasets.forEach((each, index) => {
      const dataset = each as LineDataset;
      dataset.borderColor = colour;
      dataset.borderWidth = this.theme.isHighContrast ? 2 : 1.5;
      // A filled area is a mere tint; high contrast goes without it, and only the first line has one.
      dataset.fill = index === 0 && !this.theme.isHighContrast ? 'start' : false;
      dataset.backgroundColor = `color-mix(in srgb, ${colour} 18%, transparent)`;
    });
    const grid = this.chart.options.scales?.['y']?.grid;
    if (grid) grid.color = this.theme.gridLine;
  }

  private describe(lines: readonly ChartPoint[][], windowMinutes: number): void {
    const nowMs = performance.now();
    if (this.textWindow === windowMinutes && nowMs - this.textAtMs < textPeriodMs) return;
    this.textAtMs = nowMs;
    this.textWindow = windowMinutes;
    const { label, format } = this.options;
    const parts = lines.map((line, index) => {
      const summary = summarize(line);
      const name = this.options.lines.length > 1 ? `${this.options.lines[index]?.name ?? ''} ` : '';
      if (!summary) return `${name}no data`;
      return `${name}${format(summary.latest)}, lowest ${format(summary.lowest)}, highest ${format(summary.highest)}`;
    });
    const window = windowMinutes === 1 ? 'last minute' : `last ${windowMinutes} minutes`;
    setAttribute(this.canvas, 'aria-label', `${label}, ${window}: ${parts.join('; ')}`);
  }
}

function withoutTicks(axis: Scale): void {
  axis.ticks = [];
}

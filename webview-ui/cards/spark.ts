import type { Disposable } from '../../src/shared/disposable';
import type { GpuMetric } from '../../src/shared/gpu/gpu';
import type { HistoryPoint } from '../../src/shared/metrics/history';
import { gpuMetricText } from '../../src/shared/presentation/absence';
import { element, setHidden, setText } from '../dom';
import type { PanelFrame } from '../frame';
import { LineChart } from '../lineChart';
import type { Theme } from '../theme';

export interface SparkOptions {
  readonly label: string;
  readonly format: (value: number) => string;
  readonly range: (lowest: number, highest: number) => { min: number; max: number };
  readonly pick: (point: HistoryPoint) => number | undefined;
}

/** A second figure of a device: its name, its value, and its course in a line as high as text. */
export class Spark implements Disposable {
  private readonly value = element('span', { class: 'spark-value' });
  private readonly chart: LineChart;
  private readonly format: (value: number) => string;
  readonly element: HTMLElement;

  constructor(theme: Theme, { label, format, range, pick }: SparkOptions) {
    this.format = format;
    this.chart = new LineChart(theme, {
      label,
      accent: 'gpu',
      lines: [{ name: label, pick }],
      format,
      range,
      small: true,
    });
    this.element = element(
      'div',
      { class: 'spark' },
      element(
        'div',
        { class: 'spark-text' },
        element('span', { class: 'spark-label', text: label }),
        this.value,
      ),
      this.chart.element,
    );
  }

  /** @param limit what the value may reach, told beside it */
  update(metric: GpuMetric, frame: PanelFrame, limit?: number): void {
    const text = gpuMetricText(metric, this.format);
    const withLimit = metric.status === 'ok' && limit !== undefined;
    setText(this.value, withLimit ? `${text.replace(/\D+$/, '')} / ${this.format(limit)}` : text);
    const supported = metric.status !== 'unsupported';
    setHidden(this.chart.element, !supported);
    if (supported) this.chart.update(frame);
  }

  dispose(): void {
    this.chart.dispose();
  }
}

import type { Disposable } from '../../src/shared/disposable';
import { type GpuDevice, type GpuMetric, type GpuMetricName, gpuMetricValue } from '../../src/shared/gpu/gpu';
import type { GpuHistoryPoint, HistoryPoint } from '../../src/shared/metrics/history';
import { absenceText, gpuMetricText } from '../../src/shared/presentation/absence';
import { element, reconcile, setHidden, setText, setTitle } from '../dom';
import {
  formatFrequency,
  formatPercent,
  formatPower,
  formatSize,
  formatTemperature,
  percentQuantity,
  shortProcessName,
  sizePair,
} from '../../src/shared/presentation/format';
import type { PanelFrame } from '../frame';
import { LineChart, percentRange } from '../lineChart';
import type { Theme } from '../theme';
import { levelOf } from '../../src/shared/presentation/thresholds';
import { Card } from './card';
import { Disclosure } from '../disclosure';
import { Meter } from './meter';
import { Spark } from './spark';

const shownProcesses = 5;

/** One graphics processor: its charts, its memory, and who uses that. */
export class GpuCard implements Disposable {
  private readonly card: Card;
  private readonly chart: LineChart;
  private readonly noUse = element('p', { class: 'no-figure' });
  private readonly memory = new Meter();
  private readonly temperature: Spark;
  private readonly power: Spark;
  private readonly processes = element('ul', { class: 'gpu-processes' });
  private readonly processRows: ProcessRow[] = [];
  private readonly details = element('dl', { class: 'gpu-details' });
  private readonly detailRows: DetailRow[] = [];
  private readonly disclosure: Disclosure;
  private powerLimitW: number | undefined;
  readonly element: HTMLElement;

  /** @param id of the device, which keeps its history apart from other devices' */
  constructor(
    theme: Theme,
    readonly id: string,
    serial: number,
  ) {
    const domId = `gpu-${serial}`;
    this.card = new Card({ id: domId, title: 'GPU', icon: 'gpu', accent: 'gpu' });
    this.element = this.card.element;
    const pick = (name: keyof GpuHistoryPoint) => (point: HistoryPoint) => point.gpus?.[id]?.[name];
    this.chart = new LineChart(theme, {
      label: 'GPU use and memory',
      accent: 'gpu',
      lines: [
        { name: 'use', pick: pick('utilization') },
        { name: 'memory', dashed: true, pick: pick('memory') },
      ],
      format: formatPercent,
      range: percentRange,
    });
    this.temperature = new Spark(theme, {
      label: 'Temperature',
      pick: pick('temperature'),
      format: formatTemperature,
      // Around room temperature to what makes a device throttle.
      range: (_, highest) => ({ min: 20, max: Math.max(100, highest) }),
    });
    this.power = new Spark(theme, {
      label: 'Power',
      pick: pick('power'),
      format: formatPower,
      range: (_, highest) => ({ min: 0, max: Math.max(10, this.powerLimitW ?? 0, highest) }),
    });
    this.disclosure = new Disclosure(`${domId}-details`, this.details, (open) => {
      this.disclosure.setOpen(open);
    });
    this.disclosure.setLabel('All figures');
    this.card.body.append(
      this.noUse,
      this.chart.element,
      this.memory.element,
      element('div', { class: 'sparks' }, this.temperature.element, this.power.element),
      this.processes,
    );
    this.card.addDisclosure(this.disclosure);
  }

  /** @param staleSince when the figures were read, if that is too long ago to be the present */
  update(device: GpuDevice, title: string, frame: PanelFrame, staleSince: string | undefined): void {
    const { metrics } = device;
    this.powerLimitW = gpuMetricValue(metrics.powerLimitW);
    this.card.setTitle(title, device.name);
    this.updateFigure(metrics.utilizationPercent, frame, staleSince !== undefined);
    this.updateChart(metrics.utilizationPercent, frame);
    this.updateMemory(device, frame, staleSince !== undefined);
    this.temperature.update(metrics.temperatureC, frame);
    this.power.update(metrics.powerW, frame, this.powerLimitW);
    this.updateProcesses(device);
    this.updateDetails(device);
    this.card.setFooter(
      staleSince === undefined ? [] : [{ text: `as of ${staleSince}`, title: 'Last good reading' }],
    );
    this.element.classList.toggle('card-stale', staleSince !== undefined);
  }

  dispose(): void {
    this.chart.dispose();
    this.temperature.dispose();
    this.power.dispose();
    this.element.remove();
  }

  /** A colour calls for attention now, which an old figure cannot. */
  private updateFigure(metric: GpuMetric, { state }: PanelFrame, stale: boolean): void {
    if (metric.status !== 'ok') {
      this.card.figure.showAbsent(capitalised(gpuMetricText(metric, formatPercent)));
      return;
    }
    this.card.figure.show({
      ...percentQuantity(metric.value),
      level: levelOf(stale ? undefined : metric.value, state.thresholds.gpu),
    });
  }

  /** A device that never tells its use has no chart of it; one that fails to tell keeps what it told before. */
  private updateChart(metric: GpuMetric, frame: PanelFrame): void {
    const supported = metric.status !== 'unsupported';
    setText(this.noUse, supported ? '' : 'Use: not supported');
    setHidden(this.noUse, supported);
    setHidden(this.chart.element, !supported);
    if (supported) this.chart.update(frame);
  }

  private updateMemory({ metrics }: GpuDevice, { state }: PanelFrame, stale: boolean): void {
    const used = gpuMetricValue(metrics.memoryUsedMB);
    const total = gpuMetricValue(metrics.memoryTotalMB);
    const percent = used !== undefined && total ? (100 * used) / total : undefined;
    const missing = metrics.memoryUsedMB.status === 'ok' ? metrics.memoryTotalMB : metrics.memoryUsedMB;
    const pair = used !== undefined && total !== undefined ? sizePair(used, total) : undefined;
    this.memory.update({
      label: 'VRAM',
      title: 'Memory of this device: the dashed line of the chart',
      percent,
      text: pair ? `${pair.used} / ${pair.total}` : gpuMetricText(missing, String),
      level: levelOf(stale ? undefined : percent, state.thresholds.gpu),
    });
  }

  private updateProcesses({ processes = [] }: GpuDevice): void {
    const largest = processes
      .map(({ name, pid, memoryMB }) => ({ name, pid, memoryMB, sizeMB: gpuMetricValue(memoryMB) ?? -1 }))
      .sort((a, b) => b.sizeMB - a.sizeMB)
      .slice(0, shownProcesses);
    setHidden(this.processes, largest.length === 0);
    reconcile(
      this.processes,
      this.processRows,
      largest,
      () => new ProcessRow(),
      (row, { name, pid, memoryMB }) => {
        row.update(shortProcessName(name), `${name}, process ${pid}`, gpuMetricText(memoryMB, formatSize));
      },
    );
  }

  private updateDetails({ metrics, driverVersion }: GpuDevice): void {
    const rows = detailNames.map(([name, label, format]) => ({
      label,
      text: gpuMetricText(metrics[name], format),
    }));
    rows.push({ label: 'Driver', text: driverVersion ?? absenceText('unsupported').toLowerCase() });
    reconcile(
      this.details,
      this.detailRows,
      rows,
      () => new DetailRow(),
      (row, { label, text }) => {
        row.update(label, text);
      },
    );
  }
}

const detailNames: readonly (readonly [GpuMetricName, string, (value: number) => string])[] = [
  ['graphicsClockMHz', 'Graphics clock', formatFrequency],
  ['memoryClockMHz', 'Memory clock', formatFrequency],
  ['fanPercent', 'Fan', formatPercent],
  ['powerLimitW', 'Power limit', formatPower],
  ['encoderPercent', 'Encoder', formatPercent],
  ['decoderPercent', 'Decoder', formatPercent],
  ['pcieGeneration', 'PCIe generation', String],
  ['pcieWidth', 'PCIe width', (lanes) => `×${lanes}`],
];

class ProcessRow {
  private readonly name = element('span', { class: 'gpu-process-name' });
  private readonly size = element('span', { class: 'gpu-process-size' });
  readonly element = element('li', {}, this.name, this.size);

  update(name: string, title: string, size: string): void {
    setText(this.name, name);
    setTitle(this.name, title);
    setText(this.size, size);
  }
}

class DetailRow {
  private readonly label = element('dt');
  private readonly text = element('dd');
  readonly element = element('div', {}, this.label, this.text);

  update(label: string, text: string): void {
    setText(this.label, label);
    setText(this.text, text);
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import type { CpuMetrics, MetricsSnapshot } from '../../src/shared/metrics/snapshot';
import { absenceOf } from '../../src/shared/presentation/absence';
import { element, reconcile, setHidden, setStyle, setText } from '../dom';
import {
  formatCount,
  formatFrequency,
  formatLoad,
  formatPercent,
  formatTemperature,
  percentQuantity,
} from '../../src/shared/presentation/format';
import type { PanelFrame, Send } from '../frame';
import { LineChart, percentRange } from '../lineChart';
import type { Theme } from '../theme';
import { levelOf } from '../../src/shared/presentation/thresholds';
import { Card, type FooterItem } from './card';
import { CoreStrip } from './coreStrip';
import { Disclosure } from '../disclosure';

/** Processors: their use together, each one's as a strip and, on demand, in figures. */
export class CpuCard {
  private readonly card = new Card({ id: 'cpu', title: 'CPU', icon: 'cpu', accent: 'cpu' });
  private readonly chart: LineChart;
  private readonly strip = new CoreStrip();
  private readonly coreList = element('ol', { class: 'core-list' });
  private readonly coreRows: CoreRow[] = [];
  private readonly cores: Disclosure;
  readonly element = this.card.element;

  constructor(theme: Theme, send: Send) {
    this.chart = new LineChart(theme, {
      label: 'CPU use',
      accent: 'cpu',
      lines: [{ name: 'use', pick: ({ cpu }) => cpu }],
      format: formatPercent,
      range: percentRange,
    });
    this.cores = new Disclosure('cpu-cores', this.coreList, (shown) => {
      send({ type: 'setCoresShown', shown });
    });
    this.card.body.append(this.chart.element, this.strip.element);
    this.card.addDisclosure(this.cores);
  }

  update(frame: PanelFrame): void {
    const { snapshot, state } = frame;
    const { percent, cores } = snapshot.cpu;
    if (percent === undefined) this.card.figure.showAbsent(absenceOf(snapshot.absent, 'cpu.percent'));
    else
      this.card.figure.show({ ...percentQuantity(percent), level: levelOf(percent, state.thresholds.cpu) });
    this.chart.update(frame);
    this.updateCores(cores ?? [], state.coresShown);
    this.card.setFooter(footer(snapshot));
  }

  private updateCores(cores: readonly number[], shown: boolean): void {
    setHidden(this.strip.element, cores.length === 0);
    if (cores.length === 0) {
      this.cores.hide();
      return;
    }
    this.cores.show();
    this.strip.update(cores);
    this.cores.setLabel(formatCount(cores.length, 'core'));
    this.cores.setOpen(shown);
    if (!shown) return;
    reconcile(
      this.coreList,
      this.coreRows,
      cores,
      () => new CoreRow(this.coreRows.length),
      (row, percent) => {
        row.update(percent);
      },
    );
  }
}

class CoreRow {
  private readonly value = element('span', { class: 'core-value' });
  readonly element: HTMLElement;

  constructor(index: number) {
    const label = element('span', { class: 'core-index', text: index.toString() });
    this.element = element('li', {}, label, this.value);
  }

  update(percent: number): void {
    setText(this.value, `${Math.round(percent)}%`);
    setStyle(this.element, '--use', (Math.round(percent) / 100).toString());
  }
}

/** Facts that this machine does not have are left out; the figure above them tells what matters. */
function footer({ cpu, machine }: MetricsSnapshot): FooterItem[] {
  const items: FooterItem[] = [];
  if (!cpu.cores || cpu.cores.length === 0) items.push({ text: formatCount(cpu.count, 'core') });
  const limit = machine.container?.cpuLimit;
  if (limit !== undefined)
    items.push({ text: `limit ${formatLoad(limit)}`, title: 'Cores this container may use' });
  items.push(...loadItem(cpu));
  if (cpu.frequencyMHz !== undefined) items.push({ text: formatFrequency(cpu.frequencyMHz) });
  if (cpu.temperatureC !== undefined) items.push({ text: formatTemperature(cpu.temperatureC) });
  return items;
}

function loadItem({ loadAverage }: CpuMetrics): FooterItem[] {
  if (!loadAverage) return [];
  const [one, five, fifteen] = loadAverage.map(formatLoad);
  return [
    {
      text: `load ${one ?? ''}`,
      title: `1, 5 and 15 minutes: ${one ?? ''}, ${five ?? ''}, ${fifteen ?? ''}`,
    },
  ];
}

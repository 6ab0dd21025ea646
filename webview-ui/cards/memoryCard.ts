import type { MetricsSnapshot } from '../../src/shared/metrics/snapshot';
import { absenceOf } from '../../src/shared/presentation/absence';
import { formatPercent, formatSize, sizePair } from '../../src/shared/presentation/format';
import type { PanelFrame } from '../frame';
import { LineChart, percentRange } from '../lineChart';
import type { Theme } from '../theme';
import { levelOf } from '../../src/shared/presentation/thresholds';
import { Card, type FooterItem } from './card';
import { Meter } from './meter';

/** The machine's memory and, where there is one, the limit of the container that the samples come from. */
export class MemoryCard {
  private readonly card = new Card({ id: 'memory', title: 'Memory', icon: 'memory', accent: 'memory' });
  private readonly chart: LineChart;
  private readonly container = new Meter();
  readonly element = this.card.element;

  constructor(theme: Theme) {
    this.chart = new LineChart(theme, {
      label: 'Memory use',
      accent: 'memory',
      lines: [{ name: 'use', pick: ({ memory }) => memory }],
      format: formatPercent,
      range: percentRange,
    });
    this.card.body.append(this.chart.element, this.container.element);
  }

  update(frame: PanelFrame): void {
    const { snapshot, state } = frame;
    const { usedMB, totalMB, percent } = snapshot.memory;
    if (usedMB === undefined || totalMB === undefined) {
      this.card.figure.showAbsent(absenceOf(snapshot.absent, 'memory.usedMB'));
    } else {
      const { used, total } = sizePair(usedMB, totalMB);
      this.card.figure.show({
        value: used,
        unit: `/ ${total}`,
        meaning: 'used',
        level: levelOf(percent, state.thresholds.memory),
      });
    }
    this.chart.update(frame);
    this.updateContainer(frame);
    this.card.setFooter(footer(snapshot));
  }

  private updateContainer({ snapshot, state }: PanelFrame): void {
    const { memoryLimitMB, memoryUsedMB } = snapshot.machine.container ?? {};
    this.container.element.hidden = memoryLimitMB === undefined;
    if (memoryLimitMB === undefined) return;
    const percent =
      memoryUsedMB === undefined || memoryLimitMB === 0 ? undefined : (100 * memoryUsedMB) / memoryLimitMB;
    const { used, total } = sizePair(memoryUsedMB ?? 0, memoryLimitMB);
    this.container.update({
      label: 'container',
      title: 'Memory that this container uses, of what it may use',
      percent,
      text: memoryUsedMB === undefined ? `limit ${total}` : `${used} / ${total}`,
      level: levelOf(percent, state.thresholds.memory),
    });
  }
}

function footer({ memory }: MetricsSnapshot): FooterItem[] {
  const items: FooterItem[] = [];
  if (memory.percent !== undefined) items.push({ text: `${formatPercent(memory.percent)} used` });
  if (memory.availableMB !== undefined) items.push({ text: `${formatSize(memory.availableMB)} available` });
  // A machine without swap has nothing to tell about it.
  if (memory.swapUsedMB !== undefined && memory.swapTotalMB) {
    items.push({
      text: `swap ${formatSize(memory.swapUsedMB)}`,
      title: `of ${formatSize(memory.swapTotalMB)}`,
    });
  }
  return items;
}

import { gpuMetricValue, type GpuDevice } from '../../shared/gpu/gpu';
import type { MetricsSnapshot } from '../../shared/metrics/snapshot';
import {
  formatCount,
  formatFrequency,
  formatLoad,
  formatPercent,
  formatPower,
  formatProcessPercent,
  formatRate,
  formatSize,
  formatSmallPercent,
  formatTemperature,
  sizePair,
} from '../../shared/presentation/format';

/** The busiest processes that a tooltip has room for. */
const processRows = 3;

/**
 * The status bar's tooltip in Markdown: what is not in the text, and what is busy. Figures that the snapshot lacks
 * are left out; a row without any says so.
 */
export function tooltipMarkdown(snapshot: MetricsSnapshot, intervalMs: number): string {
  const { cpu, memory, disk, network, sentinel, processes } = snapshot;
  const rows: [string, (string | undefined)[]][] = [
    [
      'CPU',
      [
        some(cpu.percent, formatPercent),
        formatCount(cpu.count, 'core'),
        some(cpu.loadAverage, ([one]) => `load ${formatLoad(one)}`),
        some(cpu.frequencyMHz, formatFrequency),
        some(cpu.temperatureC, formatTemperature),
      ],
    ],
    [
      'Memory',
      [
        usedOfTotal(memory.usedMB, memory.totalMB),
        some(memory.percent, formatPercent),
        memory.swapTotalMB ? some(memory.swapUsedMB, (usedMB) => `swap ${formatSize(usedMB)}`) : undefined,
      ],
    ],
    [
      'Disk',
      [
        usedOfTotal(disk.usedMB, disk.totalMB),
        some(disk.readBytesPerSec, (rate) => `read ${formatRate(rate)}`),
        some(disk.writeBytesPerSec, (rate) => `write ${formatRate(rate)}`),
      ],
    ],
    [
      'Network',
      [
        some(network.rxBytesPerSec, (rate) => `↓ ${formatRate(rate)}`),
        some(network.txBytesPerSec, (rate) => `↑ ${formatRate(rate)}`),
        some(network.connections, (count) => formatCount(count, 'connection')),
      ],
    ],
    ...snapshot.gpu.devices.map((device): [string, (string | undefined)[]] => [
      escapeMarkdown(device.name),
      snapshot.gpu.stale === true ? [lastReading(snapshot.gpu.readAt)] : gpuFigures(device),
    ]),
  ];
  const lines = [
    '| **Sentinel** | |',
    '|:--|:--|',
    ...rows.map(([name, figures]) => tableRow(name, known(figures))),
  ];
  for (const { name, detail, cpuPercent, rssMB } of processes?.top.slice(0, processRows) ?? []) {
    lines.push(
      tableRow(`$(circle-small-filled) ${escapeMarkdown([name, detail].filter(Boolean).join(' '))}`, [
        formatProcessPercent(cpuPercent),
        formatSize(rssMB),
      ]),
    );
  }
  const own =
    sentinel.cpuPercent === undefined
      ? ''
      : `, measuring costs ${formatSmallPercent(sentinel.cpuPercent)} CPU`;
  lines.push('', `Every ${intervalMs / 1_000} s${own}. Click to open the live panel.`);
  return lines.join('\n');
}

function lastReading(readAt: string | undefined): string | undefined {
  if (readAt === undefined) return undefined;
  const time = new Date(readAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return `last reading ${time}`;
}

function gpuFigures({ metrics }: GpuDevice): (string | undefined)[] {
  return [
    some(gpuMetricValue(metrics.utilizationPercent), formatPercent),
    usedOfTotal(gpuMetricValue(metrics.memoryUsedMB), gpuMetricValue(metrics.memoryTotalMB)),
    some(gpuMetricValue(metrics.temperatureC), formatTemperature),
    some(gpuMetricValue(metrics.powerW), formatPower),
  ];
}

function tableRow(name: string, figures: readonly string[]): string {
  return `| ${name}&nbsp;&nbsp; | ${figures.length > 0 ? figures.join(' · ') : 'no figures yet'} |`;
}

function usedOfTotal(usedMB: number | undefined, totalMB: number | undefined): string | undefined {
  if (usedMB === undefined || totalMB === undefined) return undefined;
  const { used, total } = sizePair(usedMB, totalMB);
  return `${used} / ${total}`;
}

function some<T>(value: T | undefined, format: (value: T) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}

function known(texts: readonly (string | undefined)[]): string[] {
  return texts.filter((text) => text !== undefined);
}

/** Names come from programs and devices: none may become a link, an icon, a cell or markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!|<>$~&]/g, '\\$&');
}

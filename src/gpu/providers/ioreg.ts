import type { GpuDevice, GpuMetric } from '../../shared/gpu/gpu';
import { measured, metricsWith, unsupported } from './metrics';

type Properties = ReadonlyMap<string, string>;

/**
 * Reads what `ioreg -r -d 1 -w 0 -c IOAccelerator` prints: per accelerator a line `+-o NAME  <class …, id 0x…>`
 * and its properties, one a line, as `"key" = value`; dictionaries stand on one line as `{"key"=value,…}`.
 */
export function parseIoreg(output: string): readonly GpuDevice[] {
  const sections = output.split(/^\+-o /m).slice(1);
  return sections.map(deviceOfSection).filter((device) => device !== undefined);
}

function deviceOfSection(section: string, index: number): GpuDevice | undefined {
  const properties = new Map<string, string>();
  for (const match of section.matchAll(/^[\s|]*"([^"]+)" = (.+)$/gm)) {
    if (match[1] !== undefined && match[2] !== undefined) properties.set(match[1], match[2].trim());
  }
  const statistics = parseDictionary(properties.get('PerformanceStatistics') ?? '');
  const className = /^(\S+)/.exec(section)?.[1] ?? 'GPU';
  // Headless helpers of the system register as accelerators without ever measuring anything.
  if (statistics.size === 0) return undefined;
  const bundle = properties.get('CFBundleIdentifier') ?? '';
  const vendor = vendorOf(`${className} ${bundle}`);
  const memoryMB = 1 / (1024 * 1024);
  const used = statistic(
    statistics,
    memoryMB,
    'vramUsedBytes',
    'In use system memory',
    'inUseVidMemoryBytes',
  );
  const free = statistic(statistics, memoryMB, 'vramFreeBytes');
  return {
    id: /\bid (0x[0-9a-f]+)/.exec(section)?.[1] ?? `${className}-${index}`,
    name: modelOf(properties.get('model')) ?? className,
    vendor,
    metrics: metricsWith({
      utilizationPercent: statistic(statistics, 1, 'Device Utilization %', 'GPU Activity(%)'),
      memoryUsedMB: used,
      // Of memory that is shared with the processor no part belongs to the graphics.
      memoryTotalMB:
        used.status === 'ok' && free.status === 'ok' ? measured(used.value + free.value) : unsupported,
      temperatureC: statistic(statistics, 1, 'Temperature(C)'),
      powerW: statistic(statistics, 1, 'Total Power(W)'),
      fanPercent: statistic(statistics, 1, 'Fan Speed(%)'),
      graphicsClockMHz: statistic(statistics, 1, 'Core Clock(MHz)'),
      memoryClockMHz: statistic(statistics, 1, 'Memory Clock(MHz)'),
    }),
  };
}

function parseDictionary(text: string): Properties {
  const entries = new Map<string, string>();
  for (const match of text.matchAll(/"([^"]+)"\s*=\s*(-?\d+(?:\.\d+)?)/g)) {
    if (match[1] !== undefined && match[2] !== undefined) entries.set(match[1], match[2]);
  }
  return entries;
}

/** The first of several names under which drivers keep a figure. */
function statistic(statistics: Properties, scale: number, ...names: readonly string[]): GpuMetric {
  const name = names.find((candidate) => statistics.has(candidate));
  return name === undefined ? unsupported : measured(Number(statistics.get(name)) * scale);
}

/** `"Apple M1 Pro"`, or the same as hexadecimal data with a zero byte at its end. */
function modelOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const data = /^<([0-9a-f]+)>$/.exec(value)?.[1];
  const text = data === undefined ? value.replace(/^"|"$/g, '') : Buffer.from(data, 'hex').toString('utf8');
  const model = text.replace(/\0/g, '').trim().slice(0, 256);
  return model === '' ? undefined : model;
}

function vendorOf(names: string): GpuDevice['vendor'] {
  if (names.includes('AGX')) return 'apple';
  if (/AMD|ATI/.test(names)) return 'amd';
  if (names.includes('Intel')) return 'intel';
  if (/NVDA|GeForce/.test(names)) return 'nvidia';
  return 'unknown';
}

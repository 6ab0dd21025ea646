import { gpuMetricValue, type GpuDevice } from '../../shared/gpu/gpu';
import type { MetricsSnapshot } from '../../shared/metrics/snapshot';
import { formatLoad, formatRate, formatTemperature } from '../../shared/presentation/format';
import type { FigureTexts } from './template';

/** As wide as a digit: figures of one and of two digits take the same room, and the neighbours stand still. */
const figureSpace = '\u2007';

/** The status bar's texts of a snapshot; figures that it lacks are left out. */
export function figureTexts(snapshot: MetricsSnapshot): FigureTexts {
  const gpu = busiestGpu(snapshot);
  const memory = gpu && gpuMemoryPercent(gpu);
  const texts: Record<string, string | undefined> = {
    cpu: percentText(snapshot.cpu.percent),
    memory: percentText(snapshot.memory.percent),
    disk: percentText(snapshot.disk.percent),
    gpu: percentText(gpu && gpuMetricValue(gpu.metrics.utilizationPercent)),
    gpuMemory: percentText(memory),
    down:
      snapshot.network.rxBytesPerSec === undefined ? undefined : formatRate(snapshot.network.rxBytesPerSec),
    up: snapshot.network.txBytesPerSec === undefined ? undefined : formatRate(snapshot.network.txBytesPerSec),
    load: snapshot.cpu.loadAverage === undefined ? undefined : formatLoad(snapshot.cpu.loadAverage[0]),
    temperature:
      snapshot.cpu.temperatureC === undefined ? undefined : formatTemperature(snapshot.cpu.temperatureC),
  };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}

/** The device that works most; of several idle ones the first. None while the reading is too old. */
export function busiestGpu({ gpu }: MetricsSnapshot): GpuDevice | undefined {
  if (gpu.stale === true) return undefined;
  let busiest: GpuDevice | undefined;
  let highest = -1;
  for (const device of gpu.devices) {
    const percent = gpuMetricValue(device.metrics.utilizationPercent) ?? 0;
    if (percent <= highest) continue;
    busiest = device;
    highest = percent;
  }
  return busiest;
}

/** Used share of a device's memory, 0–100; undefined where it does not tell both sizes. */
function gpuMemoryPercent({ metrics }: GpuDevice): number | undefined {
  const used = gpuMetricValue(metrics.memoryUsedMB);
  const total = gpuMetricValue(metrics.memoryTotalMB);
  return used === undefined || !total ? undefined : (100 * used) / total;
}

function percentText(percent: number | undefined): string | undefined {
  return percent === undefined ? undefined : `${Math.round(percent).toString().padStart(2, figureSpace)}%`;
}

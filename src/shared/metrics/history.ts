import { gpuMetricValue } from '../gpu/gpu';
import { defined } from '../defined';
import type { MetricsSnapshot } from './snapshot';

/** What charts need of a snapshot. A figure that was absent stays absent, so that a chart shows a gap. */
export interface HistoryPoint {
  /** Milliseconds since the epoch. */
  readonly t: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly diskRead?: number;
  readonly diskWrite?: number;
  readonly rx?: number;
  readonly tx?: number;
  /** By device id. */
  readonly gpus?: Readonly<Record<string, GpuHistoryPoint>>;
}

export interface GpuHistoryPoint {
  readonly utilization?: number;
  /** Used memory, percent of the device's. */
  readonly memory?: number;
  readonly temperature?: number;
  readonly power?: number;
}

/** Windows that the panel offers, in minutes; the host keeps the largest. */
export const historyWindowsMinutes = [1, 5, 15] as const;
export type HistoryWindowMinutes = (typeof historyWindowsMinutes)[number];

export function historyPoint(snapshot: MetricsSnapshot): HistoryPoint {
  const gpus: Record<string, GpuHistoryPoint> = {};
  // What was read too long ago is not the value of now: the chart shows a gap.
  const devices = snapshot.gpu.stale === true ? [] : snapshot.gpu.devices;
  for (const { id, metrics } of devices) {
    const used = gpuMetricValue(metrics.memoryUsedMB);
    const total = gpuMetricValue(metrics.memoryTotalMB);
    gpus[id] = defined({
      utilization: gpuMetricValue(metrics.utilizationPercent),
      memory: used !== undefined && total ? (100 * used) / total : undefined,
      temperature: gpuMetricValue(metrics.temperatureC),
      power: gpuMetricValue(metrics.powerW),
    });
  }
  return defined({
    t: Date.parse(snapshot.timestamp),
    cpu: snapshot.cpu.percent,
    memory: snapshot.memory.percent,
    diskRead: snapshot.disk.readBytesPerSec,
    diskWrite: snapshot.disk.writeBytesPerSec,
    rx: snapshot.network.rxBytesPerSec,
    tx: snapshot.network.txBytesPerSec,
    gpus: devices.length > 0 ? gpus : undefined,
  });
}

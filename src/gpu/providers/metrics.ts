import { type GpuDevice, type GpuMetric, gpuMetricNames } from '../../shared/gpu/gpu';

export type GpuMetrics = GpuDevice['metrics'];

export const unsupported: GpuMetric = { status: 'unsupported' };
export const unavailable: GpuMetric = { status: 'unavailable' };
export const permissionDenied: GpuMetric = { status: 'permissionDenied' };

/** A value, where it is a number at all; rounded to what a panel can show, so that noise is no change. */
export function measured(value: number, digits = 1): GpuMetric {
  if (!Number.isFinite(value)) return unavailable;
  const scale = 10 ** digits;
  return { status: 'ok', value: Math.round(value * scale) / scale };
}

/** Every metric that `known` leaves out is unsupported. */
export function metricsWith(known: Partial<GpuMetrics>): GpuMetrics {
  const metrics: Partial<GpuMetrics> = {};
  for (const name of gpuMetricNames) metrics[name] = known[name] ?? unsupported;
  return metrics as GpuMetrics;
}

/** The same device while its source is silent: what it is stays known, what it does is not. */
export function withoutReadings(device: GpuDevice): GpuDevice {
  const metrics: Partial<GpuMetrics> = {};
  for (const name of gpuMetricNames) {
    metrics[name] = device.metrics[name].status === 'ok' ? unavailable : device.metrics[name];
  }
  const { processes, ...rest } = device;
  return { ...rest, metrics: metrics as GpuMetrics, ...(processes === undefined ? {} : { processes: [] }) };
}

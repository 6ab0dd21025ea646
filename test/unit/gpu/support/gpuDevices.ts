import { type GpuDevice, type GpuMetric, gpuMetricNames } from '../../../../src/shared/gpu/gpu';

/** A device that gives nothing but what is named in `values`. */
export function device(
  id: string,
  values: Partial<Record<(typeof gpuMetricNames)[number], number>> = {},
  rest: Partial<GpuDevice> = {},
): GpuDevice {
  const metrics = Object.fromEntries(
    gpuMetricNames.map((name): [string, GpuMetric] => {
      const value = values[name];
      return [name, value === undefined ? { status: 'unsupported' } : { status: 'ok', value }];
    }),
  ) as GpuDevice['metrics'];
  return { id, name: `Card ${id}`, vendor: 'nvidia', metrics, ...rest };
}

const ts = '2024-01-15T10:30:45.000Z';

/** Lines as the GPU process writes them, without line ends. */
export const lines = {
  init: JSON.stringify({ type: 'init', providers: ['nvidia'], version: 1 }),
  heartbeat: (cpuMs = 12, rssMB = 40): string => JSON.stringify({ type: 'heartbeat', ts, cpuMs, rssMB }),
  metrics: (gpus: readonly GpuDevice[], at = ts): string =>
    JSON.stringify({ type: 'metrics', ts: at, count: gpus.length, gpus }),
  providerError: (provider: string, message: string): string =>
    JSON.stringify({ type: 'providerError', provider, message }),
  providerRecovered: (provider: string): string => JSON.stringify({ type: 'providerRecovered', provider }),
  fatal: (message: string): string => JSON.stringify({ type: 'fatal', message }),
};

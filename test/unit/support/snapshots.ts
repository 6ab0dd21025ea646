import type { GpuDevice, GpuMetric } from '../../../src/shared/gpu/gpu';
import type { MetricsSnapshot } from '../../../src/shared/metrics/snapshot';

/** A snapshot of a made-up machine; parts can be replaced. */
export function madeSnapshot(parts: Partial<MetricsSnapshot> = {}): MetricsSnapshot {
  return {
    timestamp: '2024-01-15T10:30:45.000Z',
    elapsedMs: 3_000,
    machine: { hostname: 'node-7', platform: 'linux' },
    cpu: { percent: 31.4, cores: [20, 42.8], count: 2, loadAverage: [2.4, 2, 1.5] },
    memory: {
      totalMB: 32_000,
      usedMB: 12_000,
      availableMB: 20_000,
      percent: 37.5,
      swapTotalMB: 0,
      swapUsedMB: 0,
    },
    disk: {
      totalMB: 512_000,
      usedMB: 378_000,
      percent: 74,
      volumes: [{ mount: '/', fs: 'ext4', totalMB: 512_000, usedMB: 378_000, percent: 74 }],
      readBytesPerSec: 0,
      writeBytesPerSec: 1_048_576,
    },
    network: { interfaces: [], rxBytesPerSec: 4_404_019, txBytesPerSec: 317_440, connections: 42 },
    processes: {
      count: 214,
      top: [{ pid: 7, name: 'node', cpuPercent: 24.1, rssMB: 1_200 }],
      sampledAt: '2024-01-15T10:30:45.000Z',
    },
    sentinel: { cpuPercent: 0.05, rssMB: 12 },
    absent: { 'cpu.temperatureC': 'unsupported' },
    gpu: { status: 'running', count: 0, devices: [] },
    ...parts,
  };
}

const unsupported: GpuMetric = { status: 'unsupported' };

/** A device that tells nothing but what is given. */
export function madeGpu(id: string, values: Partial<Record<keyof GpuDevice['metrics'], number>>): GpuDevice {
  const metric = (name: keyof GpuDevice['metrics']): GpuMetric => {
    const value = values[name];
    return value === undefined ? unsupported : { status: 'ok', value };
  };
  return {
    id,
    name: `GPU ${id}`,
    vendor: 'nvidia',
    metrics: {
      utilizationPercent: metric('utilizationPercent'),
      memoryUsedMB: metric('memoryUsedMB'),
      memoryTotalMB: metric('memoryTotalMB'),
      temperatureC: metric('temperatureC'),
      powerW: metric('powerW'),
      powerLimitW: metric('powerLimitW'),
      fanPercent: metric('fanPercent'),
      graphicsClockMHz: metric('graphicsClockMHz'),
      memoryClockMHz: metric('memoryClockMHz'),
      encoderPercent: metric('encoderPercent'),
      decoderPercent: metric('decoderPercent'),
      pcieGeneration: metric('pcieGeneration'),
      pcieWidth: metric('pcieWidth'),
    },
  };
}

import { type GpuDevice, type GpuMetric, gpuMetricNames } from '../../../src/shared/gpu/gpu';
import { type HistoryPoint, historyPoint } from '../../../src/shared/metrics/history';
import type { MetricsSnapshot } from '../../../src/shared/metrics/snapshot';
import type { HostToPanel } from '../../../src/shared/protocol/panel';
import { minimalSnapshot, panelState } from '../../unit/support/panelSamples';

type Hydrate = Extract<HostToPanel, { type: 'hydrate' }>;

const lastT = Date.parse('2024-01-15T10:30:45.000Z');
const timestamp = new Date(lastT).toISOString();

/** A quarter of an hour that ends with the snapshot; the same in each run. */
function historyOf(snapshot: MetricsSnapshot): HistoryPoint[] {
  const last = historyPoint(snapshot);
  return Array.from({ length: 300 }, (_, index) => {
    const wave = 50 + 40 * Math.sin(index / 9);
    return {
      ...last,
      t: lastT - (299 - index) * 3_000,
      cpu: wave,
      rx: wave * 50_000,
      diskWrite: wave * 9_000,
    };
  });
}

function device(id: string, name: string, figures: Partial<Record<string, GpuMetric>>): GpuDevice {
  const metrics = Object.fromEntries(
    gpuMetricNames.map((metric) => [metric, figures[metric] ?? { status: 'unsupported' }]),
  ) as GpuDevice['metrics'];
  return { id, name, vendor: 'unknown', metrics };
}

const ok = (value: number): GpuMetric => ({ status: 'ok', value });

/** Every card full: many cores past their threshold, two devices of which one tells next to nothing. */
export function busyScene(): Hydrate {
  const training = device('a', 'Accelerator 9000', {
    utilizationPercent: ok(0),
    memoryUsedMB: ok(62_669),
    memoryTotalMB: ok(143_360),
    temperatureC: ok(54),
    powerW: ok(412),
    powerLimitW: ok(700),
  });
  const snapshot = minimalSnapshot({
    timestamp,
    cpu: {
      count: 64,
      percent: 97,
      cores: Array.from({ length: 64 }, (_, index) => (index * 37) % 101),
      loadAverage: [71.2, 66, 60],
      frequencyMHz: 2_900,
      temperatureC: 83,
    },
    memory: {
      totalMB: 1_048_576,
      usedMB: 933_233,
      availableMB: 115_343,
      percent: 89,
      swapTotalMB: 8_192,
      swapUsedMB: 205,
    },
    disk: {
      totalMB: 524_288,
      usedMB: 387_072,
      percent: 74,
      readBytesPerSec: 4e8,
      writeBytesPerSec: 9e8,
      volumes: [
        { mount: '/', fs: 'ext4', totalMB: 524_288, usedMB: 387_072, percent: 74 },
        { mount: '/mnt/build-cache-on-a-slow-server.example', fs: 'nfs4', absent: 'timedOut' },
      ],
    },
    network: {
      interfaces: [{ name: 'br-4f0c2d1a9be7-enp0s31f6', address: 'fe80::242:acff:fe11:2', up: true }],
      rxBytesPerSec: 9e7,
      txBytesPerSec: 1e6,
      connections: 12_345,
    },
    gpu: {
      status: 'degraded',
      reason: 'One provider fails: /sys/class/drm/card1/device/gpu_busy_percent cannot be read.',
      count: 2,
      devices: [
        { ...training, processes: [{ pid: 9, name: '/opt/env/bin/python train.py', memoryMB: ok(60_314) }] },
        device('b', 'Silent card', {}),
      ],
      readAt: timestamp,
    },
    processes: {
      count: 1_874,
      sampledAt: timestamp,
      top: [{ pid: 1, name: 'python', cpuPercent: 4_821.4, rssMB: 412_345 }],
    },
    sentinel: { cpuPercent: 0.04, rssMB: 61 },
    absent: {},
  });
  const state = panelState({ remoteName: 'ssh-remote', coresShown: true, windowMinutes: 15 });
  return { type: 'hydrate', state, history: historyOf(snapshot), snapshot };
}

/** Nothing can be had, each for its own reason. */
export function absentScene(): Hydrate {
  const snapshot = minimalSnapshot({
    timestamp,
    cpu: { count: 2 },
    absent: {
      'cpu.percent': 'notAvailableYet',
      'memory.usedMB': 'permissionDenied',
      'disk.percent': 'timedOut',
      'network.rxBytesPerSec': 'unsupported',
      processes: 'failed',
    },
    gpu: { status: 'running', count: 0, devices: [] },
  });
  return { type: 'hydrate', state: panelState(), history: [historyPoint(snapshot)], snapshot };
}

/** In a container, with GPU telemetry given up. */
export function containerScene(): Hydrate {
  const container = { runtime: 'docker', cpuLimit: 2.5, memoryLimitMB: 4_096, memoryUsedMB: 3_502 };
  const snapshot = minimalSnapshot({
    timestamp,
    machine: { hostname: 'f3a9c1d2e4b5', platform: 'linux', container },
    memory: { totalMB: 32_051, usedMB: 12_083, percent: 37.7 },
    gpu: {
      status: 'breakerOpen',
      failures: 3,
      reason: 'ended with exit code 1',
      count: 0,
      devices: [],
    },
  });
  return { type: 'hydrate', state: panelState({ paused: true }), history: historyOf(snapshot), snapshot };
}

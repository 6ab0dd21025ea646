import type { MetricsSnapshot } from '../../../src/shared/metrics/snapshot';
import type { PanelState } from '../../../src/shared/protocol/panel';

export function panelState(changes: Partial<PanelState> = {}): PanelState {
  const thresholds = { warning: 80, error: 95 };
  return {
    paused: false,
    intervalMs: 3_000,
    windowMinutes: 1,
    coresShown: false,
    thresholds: { cpu: thresholds, memory: thresholds, disk: thresholds, gpu: thresholds },
    ...changes,
  };
}

/** A snapshot with as few figures as one can have. */
export function minimalSnapshot(changes: Partial<MetricsSnapshot> = {}): MetricsSnapshot {
  return {
    timestamp: '2024-01-15T10:30:45.000Z',
    machine: { hostname: 'node-7', platform: 'linux' },
    cpu: { count: 4, percent: 31 },
    memory: {},
    disk: { volumes: [] },
    network: { interfaces: [] },
    sentinel: {},
    absent: { 'memory.usedMB': 'permissionDenied' },
    gpu: { status: 'notStarted', count: 0, devices: [] },
    ...changes,
  };
}

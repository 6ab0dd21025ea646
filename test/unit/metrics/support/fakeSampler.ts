import type { Sampler } from '../../../../src/services/metrics/sampler';
import type { MachineSnapshot } from '../../../../src/shared/metrics/snapshot';
import type { ProcessDemand } from '../../../../src/shared/protocol/metricsWorker';

/** A snapshot of nothing in particular. */
export function madeSnapshot(changes: Partial<MachineSnapshot> = {}): MachineSnapshot {
  return {
    timestamp: '2024-01-15T10:30:45.000Z',
    machine: { hostname: 'made', platform: 'linux' },
    cpu: { count: 1 },
    memory: {},
    disk: { volumes: [] },
    network: { interfaces: [] },
    sentinel: {},
    absent: {},
    ...changes,
  };
}

/** Notes when it was asked, and for what. */
export class FakeSampler implements Sampler {
  readonly asked: ProcessDemand[] = [];
  disposed = false;
  onSample: () => void = () => undefined;

  sample(processes: ProcessDemand): MachineSnapshot {
    this.asked.push(processes);
    this.onSample();
    return madeSnapshot();
  }

  dispose(): void {
    this.disposed = true;
  }
}

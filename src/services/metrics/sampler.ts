import type { Disposable } from '../../shared/disposable';
import type { MachineSnapshot } from '../../shared/metrics/snapshot';
import type { ProcessDemand } from '../../shared/protocol/metricsWorker';

/** Takes snapshots of this machine. Lives on the metrics thread. */
export interface Sampler extends Disposable {
  /** Must return soon: what can take long is read beside it, and shown by a later sample. */
  sample(processes: ProcessDemand): MachineSnapshot;
}

/** Periods of what is too dear for every tick, in milliseconds. */
export const tierPeriodsMs = {
  volumes: 30_000,
  interfaces: 15_000,
  sensors: 15_000,
  disks: 60_000,
  container: 15_000,
  processes: 30_000,
} as const;

/** Rows of the list of busiest processes. */
export const topProcessCount = 6;

import * as v from 'valibot';
import type { GpuState } from '../gpu/gpu';

/**
 * What the machine is doing at one moment. A figure that cannot be had is left out, and `absent` names it with
 * the reason: 0 always means zero. Sizes are MiB (1,048,576 bytes) in fields that end in `MB`, rates are bytes a
 * second, percentages are 0–100.
 */

export const absenceReasons = [
  /** This machine or operating system has no such figure. */
  'unsupported',
  'permissionDenied',
  /** Needs one more sample (rates) or the first turn of a slower tier. */
  'notAvailableYet',
  /** Belongs to a part of Sentinel that is not running. */
  'notStarted',
  /** The source did not answer in time, as a stalled network mount does. */
  'timedOut',
  /** The source answered with something that could not be read. */
  'failed',
] as const;
export const absenceReasonSchema = v.picklist(absenceReasons);
export type AbsenceReason = v.InferOutput<typeof absenceReasonSchema>;

const finite = v.pipe(v.number(), v.finite());
const amount = v.pipe(finite, v.minValue(0));
const percent = v.pipe(finite, v.minValue(0), v.maxValue(100));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const isoTime = v.pipe(v.string(), v.isoTimestamp());

/** The limits of the container that the sampled process runs in; the other figures are the machine's. */
export const containerSchema = v.object({
  runtime: v.string(),
  /** Processors that the container may use at once, by its quota or its set of processors; may be fractional. */
  cpuLimit: v.optional(amount),
  memoryLimitMB: v.optional(amount),
  memoryUsedMB: v.optional(amount),
});
export type ContainerLimits = v.InferOutput<typeof containerSchema>;

export const cpuSchema = v.object({
  percent: v.optional(percent),
  /** Use of each processor, in the system's order. */
  cores: v.optional(v.array(percent)),
  count,
  /** Over 1, 5 and 15 minutes. */
  loadAverage: v.optional(v.tuple([amount, amount, amount])),
  frequencyMHz: v.optional(amount),
  temperatureC: v.optional(finite),
  /** When temperature and frequency were last read; they are on a slower tier. */
  sensorsAt: v.optional(isoTime),
});
export type CpuMetrics = v.InferOutput<typeof cpuSchema>;

export const memorySchema = v.object({
  totalMB: v.optional(amount),
  /** What the system's own monitor calls used; on Linux total − MemAvailable. */
  usedMB: v.optional(amount),
  availableMB: v.optional(amount),
  percent: v.optional(percent),
  swapTotalMB: v.optional(amount),
  swapUsedMB: v.optional(amount),
});
export type MemoryMetrics = v.InferOutput<typeof memorySchema>;

export const volumeSchema = v.object({
  mount: v.string(),
  fs: v.string(),
  /** Asks another machine or program when looked at, so that it may never answer; absent: it does not, or nobody knows. */
  remote: v.optional(v.boolean()),
  totalMB: v.optional(amount),
  usedMB: v.optional(amount),
  /** Used of what a user can use, as `df` prints it: blocks kept for root count neither way. */
  percent: v.optional(percent),
  absent: v.optional(absenceReasonSchema),
});
export type VolumeMetrics = v.InferOutput<typeof volumeSchema>;

export const diskSchema = v.object({
  /** Of the system's own volume: `/`, or the system drive. */
  totalMB: v.optional(amount),
  usedMB: v.optional(amount),
  percent: v.optional(percent),
  volumes: v.array(volumeSchema),
  /** When the volumes were last looked at; they are on a slower tier. */
  volumesAt: v.optional(isoTime),
  readBytesPerSec: v.optional(amount),
  writeBytesPerSec: v.optional(amount),
  /** End of the time that the rates are a mean over, where they are on a slower tier; absent: this snapshot's own. */
  ratesAt: v.optional(isoTime),
});
export type DiskMetrics = v.InferOutput<typeof diskSchema>;

export const networkInterfaceSchema = v.object({
  name: v.string(),
  address: v.optional(v.string()),
  up: v.boolean(),
  rxBytesPerSec: v.optional(amount),
  txBytesPerSec: v.optional(amount),
});
export type NetworkInterfaceMetrics = v.InferOutput<typeof networkInterfaceSchema>;

export const networkSchema = v.object({
  interfaces: v.array(networkInterfaceSchema),
  /** When addresses and link states were last looked at; they are on a slower tier. */
  interfacesAt: v.optional(isoTime),
  /**
   * Over the interfaces that are devices: what goes through a tunnel, a bridge or a container's interface goes through
   * a device as well. Where there is no such interface, as in a container, over all but loopback.
   */
  rxBytesPerSec: v.optional(amount),
  txBytesPerSec: v.optional(amount),
  /** End of the time that the rates are a mean over, where they are on a slower tier; absent: this snapshot's own. */
  ratesAt: v.optional(isoTime),
  /** TCP connections, IPv4 and IPv6, that are established or that the other side has closed (CLOSE-WAIT). */
  connections: v.optional(count),
  /** When they were last counted, where they are on a slower tier; absent: in this snapshot. */
  connectionsAt: v.optional(isoTime),
});
export type NetworkMetrics = v.InferOutput<typeof networkSchema>;

export const processSchema = v.object({
  pid: count,
  name: v.string(),
  /** The script that an interpreter runs, or the role of one process of many. */
  detail: v.optional(v.string()),
  /** Of one processor: a process with two busy threads shows 200. */
  cpuPercent: amount,
  rssMB: amount,
});
export type ProcessMetrics = v.InferOutput<typeof processSchema>;

export const processesSchema = v.object({
  count,
  /** Busiest first, since the tier's previous turn. */
  top: v.array(processSchema),
  sampledAt: isoTime,
});
export type ProcessesMetrics = v.InferOutput<typeof processesSchema>;

/**
 * What measuring costs. CPU, of one processor: the metrics thread, the GPU process, and in the extension host the time
 * in which a sample is checked and its listeners run. Memory: what the metrics thread's heap holds and the resident
 * size of the GPU process. The rest of the extension host, other threads and the panel's own page are not counted.
 */
export const ownCostSchema = v.object({
  cpuPercent: v.optional(amount),
  rssMB: v.optional(amount),
});
export type OwnCost = v.InferOutput<typeof ownCostSchema>;

export const machineSchema = v.object({
  hostname: v.string(),
  platform: v.string(),
  container: v.optional(containerSchema),
});
export type MachineInfo = v.InferOutput<typeof machineSchema>;

/** Figures by dotted path, such as `cpu.temperatureC`, that this snapshot lacks. */
export const absentSchema = v.record(v.string(), absenceReasonSchema);
export type AbsentFigures = v.InferOutput<typeof absentSchema>;

/** What the metrics worker sends: a snapshot without the GPU, whose figures come from its own process. */
export const machineSnapshotSchema = v.object({
  timestamp: isoTime,
  /** Real time since the previous sample; rates are taken over it. Absent in the first one. */
  elapsedMs: v.optional(amount),
  machine: machineSchema,
  cpu: cpuSchema,
  memory: memorySchema,
  disk: diskSchema,
  network: networkSchema,
  processes: v.optional(processesSchema),
  sentinel: ownCostSchema,
  absent: absentSchema,
});
export type MachineSnapshot = v.InferOutput<typeof machineSnapshotSchema>;

/** The whole snapshot, as the panel, the status bar and the public API see it. */
export interface MetricsSnapshot extends MachineSnapshot {
  readonly gpu: GpuState;
}

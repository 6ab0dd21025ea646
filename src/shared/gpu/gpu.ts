import * as v from 'valibot';

/** Whether telemetry of the graphics processors runs, and how well. */
export const gpuStatuses = [
  /** Nothing has asked for it yet, or it does not exist in this build. */
  'notStarted',
  'stopped',
  'starting',
  'running',
  /** Running, with at least one provider that fails. */
  'degraded',
  /** Failed too often; off until a person restarts it. */
  'breakerOpen',
] as const;
export const gpuStatusSchema = v.picklist(gpuStatuses);
export type GpuStatus = v.InferOutput<typeof gpuStatusSchema>;

/** Why a device gives no value for a metric. */
export const gpuMetricAbsences = ['unsupported', 'permissionDenied', 'unavailable'] as const;

/** One figure of a device: its value, or why there is none. */
export const gpuMetricSchema = v.variant('status', [
  v.object({ status: v.literal('ok'), value: v.pipe(v.number(), v.finite()) }),
  v.object({ status: v.picklist(gpuMetricAbsences) }),
]);
export type GpuMetric = v.InferOutput<typeof gpuMetricSchema>;

/** Figures that a device may have; units stand in the names. */
export const gpuMetricNames = [
  'utilizationPercent',
  'memoryUsedMB',
  'memoryTotalMB',
  'temperatureC',
  'powerW',
  'powerLimitW',
  'fanPercent',
  'graphicsClockMHz',
  'memoryClockMHz',
  'encoderPercent',
  'decoderPercent',
  'pcieGeneration',
  'pcieWidth',
] as const;
export type GpuMetricName = (typeof gpuMetricNames)[number];

export const gpuProcessSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(0)),
  name: v.string(),
  memoryMB: gpuMetricSchema,
});
export type GpuProcess = v.InferOutput<typeof gpuProcessSchema>;

export const gpuVendors = ['nvidia', 'amd', 'intel', 'apple', 'unknown'] as const;

export const gpuDeviceSchema = v.object({
  /** Stable while the device stays plugged in: a UUID, or its address on the bus. */
  id: v.pipe(v.string(), v.nonEmpty()),
  name: v.string(),
  vendor: v.picklist(gpuVendors),
  driverVersion: v.optional(v.string()),
  metrics: v.strictObject(v.entriesFromList(gpuMetricNames, gpuMetricSchema)),
  /** Absent where the driver does not tell. */
  processes: v.optional(v.array(gpuProcessSchema)),
});
export type GpuDevice = v.InferOutput<typeof gpuDeviceSchema>;

/** The GPU part of a snapshot. `devices` holds the last good reading, `readAt` (ISO 8601) says of when. */
export interface GpuState {
  readonly status: GpuStatus;
  /** Why the status is what it is: what a program or the system said; absent while all is well. */
  readonly reason?: string;
  /** How many times in a row it failed; with `breakerOpen`. */
  readonly failures?: number;
  readonly count: number;
  readonly devices: readonly GpuDevice[];
  readonly readAt?: string;
  /** The reading is too old to be taken for the present. */
  readonly stale?: true;
}

/** The value of a metric, or undefined where the device gives none. */
export function gpuMetricValue(metric: GpuMetric): number | undefined {
  return metric.status === 'ok' ? metric.value : undefined;
}

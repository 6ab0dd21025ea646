import * as v from 'valibot';
import { machineSnapshotSchema } from '../metrics/snapshot';
import { parserOf, type WorkerProtocol } from './worker';

export const processDemands = [
  'never',
  /** On a slow tier, enough for a tooltip. */
  'slow',
  /** While someone looks at the list. */
  'everyTick',
] as const;
export type ProcessDemand = (typeof processDemands)[number];

/** Shortest and longest period of sampling, in milliseconds. */
export const samplingBoundsMs = { min: 1_000, max: 60_000 } as const;

/** What the host tells the metrics thread; the latest message holds. */
const samplingConfigSchema = v.object({
  intervalMs: v.pipe(v.number(), v.minValue(samplingBoundsMs.min), v.maxValue(samplingBoundsMs.max)),
  processes: v.picklist(processDemands),
});
export type SamplingConfig = v.InferOutput<typeof samplingConfigSchema>;

/** The metrics thread answers no requests: it is told how to sample, and sends snapshots by itself. */
export const metricsWorkerProtocol: WorkerProtocol<
  Record<string, never>,
  SamplingConfig,
  v.InferOutput<typeof machineSnapshotSchema>
> = {
  requests: {},
  notification: parserOf(samplingConfigSchema),
  push: parserOf(machineSnapshotSchema),
};

import * as v from 'valibot';
import { gpuDeviceSchema, gpuStatusSchema } from '../src/shared/gpu/gpu';
import { historyWindowsMinutes } from '../src/shared/metrics/history';
import { machineSnapshotSchema } from '../src/shared/metrics/snapshot';
import { messageParser } from '../src/shared/protocol/page';
import type { HostToPanel } from '../src/shared/protocol/panel';

const figure = v.exactOptional(v.pipe(v.number(), v.finite()));
const thresholdsSchema = v.object({ warning: v.number(), error: v.number() });

const stateSchema = v.object({
  paused: v.boolean(),
  intervalMs: v.pipe(v.number(), v.minValue(1)),
  remoteName: v.exactOptional(v.string()),
  windowMinutes: v.picklist(historyWindowsMinutes),
  coresShown: v.boolean(),
  thresholds: v.object({
    cpu: thresholdsSchema,
    memory: thresholdsSchema,
    disk: thresholdsSchema,
    gpu: thresholdsSchema,
  }),
});

const gpuPointSchema = v.object({ utilization: figure, memory: figure, temperature: figure, power: figure });

const pointSchema = v.object({
  t: v.pipe(v.number(), v.finite()),
  cpu: figure,
  memory: figure,
  diskRead: figure,
  diskWrite: figure,
  rx: figure,
  tx: figure,
  gpus: v.exactOptional(v.record(v.string(), gpuPointSchema)),
});

const snapshotSchema = v.object({
  ...machineSnapshotSchema.entries,
  gpu: v.object({
    status: gpuStatusSchema,
    reason: v.exactOptional(v.string()),
    failures: v.exactOptional(v.number()),
    count: v.number(),
    devices: v.array(gpuDeviceSchema),
    readAt: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
    stale: v.exactOptional(v.literal(true)),
  }),
});

const hostToPanelSchema = v.variant('type', [
  v.object({
    type: v.literal('hydrate'),
    state: stateSchema,
    history: v.array(pointSchema),
    snapshot: v.exactOptional(snapshotSchema),
  }),
  v.object({ type: v.literal('snapshot'), snapshot: snapshotSchema, point: pointSchema }),
  v.object({ type: v.literal('state'), state: stateSchema }),
]) satisfies v.GenericSchema<unknown, HostToPanel>;

export const parseHostMessage = messageParser(hostToPanelSchema);

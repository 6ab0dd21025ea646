import * as v from 'valibot';
import { historyOperationSchema } from '../history/operation';
import {
  historyFilterSchema,
  historyGroupingSchema,
  historyGroupSchema,
  historyPageQuerySchema,
  historyPageSchema,
  historyRetentionSchema,
} from '../history/query';
import { scanRecordSchema } from '../scan/record';
import { parserOf, type WorkerProtocol } from './worker';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the threads of history are started with. */
export const historyWorkerDataSchema = v.object({
  /** Where the history's files are, or will be. */
  folder: v.pipe(v.string(), v.minLength(1)),
  /** The module of SQLite. */
  wasmFile: v.pipe(v.string(), v.minLength(1)),
});
export type HistoryWorkerData = v.InferOutput<typeof historyWorkerDataSchema>;

export const durabilitySchema = v.picklist(['stored', 'waiting']);

/** The states of `HistoryState` that a thread can be in. */
const stateSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({
    type: v.literal('unwritable'),
    problem: v.exactOptional(v.picklist(['full', 'readOnly', 'forbidden', 'locked', 'failed'])),
    systemCode: v.exactOptional(v.string()),
    waiting: count,
    message: v.string(),
  }),
  v.object({ type: v.literal('newerVersion') }),
  v.object({ type: v.literal('failed'), message: v.string() }),
]);

export const historySetAsideSchema = v.object({
  file: v.string(),
  problem: v.picklist(['damaged', 'foreign', 'missing']),
});

const pushSchema = v.variant('type', [
  /** Records were added, changed or removed, by this window or by another. */
  v.object({ type: v.literal('changed') }),
  v.object({ type: v.literal('state'), state: stateSchema }),
  v.object({ type: v.literal('setAside'), aside: historySetAsideSchema }),
]);
export type HistoryPush = v.InferOutput<typeof pushSchema>;

const notificationSchema = v.variant('type', [
  /** The latest one holds. */
  v.object({ type: v.literal('retain'), retention: historyRetentionSchema }),
  /** Looks for what other windows write, until the thread ends. */
  v.object({ type: v.literal('watch') }),
]);
export type HistoryNotification = v.InferOutput<typeof notificationSchema>;

const writeRequestSchema = v.object({ operations: v.array(historyOperationSchema) });
const getRequestSchema = v.object({ id: v.string() });
const groupsRequestSchema = v.object({ by: historyGroupingSchema, filter: historyFilterSchema });
const countRequestSchema = v.object({ filter: historyFilterSchema });
const foundSchema = v.object({ record: v.optional(scanRecordSchema) });

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type HistoryRequests = {
  /** Makes changes, in their order; all of them or none. */
  write: { request: v.InferOutput<typeof writeRequestSchema>; reply: v.InferOutput<typeof durabilitySchema> };
  get: { request: v.InferOutput<typeof getRequestSchema>; reply: v.InferOutput<typeof foundSchema> };
  page: {
    request: v.InferOutput<typeof historyPageQuerySchema>;
    reply: v.InferOutput<typeof historyPageSchema>;
  };
  groups: {
    request: v.InferOutput<typeof groupsRequestSchema>;
    reply: v.InferOutput<typeof historyGroupSchema>[];
  };
  count: { request: v.InferOutput<typeof countRequestSchema>; reply: number };
  /** Writes what waits, if that works at once, and lets go of the files. Nothing can be asked after it. */
  close: { request: Record<string, never>; reply: null };
};

export const historyWorkerProtocol: WorkerProtocol<HistoryRequests, HistoryNotification, HistoryPush> = {
  requests: {
    write: { request: parserOf(writeRequestSchema), reply: parserOf(durabilitySchema) },
    get: { request: parserOf(getRequestSchema), reply: parserOf(foundSchema) },
    page: { request: parserOf(historyPageQuerySchema), reply: parserOf(historyPageSchema) },
    groups: { request: parserOf(groupsRequestSchema), reply: parserOf(v.array(historyGroupSchema)) },
    count: { request: parserOf(countRequestSchema), reply: parserOf(count) },
    close: { request: parserOf(v.strictObject({})), reply: parserOf(v.null()) },
  },
  notification: parserOf(notificationSchema),
  push: parserOf(pushSchema),
};

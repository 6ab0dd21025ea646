import * as v from 'valibot';
import {
  itemIdSchema,
  quarantineItemSchema,
  quarantineRecordSchema,
  reasonSchema,
  refusedSchema,
} from '../quarantine/quarantineRecord';
import { sha256Schema } from '../scan/record';
import { parseNothing, parserOf, type WorkerProtocol } from './worker';

/** What the extension host asks of the thread that keeps the quarantine. */

const control = v.instance(SharedArrayBuffer);
const path = v.pipe(v.string(), v.minLength(1));

const moveRequestSchema = v.object({
  control,
  /** Absolute. */
  path,
  /** Of the content that was scanned: another one is not moved. */
  sha256: v.optional(sha256Schema),
  /** Somebody knows that other names of the same content stay. */
  leavesOtherNames: v.optional(v.boolean()),
  reason: v.optional(reasonSchema),
});
export type MoveRequest = Omit<v.InferOutput<typeof moveRequestSchema>, 'control'>;

const moveResultSchema = v.variant('status', [
  v.object({ status: v.literal('moved'), record: quarantineRecordSchema }),
  refusedSchema,
]);
export type MoveResult = v.InferOutput<typeof moveResultSchema>;

const restoreRequestSchema = v.object({
  control,
  id: itemIdSchema,
  /** Absolute path of a file that is not there; absent: where it was. */
  target: v.optional(path),
});
export type RestoreRequest = Omit<v.InferOutput<typeof restoreRequestSchema>, 'control'>;

const restoreResultSchema = v.variant('status', [
  v.object({
    status: v.literal('restored'),
    record: quarantineRecordSchema,
    path: v.string(),
    /** It belongs to whom it belonged to before. */
    ownerRestored: v.boolean(),
  }),
  refusedSchema,
]);
export type RestoreResult = v.InferOutput<typeof restoreResultSchema>;

const removeRequestSchema = v.object({ control, id: itemIdSchema });
const removeResultSchema = v.variant('status', [v.object({ status: v.literal('removed') }), refusedSchema]);
export type RemoveResult = v.InferOutput<typeof removeResultSchema>;

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type QuarantineRequests = {
  move: { request: v.InferOutput<typeof moveRequestSchema>; reply: MoveResult };
  restore: { request: v.InferOutput<typeof restoreRequestSchema>; reply: RestoreResult };
  /** For good. */
  remove: { request: v.InferOutput<typeof removeRequestSchema>; reply: RemoveResult };
  /** Newest first. */
  list: { request: { control: SharedArrayBuffer }; reply: v.InferOutput<typeof quarantineItemSchema>[] };
};

export const quarantineWorkerProtocol: WorkerProtocol<QuarantineRequests, never, never> = {
  requests: {
    move: { request: parserOf(moveRequestSchema), reply: parserOf(moveResultSchema) },
    restore: { request: parserOf(restoreRequestSchema), reply: parserOf(restoreResultSchema) },
    remove: { request: parserOf(removeRequestSchema), reply: parserOf(removeResultSchema) },
    list: { request: parserOf(v.object({ control })), reply: parserOf(v.array(quarantineItemSchema)) },
  },
  notification: parseNothing,
  push: parseNothing,
};

/** What the thread is started with. */
export const quarantinePlacesSchema = v.object({
  /** Of the store; made with the first file. */
  folder: v.string(),
});

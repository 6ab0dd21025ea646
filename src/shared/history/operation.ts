import * as v from 'valibot';
import { scanRecordSchema } from '../scan/record';

/**
 * A change of the history as the journal keeps it. Applying the same operations in the same order gives the same
 * database in every window, so that none of them depends on a clock or on chance.
 */
export const historyOperationSchema = v.variant('type', [
  /** Adds a record, or replaces the one of the same id. */
  v.object({ type: v.literal('put'), record: scanRecordSchema }),
  v.object({ type: v.literal('remove'), ids: v.array(v.string()) }),
  v.object({ type: v.literal('clear') }),
  /** Keeps the newest `maxRecords`, and of them those that started at `startedFrom` or later. */
  v.object({
    type: v.literal('retain'),
    maxRecords: v.pipe(v.number(), v.integer(), v.minValue(1)),
    startedFrom: v.optional(v.number()),
  }),
]);
export type HistoryOperation = v.InferOutput<typeof historyOperationSchema>;

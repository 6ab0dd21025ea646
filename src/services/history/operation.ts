import * as v from 'valibot';
import { scanRecordSchema } from '../../shared/scan/record';

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

/** The database as its store sees it: something that operations are applied to and that can be written down. */
export interface AppliesOperations {
  /** The number of the last operation in it; 0 for none. */
  readonly appliedSequence: number;
  /** @param sequence one more than `appliedSequence` */
  apply(sequence: number, operation: HistoryOperation): void;
  /** The whole of it, with its `appliedSequence`. */
  export(): Uint8Array;
  close(): void;
}

/** What a database file can be, other than the one that is wanted. */
export type DatabaseProblem = 'damaged' | 'foreign' | 'newerVersion';

/** @returns the database of these bytes, or an empty one; or what is wrong with them */
export type OpenDatabase<D extends AppliesOperations> = (
  bytes: Uint8Array | undefined,
) => { readonly database: D } | { readonly problem: DatabaseProblem; readonly detail: string };

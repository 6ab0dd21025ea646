import * as v from 'valibot';
import { recordHeadSchema, scanKindSchema } from '../scan/record';
import { verdictSchema } from '../scan/verdict';

/** How history is asked, by whichever view, export or other extension. */

const epochMs = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Verdicts, and `none` for records of scans that do not judge. */
export const verdictFilterSchema = v.union([verdictSchema, v.literal('none')]);
export type VerdictFilter = v.InferOutput<typeof verdictFilterSchema>;

/** Conditions that a record has to meet, all of them. */
export const historyFilterSchema = v.object({
  /** One record alone. */
  id: v.optional(v.string()),
  kinds: v.optional(v.array(scanKindSchema)),
  verdicts: v.optional(v.array(verdictFilterSchema)),
  /**
   * Words that all have to occur, in whatever case, somewhere in target, summary, hash, and the names and titles of
   * findings. They are text and not patterns.
   */
  text: v.optional(v.string()),
  /** The start, from this moment on. */
  from: v.optional(epochMs),
  /** The start, before this moment. */
  before: v.optional(epochMs),
  /** The end, from this moment on: what was found since somebody last looked, however long it took. */
  finishedFrom: v.optional(epochMs),
});
export type HistoryFilter = v.InferOutput<typeof historyFilterSchema>;

/** A place in the order of records, newest start first: the record after which a page begins. */
export const historyCursorSchema = v.object({ startedAt: epochMs, id: v.string() });
export type HistoryCursor = v.InferOutput<typeof historyCursorSchema>;

export const historyPageQuerySchema = v.object({
  filter: historyFilterSchema,
  after: v.optional(historyCursorSchema),
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
});
export type HistoryPageQuery = v.InferOutput<typeof historyPageQuerySchema>;

export const historyPageSchema = v.object({
  records: v.array(recordHeadSchema),
  /** Where the next page begins; absent on the last one. */
  next: v.optional(historyCursorSchema),
});
export type HistoryPage = v.InferOutput<typeof historyPageSchema>;

export const historyGroupings = ['day', 'kind', 'verdict'] as const;
export const historyGroupingSchema = v.picklist(historyGroupings);
export type HistoryGrouping = v.InferOutput<typeof historyGroupingSchema>;

/**
 * `key` is a day of the local calendar (`2026-11-23`), a kind, or a verdict filter. Days come newest first, kinds and
 * verdicts in the order of their lists; groups without a record are left out.
 */
export const historyGroupSchema = v.object({
  key: v.string(),
  count,
  /** Moments that bound a day, for the filter of its page: from the first, before the second. */
  from: v.optional(epochMs),
  before: v.optional(epochMs),
});
export type HistoryGroup = v.InferOutput<typeof historyGroupSchema>;

/** Records beyond these are removed, oldest first. */
export const historyRetentionSchema = v.object({
  maxRecords: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** 0 keeps them for ever. */
  maxAgeDays: v.pipe(v.number(), v.minValue(0)),
});
export type HistoryRetention = v.InferOutput<typeof historyRetentionSchema>;

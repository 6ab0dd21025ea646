import * as v from 'valibot';
import { engineReasonSchema, engineReportSchema, findingSchema, sha256Schema } from './record';

/**
 * What scanning one file came to. A file about which there is nothing to say, as nearly all are, has no findings and
 * no problem.
 */
export const judgementSchema = v.object({
  engines: v.array(engineReportSchema),
  findings: v.array(findingSchema),
  /** How many there were besides, none of them graver. */
  omittedFindings: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Why the file was not judged, or not in whole. */
  problem: v.optional(v.object({ reason: engineReasonSchema, detail: v.optional(v.string()) })),
  /** Of files about which something was found. */
  sha256: v.optional(sha256Schema),
});
export type Judgement = v.InferOutput<typeof judgementSchema>;

import * as v from 'valibot';
import { findingSchema } from '../scan/record';
import { urlDetailsSchema } from './urlDetails';

/** A link as engines are asked about it. */
const urlTargetSchema = v.object({
  url: v.string(),
  host: v.string(),
  registrableDomain: v.optional(v.string()),
});
export type AnalysedTarget = v.InferOutput<typeof urlTargetSchema>;

/** What a link comes to by its text alone. */
export const urlAnalysisSchema = v.variant('status', [
  v.object({
    status: v.literal('analysed'),
    details: urlDetailsSchema,
    findings: v.array(findingSchema),
    /** Absent for what has no host, such as `data:`. */
    target: v.optional(urlTargetSchema),
    /** Where it leads is known only when it is followed. */
    hidesTarget: v.boolean(),
    /** Its host is on this machine or in a network around it. */
    isLocal: v.boolean(),
  }),
  /** No browser could open it. */
  v.object({ status: v.literal('notAUrl') }),
  v.object({ status: v.literal('tooLong') }),
]);
export type UrlAnalysis = v.InferOutput<typeof urlAnalysisSchema>;

/** The ids that reports and findings of the local engines bear. */
export const urlAnalysisId = 'urlAnalysis';
export const urlListsId = 'urlLists';

/** In UTF-16 units. */
export const longestUrl = 64 * 1024;

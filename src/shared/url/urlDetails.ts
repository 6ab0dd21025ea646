import * as v from 'valibot';

/** What only the scan of a link knows. Weights and reasons are its findings, of the engine `urlAnalysis`. */

const score = v.pipe(v.number(), v.minValue(0), v.maxValue(100));

export const urlHopSchema = v.object({
  url: v.string(),
  /** The address that was connected to. */
  address: v.optional(v.string()),
  status: v.optional(v.number()),
  contentType: v.optional(v.string()),
});
export type UrlHop = v.InferOutput<typeof urlHopSchema>;

export const urlDetailsSchema = v.object({
  type: v.literal('url'),
  /** By the WHATWG rules; absent for what is no URL. */
  normalized: v.optional(v.string()),
  scheme: v.optional(v.string()),
  host: v.optional(v.string()),
  /** The host in its own script, where it is an internationalised name. */
  unicodeHost: v.optional(v.string()),
  registrableDomain: v.optional(v.string()),
  /** 0: nothing speaks against it; 100: everything does. The verdict's limits are in the analyser. */
  score,
  /** Where the link really leads, if it was followed: each step, the first included. */
  hops: v.optional(v.array(urlHopSchema)),
  certificate: v.optional(
    v.object({
      subject: v.optional(v.string()),
      issuer: v.optional(v.string()),
      validFrom: v.optional(v.number()),
      validTo: v.optional(v.number()),
    }),
  ),
});
export type UrlDetails = v.InferOutput<typeof urlDetailsSchema>;

import * as v from 'valibot';
import { sha256Schema } from '../../../shared/scan/record';

/**
 * What VirusTotal's API (version 3) answers, as far as it is used. Everything else in an answer is dropped, and what has
 * not this shape is no answer. Its vocabulary grows: categories and codes are texts of any kind.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(10_000));
const id = v.pipe(v.string(), v.regex(/^[\w=:.-]{1,300}$/));

/** By category: `malicious`, `suspicious`, `undetected`, `harmless`, `timeout`, `failure`, `type-unsupported`, … */
const statsSchema = v.record(text, count);

const resultSchema = v.object({
  category: text,
  engine_name: v.optional(v.nullable(text)),
  result: v.optional(v.nullable(text)),
});
const resultsSchema = v.record(text, resultSchema);
const epochSeconds = v.pipe(v.number(), v.finite(), v.minValue(0));

/** Of files and of links. */
const lastAnalysis = {
  last_analysis_stats: v.optional(statsSchema, {}),
  last_analysis_results: v.optional(resultsSchema, {}),
  last_analysis_date: v.optional(epochSeconds),
};

const fileSchema = v.object({
  data: v.object({
    id: sha256Schema,
    attributes: v.object({
      ...lastAnalysis,
      popular_threat_classification: v.optional(v.object({ suggested_threat_label: v.optional(text) })),
    }),
  }),
});

const urlSchema = v.object({
  data: v.object({
    id: sha256Schema,
    attributes: v.object(lastAnalysis),
  }),
});

const analysisSchema = v.object({
  data: v.object({
    attributes: v.object({
      status: text,
      stats: v.optional(statsSchema, {}),
      results: v.optional(resultsSchema, {}),
      date: v.optional(epochSeconds),
    }),
  }),
  meta: v.optional(v.object({ file_info: v.optional(v.object({ sha256: v.optional(sha256Schema) })) })),
});

const submissionSchema = v.object({ data: v.object({ id }) });
const uploadUrlSchema = v.object({ data: v.pipe(v.string(), v.maxLength(4_000), v.url()) });

const quota = v.object({ user: v.optional(v.object({ allowed: count, used: count })) });
const quotasSchema = v.object({
  data: v.object({
    api_requests_daily: v.optional(quota),
    api_requests_monthly: v.optional(quota),
  }),
});

const errorSchema = v.object({ error: v.object({ code: text, message: v.optional(text) }) });

/** What many scanners said about one target. */
export interface Analysis {
  readonly stats: Readonly<Record<string, number>>;
  readonly results: Readonly<Record<string, v.InferOutput<typeof resultSchema>>>;
  /** Epoch ms. */
  readonly analysedAt?: number;
  /** What most of those that found something call it. */
  readonly threatLabel?: string;
  /** Of the file, or of the address as VirusTotal writes it. */
  readonly sha256?: string;
}

export interface Quota {
  readonly allowed: number;
  readonly used: number;
}

/** How many requests a key has used up; what VirusTotal does not tell is absent. */
export interface Quotas {
  readonly daily?: Quota;
  readonly monthly?: Quota;
}

export function parseFile(body: unknown): Analysis | undefined {
  const parsed = v.safeParse(fileSchema, body);
  if (!parsed.success) return undefined;
  const { id: sha256, attributes } = parsed.output.data;
  const label = attributes.popular_threat_classification?.suggested_threat_label;
  return {
    ...analysisOf(attributes.last_analysis_stats, attributes.last_analysis_results),
    ...dated(attributes.last_analysis_date),
    ...(label === undefined ? {} : { threatLabel: label }),
    sha256,
  };
}

export function parseUrl(body: unknown): Analysis | undefined {
  const parsed = v.safeParse(urlSchema, body);
  if (!parsed.success) return undefined;
  const { id: sha256, attributes } = parsed.output.data;
  return {
    ...analysisOf(attributes.last_analysis_stats, attributes.last_analysis_results),
    ...dated(attributes.last_analysis_date),
    sha256,
  };
}

/** @returns `queued` while scanners are still at it */
export function parseAnalysis(body: unknown): Analysis | 'queued' | undefined {
  const parsed = v.safeParse(analysisSchema, body);
  if (!parsed.success) return undefined;
  const { data, meta } = parsed.output;
  const { status, stats, results, date } = data.attributes;
  if (status === 'queued' || status === 'in-progress') return 'queued';
  if (status !== 'completed') return undefined;
  const sha256 = meta?.file_info?.sha256;
  return { ...analysisOf(stats, results), ...dated(date), ...(sha256 === undefined ? {} : { sha256 }) };
}

/** @returns the id of the analysis that was begun */
export function parseSubmission(body: unknown): string | undefined {
  const parsed = v.safeParse(submissionSchema, body);
  return parsed.success ? parsed.output.data.id : undefined;
}

export function parseUploadUrl(body: unknown): string | undefined {
  const parsed = v.safeParse(uploadUrlSchema, body);
  return parsed.success ? parsed.output.data : undefined;
}

export function parseQuotas(body: unknown): Quotas | undefined {
  const parsed = v.safeParse(quotasSchema, body);
  if (!parsed.success) return undefined;
  const { api_requests_daily: daily, api_requests_monthly: monthly } = parsed.output.data;
  return {
    ...(daily?.user === undefined ? {} : { daily: daily.user }),
    ...(monthly?.user === undefined ? {} : { monthly: monthly.user }),
  };
}

/** The code of an error, such as `NotFoundError`; undefined for what is none. */
export function parseError(body: unknown): { readonly code: string; readonly message?: string } | undefined {
  const parsed = v.safeParse(errorSchema, body);
  if (!parsed.success) return undefined;
  const { code, message } = parsed.output.error;
  return { code, ...(message === undefined ? {} : { message }) };
}

function analysisOf(stats: Analysis['stats'], results: Analysis['results']): Analysis {
  return { stats, results };
}

function dated(seconds: number | undefined): { readonly analysedAt?: number } {
  return seconds === undefined ? {} : { analysedAt: seconds * 1_000 };
}

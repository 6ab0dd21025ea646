import * as v from 'valibot';

/** How records of history leave it, as files for other programs. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const exportFormats = ['json', 'csv', 'sarif'] as const;
export const exportFormatSchema = v.picklist(exportFormats);
export type ExportFormat = v.InferOutput<typeof exportFormatSchema>;

export const historyExportRequestSchema = v.object({
  /** An absolute path; a file that is there is replaced when everything is written, and not before. */
  file: v.pipe(v.string(), v.minLength(1)),
  format: exportFormatSchema,
  /** Begins a CSV file with one, by which spreadsheets tell UTF-8; the other formats have none. */
  byteOrderMark: v.optional(v.boolean()),
  /** Sentinel's own, for formats that name what made them. */
  sentinelVersion: v.optional(v.string()),
});
export type HistoryExportRequest = v.InferOutput<typeof historyExportRequestSchema>;

export const historyExportResultSchema = v.object({
  /** How many are in the file. */
  records: count,
  /** How many are not, because the format has no place for them: network scans in SARIF. */
  omitted: count,
  bytes: count,
});
export type HistoryExportResult = v.InferOutput<typeof historyExportResultSchema>;

import * as v from 'valibot';
import type { ScanRecord } from '../scan/record';
import { messageParser, pageMessageSchemas } from './page';

/** What a person may do with a whole report. The host says which of them it offers for a record. */
export const reportActionNames = [
  'scanAgain',
  'openTarget',
  'revealTarget',
  'copyTarget',
  'copySha256',
  'copyReport',
  'exportJson',
  'markSafe',
  'unmarkSafe',
  'quarantine',
] as const;
export type ReportActionName = (typeof reportActionNames)[number];

/** Hashes by the key that the record has them under, strongest first. */
const hashNames = ['sha256', 'sha1', 'md5'] as const;
export type HashName = (typeof hashNames)[number];

/** What has just been put into the clipboard, so that the page can say so where it was asked. */
export const copiedThings = ['target', 'report', ...hashNames] as const;
export type CopiedThing = (typeof copiedThings)[number];

/** Why a report that was brought back has no record: the history does not hold it any more, or cannot be read. */
export const missingReasons = ['gone', 'unreadable'] as const;
export type MissingReason = (typeof missingReasons)[number];

/**
 * What the host sends to a report. `hydrate` answers `ready`, comes again when the record changes, and replaces
 * everything. The host sends nothing to a hidden report, which hydrates anew when it is shown again.
 */
export type HostToReport =
  | {
      readonly type: 'hydrate';
      /** Counts the record's changes. Requests that point into the record say which of them they mean. */
      readonly revision: number;
      readonly record: ScanRecord;
      readonly actions: readonly ReportActionName[];
    }
  | { readonly type: 'missing'; readonly reason: MissingReason }
  | { readonly type: 'copied'; readonly what: CopiedThing };

const index = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * What a report sends to the host. It points into the record and never names a path or an address itself: a page
 * that has gone wrong can ask for nothing that the record does not hold.
 */
const reportToHostSchema = v.variant('type', [
  ...pageMessageSchemas,
  v.strictObject({ type: v.literal('action'), name: v.picklist(reportActionNames) }),
  v.strictObject({ type: v.literal('copyHash'), name: v.picklist(hashNames) }),
  /** Indices as they stand in the record. */
  v.strictObject({ type: v.literal('openMatch'), revision: index, finding: index, match: index }),
  v.strictObject({ type: v.literal('openFinding'), revision: index, finding: index }),
  v.strictObject({ type: v.literal('openProblem'), revision: index, problem: index }),
  v.strictObject({ type: v.literal('openReference'), revision: index, finding: index }),
]);
export type ReportToHost = v.InferOutput<typeof reportToHostSchema>;

export const parseReportMessage = messageParser(reportToHostSchema);

/** What VS Code keeps for a report while its document, or the whole window, is gone. */
export const reportStateSchema = v.object({
  /** The record's. */
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
});

import * as v from 'valibot';
import {
  engineReasonSchema,
  engineReportSchema,
  findingSchema,
  scanDetailsSchema,
  sha256Schema,
} from '../scan/record';
import { folderExclusionsSchema, type ScanSettings, scanSettingsSchema } from '../scan/settings';
import { verdictSchema } from '../scan/verdict';
import { parseNothing, parserOf, type WorkerProtocol } from './worker';

/** What the extension host asks of the thread that coordinates scans. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const scanRequestSchema = v.object({
  control: v.instance(SharedArrayBuffer),
  /** Names the scan in what is pushed. */
  id: count,
  /** Absolute; a file or a folder. */
  path: v.string(),
  settings: scanSettingsSchema,
  /** Of a folder. */
  exclusions: v.optional(folderExclusionsSchema),
  /** Hashes of files that somebody marked as safe, with the reason. */
  markedSafe: v.array(v.tuple([sha256Schema, v.string()])),
});
export type ScanRequest = v.InferOutput<typeof scanRequestSchema>;

/** What a scan found out about its target; of one that was cancelled, until then. */
export const scanResultSchema = v.object({
  kind: v.picklist(['file', 'folder']),
  sha256: v.optional(sha256Schema),
  verdict: verdictSchema,
  engines: v.array(engineReportSchema),
  findings: v.array(findingSchema),
  details: v.optional(scanDetailsSchema),
  /** The whole target was looked at. */
  complete: v.boolean(),
  summary: v.string(),
  /** Of a file: why it was not judged, or not in whole. */
  problem: v.optional(v.object({ reason: engineReasonSchema, detail: v.optional(v.string()) })),
  /** Of a folder: how many files and folders could not be read at all. */
  unreadable: v.optional(count),
  /** Of a folder: what was left out, the first of very many. */
  excludedPaths: v.optional(v.array(v.string())),
});
export type ScanResult = v.InferOutput<typeof scanResultSchema>;

/** What became of a person's own rules. */
const ownRulesStateSchema = v.picklist(['none', 'compiling', 'inForce', 'failed']);

const ruleFaultSchema = v.object({
  file: v.string(),
  line: v.exactOptional(count),
  column: v.exactOptional(count),
  message: v.string(),
});

export const scanProgressSchema = v.object({
  /** Files that were judged, or taken over from an earlier scan. */
  files: count,
  bytes: count,
  /** Files that are known to be there; grows until the folder has been walked. */
  foundFiles: count,
  foundBytes: count,
  /** The folder has not been walked to its end. */
  walking: v.boolean(),
  /** A file that is being looked at, as shown to people. */
  current: v.optional(v.string()),
});
export type ScanProgress = v.InferOutput<typeof scanProgressSchema>;

const scanPushSchema = v.variant('type', [
  v.object({ type: v.literal('progress'), id: count, progress: scanProgressSchema }),
  v.object({
    type: v.literal('files'),
    id: count,
    files: v.array(
      v.object({
        path: v.string(),
        verdict: verdictSchema,
        findings: v.array(findingSchema),
        sha256: v.optional(sha256Schema),
      }),
    ),
  }),
  /** All that is known of a single file but for engines that have not answered yet. */
  v.object({ type: v.literal('partial'), id: count, result: scanResultSchema }),
  /** A thread was lost, or a rule is searched for: the time that takes is not the scan's own. */
  v.object({ type: v.literal('extend'), id: count, byMs: v.pipe(v.number(), v.minValue(0)) }),
  v.object({
    type: v.literal('rules'),
    ruleCount: count,
    own: ownRulesStateSchema,
    /** How far compiling has come, in steps. */
    share: v.exactOptional(v.object({ done: count, total: count })),
    faults: v.array(ruleFaultSchema),
    /** There are no others: all rules have been compiled, or could not be. */
    allFaults: v.boolean(),
  }),
]);
export type ScanPush = v.InferOutput<typeof scanPushSchema>;

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type ScanWorkerRequests = {
  /** Of a scan that is cancelled, the reply is what was found until then. */
  scan: { request: ScanRequest; reply: ScanResult };
  /** Has rules compiled where they are others than before. Answered when that is done, or cannot be done. */
  loadRules: { request: ScanSettings; reply: null };
};

/** What the thread is started with: where things are. */
export const scanPlacesSchema = v.object({
  /** Of the thread that scans. */
  threadFile: v.string(),
  /** Of the module of YARA-X. */
  wasmFile: v.string(),
  /** Where the built-in rules are. */
  packFolder: v.string(),
  /** Where what is known about files is kept; `undefined`: in memory alone. */
  knownFilesFile: v.union([v.string(), v.undefined()]),
  /** Of Sentinel: another version judges files anew. */
  version: v.string(),
  /** Instead of the usual ones, for tests. */
  clamdPlaces: v.exactOptional(v.object({ confFiles: v.array(v.string()), sockets: v.array(v.string()) })),
  clamdLimits: v.exactOptional(
    v.object({
      helloMs: v.number(),
      fileMs: v.number(),
      bytesPerMs: v.number(),
      returnMs: v.number(),
      lookMs: v.number(),
    }),
  ),
  stepLimits: v.exactOptional(v.object({ baseMs: v.number(), bytesPerMs: v.number() })),
  searchLimits: v.exactOptional(v.object({ baseMs: v.number(), bytesPerMs: v.number() })),
});
export type ScanPlaces = v.InferOutput<typeof scanPlacesSchema>;

export const scanWorkerProtocol: WorkerProtocol<ScanWorkerRequests, never, ScanPush> = {
  requests: {
    scan: { request: parserOf(scanRequestSchema), reply: parserOf(scanResultSchema) },
    loadRules: { request: parserOf(scanSettingsSchema), reply: parserOf(v.null()) },
  },
  notification: parseNothing,
  push: parserOf(scanPushSchema),
};

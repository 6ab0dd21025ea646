import * as v from 'valibot';
import { judgementSchema } from '../scan/judgement';
import { fileDetailsSchema } from '../scan/record';
import { ruleSetLevelSchema } from '../scan/settings';
import { parseNothing, parserOf, type WorkerProtocol } from './worker';

/** What the coordinator of scans asks of the threads that scan. Their `workerData` is the code of YARA-X. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const sharedMemory = v.instance(SharedArrayBuffer);

/** Names that are no valid UTF-8 cross as their bytes. */
const pathSchema = v.union([v.string(), v.instance(Uint8Array)]);

const ruleFaultSchema = v.object({
  file: v.string(),
  line: v.exactOptional(count),
  column: v.exactOptional(count),
  message: v.string(),
});

const prepareRequestSchema = v.object({
  sign: sharedMemory,
  sources: v.array(
    v.object({ namespace: v.string(), file: v.string(), text: v.string(), level: ruleSetLevelSchema }),
  ),
  /** Names of rules that are left out, `namespace/rule`. */
  leftOut: v.array(v.string()),
  /** Prepares for asking about many small files at once, which takes twice as long to compile. */
  twoStep: v.boolean(),
});

const preparedSchema = v.object({
  ruleNames: v.array(v.string()),
  /** Of the files of rules, those that could not be compiled. */
  faults: v.array(ruleFaultSchema),
  memoryBytes: count,
  elapsedMs: v.number(),
});
export type Prepared = v.InferOutput<typeof preparedSchema>;

const scanOptionsSchema = v.object({
  /** Asks rules about many small files at once, where the thread is prepared for it. */
  join: v.boolean(),
  openArchives: v.boolean(),
  /** Of what archives unpack to, this much is in a thread's memory at the same time. */
  archiveMemoryBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Rules see this much of a file. */
  maxFileBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
/** How files are scanned. */
export type ScanOptions = v.InferOutput<typeof scanOptionsSchema>;

const batchRequestSchema = v.object({
  /** The block of the task. */
  control: sharedMemory,
  sign: sharedMemory,
  paths: v.array(pathSchema),
  /** Five numbers a file (`FileStamp`), as the walk saw it. */
  stamps: v.instance(Float64Array),
  options: scanOptionsSchema,
});
export type BatchRequest = v.InferOutput<typeof batchRequestSchema>;

const costsSchema = v.object({
  /** How many scans rules were asked for by this thread until now, and what they took for themselves. */
  scanCount: count,
  memoryBytes: count,
});

const batchReplySchema = v.object({
  /** Files about which there is something to say, by their number. */
  judgements: v.array(v.tuple([count, judgementSchema])),
  /** For each file: 1 where it was all the while as the walk saw it. */
  unchanged: v.instance(Uint8Array),
  bytes: count,
  costs: costsSchema,
});
export type BatchReply = v.InferOutput<typeof batchReplySchema>;

const fileRequestSchema = v.object({
  control: sharedMemory,
  sign: sharedMemory,
  path: pathSchema,
  /** Of a file that a person chose, and not of one that a folder holds. */
  followLinks: v.boolean(),
  /** Hashes, entropy and all else that is told of a single file. */
  details: v.boolean(),
  /** As the walk saw it. */
  stamp: v.optional(v.instance(Float64Array)),
  options: scanOptionsSchema,
});
export type FileRequest = v.InferOutput<typeof fileRequestSchema>;

const fileReplySchema = v.object({
  judgement: judgementSchema,
  /** Absent where the file could not be read at all. */
  details: v.optional(fileDetailsSchema),
  /** It was all the while as the walk saw it. */
  unchanged: v.boolean(),
  bytes: count,
  costs: costsSchema,
});
export type FileReply = v.InferOutput<typeof fileReplySchema>;

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type ScanThreadRequests = {
  /** Compiles rules; to be asked once, before anything else. */
  prepare: { request: v.InferOutput<typeof prepareRequestSchema>; reply: Prepared };
  scanBatch: { request: BatchRequest; reply: BatchReply };
  scanFile: { request: FileRequest; reply: FileReply };
};

export const scanThreadProtocol: WorkerProtocol<ScanThreadRequests, never, never> = {
  requests: {
    prepare: { request: parserOf(prepareRequestSchema), reply: parserOf(preparedSchema) },
    scanBatch: { request: parserOf(batchRequestSchema), reply: parserOf(batchReplySchema) },
    scanFile: { request: parserOf(fileRequestSchema), reply: parserOf(fileReplySchema) },
  },
  notification: parseNothing,
  push: parseNothing,
};

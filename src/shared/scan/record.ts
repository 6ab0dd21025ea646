import * as v from 'valibot';
import { urlDetailsSchema } from '../url/urlDetails';
import { networkDetailsSchema } from '../network/networkDetails';
import { verdictSchema } from './verdict';

/**
 * The answer of one scan, as history keeps it and reports show it. Times are milliseconds since 1970 in UTC. Text is
 * as the system gave it: a target may hold newlines, markup or halves of surrogate pairs, and is safe nowhere until
 * whoever shows it has made it so.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const epochMs = v.pipe(finite, v.minValue(0));
const lowerHex = v.pipe(v.string(), v.regex(/^[0-9a-f]+$/));
export const sha256Schema = v.pipe(lowerHex, v.length(64));

export const scanKinds = ['file', 'folder', 'url', 'network'] as const;
export const scanKindSchema = v.picklist(scanKinds);
export type ScanKind = v.InferOutput<typeof scanKindSchema>;

/**
 * How the scan ended; `interrupted`: its process did before it. All but `finished` may carry what was found until then.
 */
export const scanStatuses = [
  'running',
  'finished',
  'failed',
  'cancelled',
  'timedOut',
  'stalled',
  'interrupted',
] as const;
export const scanStatusSchema = v.picklist(scanStatuses);
export type ScanStatus = v.InferOutput<typeof scanStatusSchema>;

/** Why an engine did not answer, or answered for a part only. `presentation/engineReasons` has the sentences. */
export const engineReasons = [
  /** Not installed, or found nowhere. */
  'notFound',
  'notConfigured',
  'switchedOff',
  /** Asking would send something away, and nobody has allowed it. */
  'noConsent',
  /** Does not judge this kind of target. */
  'notApplicable',
  /** Comes with a later version of Sentinel. */
  'notYetSupported',
  /** The target is larger than what the engine takes. */
  'tooLarge',
  /** It saw the beginning, or what limits on archives let through. */
  'partial',
  'unreadable',
  /** Written or replaced while it was looked at, again and again. */
  'changed',
  /** There when the scan began, and gone when its turn came. */
  'vanished',
  /** Still getting ready: its rules are being compiled, its database loaded. */
  'notReady',
  'timedOut',
  'unreachable',
  'quotaExceeded',
  'badKey',
  'cancelled',
  /** The process that had asked it ended. */
  'interrupted',
  /** Its answer could not be understood, or it reported an error. */
  'failed',
] as const;
export const engineReasonSchema = v.picklist(engineReasons);
export type EngineReason = v.InferOutput<typeof engineReasonSchema>;

/**
 * `hit`: it found something that speaks against the target; `partial`: it saw a part and found nothing there;
 * `notKnown`: it was asked, answers for what it has seen before, and has never seen the target.
 */
export const engineStates = ['hit', 'noHit', 'partial', 'notKnown', 'failed', 'notAsked', 'running'] as const;
export const engineStateSchema = v.picklist(engineStates);
export type EngineState = v.InferOutput<typeof engineStateSchema>;

/** What one source of evidence has to say for itself. */
export const engineReportSchema = v.object({
  /** Stable, such as `yara`; findings refer to it. */
  id: v.string(),
  /** As people know it, such as `YARA-X`. */
  name: v.string(),
  version: v.optional(v.string()),
  /** What it knows: a rule pack, a database of signatures. */
  database: v.optional(v.object({ version: v.optional(v.string()), updatedAt: v.optional(epochMs) })),
  state: engineStateSchema,
  /** Present where the state is `failed`, `partial` or `notAsked`. */
  reason: v.optional(engineReasonSchema),
  /** The reason's particulars, such as a size, or the engine's own message. */
  detail: v.optional(v.string()),
  /** Whether asking it sends anything away from this machine, be it a hash. Absent where that is not known. */
  sendsAway: v.optional(v.boolean()),
  elapsedMs: v.optional(v.pipe(finite, v.minValue(0))),
});
export type EngineReport = v.InferOutput<typeof engineReportSchema>;

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const severitySchema = v.picklist(severities);
export type Severity = v.InferOutput<typeof severitySchema>;

/** Where a rule's string occurs, in bytes from the start of the file (or of the archive's member). */
export const matchSchema = v.object({
  offset: count,
  length: count,
  /** The name of the string in its rule, such as `$payload`. */
  pattern: v.optional(v.string()),
});
export type Match = v.InferOutput<typeof matchSchema>;

/** One piece of evidence. */
export const findingSchema = v.object({
  /** The `id` of an engine report. */
  engine: v.string(),
  /** The engine's own name for it: a rule, a signature. */
  rule: v.string(),
  /** In plain words. */
  title: v.string(),
  description: v.optional(v.string()),
  severity: severitySchema,
  /** What it says by itself; `informational` is shown and decides nothing. */
  weight: v.picklist(['malicious', 'suspicious', 'informational']),
  /** An http(s) address that explains it. */
  reference: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  /** The file it is about, where that is not the record's target: in the scan of a folder. */
  path: v.optional(v.string()),
  /** The way into an archive, outermost member first. */
  members: v.optional(v.array(v.string())),
  /** The first places; `matchCount` tells of how many. */
  matches: v.optional(v.array(matchSchema)),
  matchCount: v.optional(count),
});
export type Finding = v.InferOutput<typeof findingSchema>;

export const contentTypeSchema = v.object({
  /** In plain words, such as `Zip archive`. */
  name: v.string(),
  mime: v.optional(v.string()),
  /** The usual extension without a dot. */
  extension: v.optional(v.string()),
});
export type ContentType = v.InferOutput<typeof contentTypeSchema>;

export const fileDetailsSchema = v.object({
  type: v.literal('file'),
  sizeBytes: count,
  modifiedAt: v.optional(epochMs),
  hashes: v.optional(v.object({ md5: lowerHex, sha1: lowerHex, sha256: sha256Schema })),
  contentType: v.optional(contentTypeSchema),
  /** Shannon entropy in bits a byte, 0–8. */
  entropy: v.optional(v.pipe(finite, v.minValue(0), v.maxValue(8))),
  /** What was opened inside of it. */
  archive: v.optional(
    v.object({
      members: count,
      /** Size of what was unpacked to be looked at. */
      unpackedBytes: count,
      /** What was not looked at, and why, in plain words: a limit, a password, damage. */
      problems: v.array(v.string()),
    }),
  ),
  /** Somebody looked at it and marked it as safe, with this reason. */
  markedSafe: v.optional(v.string()),
  /** Findings that the record has no room for. */
  omittedFindings: v.optional(count),
});
export type FileDetails = v.InferOutput<typeof fileDetailsSchema>;

/** A file of a folder that could not be judged, or not in whole. */
export const problemFileSchema = v.object({
  path: v.string(),
  reason: engineReasonSchema,
  detail: v.optional(v.string()),
});
export type ProblemFile = v.InferOutput<typeof problemFileSchema>;

export const folderDetailsSchema = v.object({
  type: v.literal('folder'),
  files: count,
  bytes: count,
  /** Files that had not changed since an earlier scan, whose verdict was taken over. */
  unchanged: count,
  /** Left out by exclusions: files, and folders that were not entered. */
  excluded: count,
  /** Pipes, sockets, devices. */
  special: count,
  /** Symbolic links: none is followed; what one leads to inside of the folder is looked at where it lies. */
  links: v.optional(count),
  /** How many files got which verdict. */
  verdicts: v.partial(
    v.object({ malicious: count, suspicious: count, error: count, unknown: count, noThreatFound: count }),
  ),
  /** The first of them; `verdicts` counts all. */
  problems: v.array(problemFileSchema),
  /** Findings that the record has no room for. */
  omittedFindings: v.optional(count),
});
export type FolderDetails = v.InferOutput<typeof folderDetailsSchema>;

/** What only one kind of scan has. Kinds without an entry here have no details yet. */
export const scanDetailsSchema = v.variant('type', [
  fileDetailsSchema,
  folderDetailsSchema,
  urlDetailsSchema,
  networkDetailsSchema,
]);
export type ScanDetails = v.InferOutput<typeof scanDetailsSchema>;

/** What lists show of a record. */
export const recordHeadSchema = v.object({
  /** A UUID. */
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  kind: scanKindSchema,
  /** A path, an address on the web, a host or a range of them. */
  target: v.string(),
  /** Of files only. */
  sha256: v.optional(sha256Schema),
  status: scanStatusSchema,
  /** Absent for scans that do not judge, such as those of a network. */
  verdict: v.optional(verdictSchema),
  startedAt: epochMs,
  finishedAt: epochMs,
  /** Without the time in which the scan was paused. */
  durationMs: v.pipe(finite, v.minValue(0)),
  /** One line in plain words. */
  summary: v.string(),
});
export type RecordHead = v.InferOutput<typeof recordHeadSchema>;

export const scanRecordSchema = v.object({
  ...recordHeadSchema.entries,
  engines: v.array(engineReportSchema),
  findings: v.array(findingSchema),
  details: v.optional(scanDetailsSchema),
});
export type ScanRecord = v.InferOutput<typeof scanRecordSchema>;

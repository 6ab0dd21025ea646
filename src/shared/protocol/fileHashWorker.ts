import * as v from 'valibot';
import { parseNothing, parserOf, type WorkerProtocol } from './worker';

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]+$/));

/** Lower-case hexadecimal. */
const fileHashesSchema = v.object({ md5: hash, sha1: hash, sha256: hash });
export type FileHashes = v.InferOutput<typeof fileHashesSchema>;

/** Why a file has no hashes. */
export const hashRefusals = [
  'vanished',
  'permissionDenied',
  'isDirectory',
  /** A pipe, a socket or a device: it has no content that stands still, and reading it may change something. */
  'notRegularFile',
  /** Symbolic links that lead back to themselves. */
  'linkLoop',
  /** Written or replaced while it was read, so that its hashes would be those of no file that ever was. */
  'changed',
  'unreadable',
] as const;
export type HashRefusal = (typeof hashRefusals)[number];

const fileHashResultSchema = v.variant('status', [
  v.object({ status: v.literal('hashed'), sizeBytes: v.number(), hashes: fileHashesSchema }),
  v.object({
    status: v.literal('refused'),
    reason: v.picklist(hashRefusals),
    /** The system's own code, such as `EIO`. */
    systemCode: v.optional(v.string()),
  }),
]);
/** What became of one file; a file that cannot be hashed is an expected state. */
export type FileHashResult = v.InferOutput<typeof fileHashResultSchema>;

const fileHashRequestSchema = v.object({ control: v.instance(SharedArrayBuffer), path: v.string() });

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type FileHashRequests = {
  /** Hashes a file in one synchronous read, under a control block. */
  hash: { request: v.InferOutput<typeof fileHashRequestSchema>; reply: FileHashResult };
};

export const fileHashWorkerProtocol: WorkerProtocol<FileHashRequests, never, never> = {
  requests: { hash: { request: parserOf(fileHashRequestSchema), reply: parserOf(fileHashResultSchema) } },
  notification: parseNothing,
  push: parseNothing,
};

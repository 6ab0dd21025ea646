import * as v from 'valibot';
import { sha256Schema } from '../scan/record';
import { verdictSchema } from '../scan/verdict';

/**
 * What is known about a file in the quarantine, kept beside its content. Text is as the system gave it, and safe
 * nowhere until whoever shows it has made it so.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Thirty-two hexadecimal digits, which name the item's files. */
export const itemIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** The answer that was the reason to move it. */
export const reasonSchema = v.object({
  /** Of the record in the history, which may have been deleted since. */
  recordId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
  verdict: v.optional(verdictSchema),
  summary: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
});
export type QuarantineReason = v.InferOutput<typeof reasonSchema>;

export const quarantineRecordSchema = v.object({
  version: v.literal(1),
  id: itemIdSchema,
  /** Absolute path that it was moved from. */
  origin: v.pipe(v.string(), v.minLength(1)),
  /** The folder of `origin`, with what links in it led to then. */
  originFolder: v.optional(v.pipe(v.string(), v.minLength(1))),
  sha256: sha256Schema,
  sizeBytes: count,
  /** Permissions, as in `chmod`: without the bits that tell the kind of file. */
  mode: v.pipe(count, v.maxValue(0o7777)),
  /** Nanoseconds since 1970 in UTC, in decimal, since they do not fit a number. */
  modifiedNs: v.pipe(v.string(), v.regex(/^-?\d{1,20}$/)),
  /** Absent on systems that have none of these numbers. */
  owner: v.optional(v.object({ uid: count, gid: count })),
  /** Names that it had besides this one, on the same file system. They were left as they are. */
  otherNames: v.optional(count),
  /** Milliseconds since 1970 in UTC. */
  movedAt: v.pipe(v.number(), v.finite(), v.minValue(0)),
  reason: v.optional(reasonSchema),
});
export type QuarantineRecord = v.InferOutput<typeof quarantineRecordSchema>;

/**
 * What is wrong with an item that cannot be restored: its record or its content is missing, or cannot be read.
 */
export const itemProblems = ['recordMissing', 'recordUnreadable', 'contentMissing'] as const;

/** What is in the quarantine under one id. */
export const quarantineItemSchema = v.variant('type', [
  v.object({ type: v.literal('stored'), record: quarantineRecordSchema }),
  /** Something was interrupted, and could not be decided yet: its disk cannot be read, for example. */
  v.object({ type: v.literal('unfinished'), record: quarantineRecordSchema }),
  v.object({
    type: v.literal('damaged'),
    id: itemIdSchema,
    problem: v.picklist(itemProblems),
    record: v.optional(quarantineRecordSchema),
  }),
]);
export type QuarantineItem = v.InferOutput<typeof quarantineItemSchema>;

/** Why something was not done. Nothing has changed then. */
export const quarantineRefusals = [
  'vanished',
  'permissionDenied',
  'isDirectory',
  /** A pipe, a socket or a device. */
  'notRegularFile',
  /** Moving the link would leave what it leads to where it is. */
  'symbolicLink',
  'linkLoop',
  'unreadable',
  /** Other names lead to the same content, which moving this one does not touch. */
  'hardLinked',
  /** Its content is another than the one that was scanned. */
  'changed',
  /** Written or replaced while it was read. */
  'changing',
  /** Its folder, its file system or its attributes do not let it be removed. */
  'notRemovable',
  /** It lies in the quarantine already. */
  'ownFile',
  /** Another program has it open in a way that does not let it be removed. */
  'inUse',
  'diskFull',
  /** The store, or where something should be restored to, cannot be written. */
  'notWritable',
  /** What was written was read back as something else. */
  'notVerified',
  /** There is no such item any more. */
  'unknownItem',
  /** What was done with it before was interrupted, and cannot be decided while a disk cannot be read. */
  'unfinished',
  /** What the store holds is not what was put into it. */
  'damaged',
  'nameTaken',
  /** The folder that it should be restored to is not there. */
  'folderGone',
  /** A link leads to another folder than the one that it was moved from. */
  'folderElsewhere',
  /** Another machine that shares the store took this window for dead. */
  'lockLost',
  'failed',
] as const;
export type QuarantineRefusal = (typeof quarantineRefusals)[number];

export const refusedSchema = v.object({
  status: v.literal('refused'),
  reason: v.picklist(quarantineRefusals),
  /** The system's own code, such as `EROFS`. */
  systemCode: v.optional(v.string()),
  /** How many other names it has, where the reason is `hardLinked`. */
  otherNames: v.optional(count),
});
export type QuarantineRefused = v.InferOutput<typeof refusedSchema>;

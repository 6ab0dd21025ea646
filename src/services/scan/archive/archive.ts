/** Bounds within which archives are opened, so that none can exhaust memory, disk or patience. */
export interface ArchiveLimits {
  /** Archives inside of archives; 1 opens the outermost alone. */
  readonly maxDepth: number;
  /** Of the outermost archive and all inside it together. */
  readonly maxMembers: number;
  readonly maxUnpackedBytes: number;
  readonly maxMemberBytes: number;
  /** Unpacked size to packed size, of one member and of all together, past some megabytes that are free. */
  readonly maxRatio: number;
  /** Archives on the way to a member and the member itself, in memory at the same time. */
  readonly maxLiveBytes: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maxDepth: 6,
  maxMembers: 50_000,
  maxUnpackedBytes: 512 * 1024 * 1024,
  maxMemberBytes: 64 * 1024 * 1024,
  maxRatio: 250,
  maxLiveBytes: 160 * 1024 * 1024,
};

/** Why a part of an archive was not looked at; `bomb` limits say that it is made to harm, `damaged` that it is broken. */
export const archiveProblems = [
  'tooDeep',
  'tooManyMembers',
  'tooLarge',
  'memberTooLarge',
  'ratioTooHigh',
  'encrypted',
  'truncated',
  'damaged',
  'unsupportedMethod',
  'pathTraversal',
  /** It contains itself, or so many of its own kind that it never ends. */
  'quine',
  'overlapping',
] as const;
export type ArchiveProblem = (typeof archiveProblems)[number];

/** What comes out of an archive, depth first. */
export type ArchiveEvent =
  | {
      readonly type: 'member';
      /** The way to it, outermost first; names as the archive has them, made valid text. */
      readonly members: readonly string[];
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'problem';
      readonly problem: ArchiveProblem;
      /** Empty where it is about the outermost archive itself. */
      readonly members: readonly string[];
      readonly detail?: string;
      /** What all of it would unpack to, as far as that can be told without doing so. */
      readonly claimedBytes?: number;
    };

import type { ArchiveLimits, ArchiveProblem } from './archive';

export interface ArchiveControl {
  /** Called for each piece of work, of which none takes longer than a fraction of a second; may throw to stop. */
  checkpoint(): void;
}

/** So much an archive with all inside of it may unpack to, however small it is. */
const freeTotalBytes = 32 * 1024 * 1024;
/** So much a member may unpack to, however small it is: a log that says the same all the time is no bomb. */
export const freeMemberBytes = 16 * 1024 * 1024;

/** What has been used up of the limits of one outermost archive, by all that is inside of it together. */
export class ArchiveBudget {
  members = 0;
  unpackedBytes = 0;
  /** Why nothing more is read of the whole archive. */
  stoppedBy: ArchiveProblem | undefined;
  private liveBytes = 0;

  constructor(
    readonly limits: ArchiveLimits,
    /** Size of the outermost archive. */
    private readonly outerBytes: number,
    private readonly control: ArchiveControl,
  ) {}

  checkpoint(): void {
    this.control.checkpoint();
  }

  /** @returns false when there are too many */
  addMember(): boolean {
    this.control.checkpoint();
    if (this.stoppedBy !== undefined) return false;
    if (this.members >= this.limits.maxMembers) {
      this.stoppedBy = 'tooManyMembers';
      return false;
    }
    this.members++;
    return true;
  }

  /** @returns false when the whole archive has become too large */
  addBytes(count: number): boolean {
    this.unpackedBytes += count;
    if (this.unpackedBytes > this.limits.maxUnpackedBytes) this.stoppedBy ??= 'tooLarge';
    else if (
      this.unpackedBytes > freeTotalBytes &&
      this.unpackedBytes > this.outerBytes * this.limits.maxRatio
    ) {
      this.stoppedBy ??= 'ratioTooHigh';
    }
    return this.stoppedBy === undefined;
  }

  /** How much of one member may be unpacked into memory now. */
  get memberBytes(): number {
    return Math.min(this.limits.maxMemberBytes, this.memoryBytes);
  }

  /** How much of one member is looked at where it lies in memory that is held anyway. */
  get sharedBytes(): number {
    return this.limits.maxMemberBytes;
  }

  /** How much an archive may unpack to that is held while its members are read, so that room for one of them is left. */
  get wholeBytes(): number {
    return Math.max(0, this.memoryBytes - this.limits.maxMemberBytes);
  }

  /** How much of all is left. */
  get leftBytes(): number {
    return Math.max(0, this.limits.maxUnpackedBytes - this.unpackedBytes);
  }

  /** @returns whether so much can come of so little in an honest archive */
  isRatioTooHigh(unpackedBytes: number, packedBytes: number): boolean {
    return unpackedBytes > freeMemberBytes && unpackedBytes > packedBytes * this.limits.maxRatio;
  }

  /** Counts what is held in memory while members are read. */
  hold(bytes: number): void {
    this.liveBytes += bytes;
  }

  release(bytes: number): void {
    this.liveBytes -= bytes;
  }

  private get memoryBytes(): number {
    return Math.max(0, this.limits.maxLiveBytes - this.liveBytes);
  }
}

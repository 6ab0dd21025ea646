import type { Stats } from 'node:fs';
import type { Judgement } from '../../shared/scan/judgement';

/** What tells that a file is as it was; `Stats` in a form that costs no memory of its own. */
export type FileStamp = Pick<Stats, 'mtimeMs' | 'ctimeMs' | 'size' | 'ino' | 'dev'>;

export const stampNumbers = 5;

/** File systems keep times no finer than this: FAT counts in two seconds, most others in milliseconds. */
const coarsestTimeMs = 2_000;

export interface KnownFile {
  readonly path: string;
  readonly stamp: FileStamp;
  /** What judged it: engines, rules, settings. */
  readonly judges: string;
  /** Minutes since 1970 in UTC; whoever was not met for longest is forgotten first. */
  readonly metMinutes: number;
  /** Absent for a file about which there was nothing to say. */
  readonly judgement?: Judgement;
}

/** Many files, each by its place in all of these. */
export interface KnownFilesTable {
  readonly paths: readonly string[];
  /** Five numbers of each: `mtimeMs`, `ctimeMs`, `size`, `ino` and `dev`. */
  readonly stamps: Float64Array;
  readonly metMinutes: Uint32Array;
  /** Which of `judges` judged it. */
  readonly judgesOf: Uint16Array;
  readonly judges: readonly string[];
  /** Of those about which there was something to say, by their places. */
  readonly judgements: ReadonlyMap<number, Judgement>;
}

/**
 * Remembers what was found out about files, so that one which has not changed need not be read again. A file is known
 * by path, size, both of its times, inode and device: the time of its last change (ctime) is set by the system alone,
 * so that content which was exchanged cannot be disguised by setting the other one.
 *
 * Entries are numbers in one array rather than objects: there are many, and they are looked up at the pace at which a
 * folder is walked.
 */
export class KnownFiles {
  private readonly slots = new Map<string, number>();
  private stamps = new Float64Array(stampNumbers * 1_024);
  private metMinutes = new Uint32Array(1_024);
  private judgesOf = new Uint16Array(1_024);
  private readonly judgements = new Map<number, Judgement>();
  private readonly judges: string[] = [];
  /** Places of files that were forgotten. */
  private readonly free: number[] = [];
  private nextSlot = 0;
  private changed = false;

  get size(): number {
    return this.slots.size;
  }

  /** Whether there is something new since `markSaved`. */
  get hasChanges(): boolean {
    return this.changed;
  }

  markSaved(): void {
    this.changed = false;
  }

  /**
   * @returns what `judges` found out about the file when it was as it is now; `nothing` if there was nothing to say;
   *   undefined if it is not known
   */
  find(path: string, stamp: FileStamp, judges: string, nowMs: number): Judgement | 'nothing' | undefined {
    const slot = this.slots.get(path);
    if (slot === undefined) return undefined;
    const { stamps } = this;
    const at = slot * stampNumbers;
    if (
      stamps[at] !== stamp.mtimeMs ||
      stamps[at + 1] !== stamp.ctimeMs ||
      stamps[at + 2] !== stamp.size ||
      stamps[at + 3] !== stamp.ino ||
      stamps[at + 4] !== stamp.dev ||
      this.judges[this.judgesOf[slot] ?? -1] !== judges
    ) {
      return undefined;
    }
    this.metMinutes[slot] = nowMs / 60_000;
    return this.judgements.get(slot) ?? 'nothing';
  }

  /**
   * @param readAtMs when reading began. A file that was written shortly before may be written again within the same
   *   tick of the file system's clock, which would not show: it is not remembered.
   */
  remember(
    path: string,
    stamp: FileStamp,
    judges: string,
    judgement: Judgement | undefined,
    readAtMs: number,
  ): void {
    if (Math.max(stamp.mtimeMs, stamp.ctimeMs) > readAtMs - coarsestTimeMs) return;
    this.put({ path, stamp, judges, metMinutes: readAtMs / 60_000, ...(judgement && { judgement }) });
  }

  put({ path, stamp, judges, metMinutes, judgement }: KnownFile): void {
    const slot = this.slots.get(path) ?? this.newSlot(path);
    const at = slot * stampNumbers;
    const { stamps } = this;
    stamps[at] = stamp.mtimeMs;
    stamps[at + 1] = stamp.ctimeMs;
    stamps[at + 2] = stamp.size;
    stamps[at + 3] = stamp.ino;
    stamps[at + 4] = stamp.dev;
    this.metMinutes[slot] = metMinutes;
    this.judgesOf[slot] = this.judgesIndex(judges);
    this.setJudgement(slot, judgement);
    this.changed = true;
  }

  /**
   * Takes over what is not known here or was met later than what is. Makes no objects of it: that would take longer
   * than the walk through a folder in which nothing has changed.
   */
  takeOver({ paths, stamps, metMinutes, judgesOf, judges, judgements }: KnownFilesTable): void {
    const indices = judges.map((name) => this.judgesIndex(name));
    for (let place = 0; place < paths.length; place += 1) {
      const path = paths[place] ?? '';
      const met = metMinutes[place] ?? 0;
      let slot = this.slots.get(path);
      if (slot !== undefined && (this.metMinutes[slot] ?? 0) >= met) continue;
      slot ??= this.newSlot(path);
      for (let number = 0; number < stampNumbers; number += 1) {
        this.stamps[slot * stampNumbers + number] = stamps[place * stampNumbers + number] ?? NaN;
      }
      this.metMinutes[slot] = met;
      this.judgesOf[slot] = indices[judgesOf[place] ?? -1] ?? this.judgesIndex('');
      this.setJudgement(slot, judgements.get(place));
      this.changed = true;
    }
  }

  *entries(): Generator<KnownFile> {
    for (const [path, slot] of this.slots) {
      const judgement = this.judgements.get(slot);
      yield {
        path,
        stamp: this.stampAt(slot),
        judges: this.judges[this.judgesOf[slot] ?? -1] ?? '',
        metMinutes: this.metMinutes[slot] ?? 0,
        ...(judgement && { judgement }),
      };
    }
  }

  /** Forgets what was not met for longest, until so many are left. */
  trim(maxCount: number): void {
    const excess = this.slots.size - maxCount;
    if (excess <= 0) return;
    const met = this.metMinutes;
    const oldestFirst = [...this.slots].sort(([, one], [, other]) => (met[one] ?? 0) - (met[other] ?? 0));
    for (const [path, slot] of oldestFirst.slice(0, excess)) this.forget(path, slot);
  }

  /** Forgets what lies below a folder and was not met since, having been removed or left out. */
  forgetUnmet(folderWithSeparator: string, sinceMs: number): void {
    const sinceMinutes = Math.floor(sinceMs / 60_000);
    for (const [path, slot] of this.slots) {
      if ((this.metMinutes[slot] ?? 0) >= sinceMinutes || !path.startsWith(folderWithSeparator)) continue;
      this.forget(path, slot);
    }
  }

  private forget(path: string, slot: number): void {
    this.slots.delete(path);
    this.judgements.delete(slot);
    this.free.push(slot);
    this.changed = true;
  }

  private stampAt(slot: number): FileStamp {
    const at = slot * stampNumbers;
    const [mtimeMs = 0, ctimeMs = 0, size = 0, ino = 0, dev = 0] = this.stamps.subarray(
      at,
      at + stampNumbers,
    );
    return { mtimeMs, ctimeMs, size, ino, dev };
  }

  private setJudgement(slot: number, judgement: Judgement | undefined): void {
    if (judgement === undefined) this.judgements.delete(slot);
    else this.judgements.set(slot, judgement);
  }

  private newSlot(path: string): number {
    const slot = this.free.pop() ?? this.nextSlot++;
    this.slots.set(path, slot);
    if (slot >= this.metMinutes.length) {
      this.stamps = grown(this.stamps, new Float64Array(this.stamps.length * 2));
      this.metMinutes = grown(this.metMinutes, new Uint32Array(this.metMinutes.length * 2));
      this.judgesOf = grown(this.judgesOf, new Uint16Array(this.judgesOf.length * 2));
    }
    return slot;
  }

  private judgesIndex(judges: string): number {
    const known = this.judges.indexOf(judges);
    return known >= 0 ? known : this.judges.push(judges) - 1;
  }
}

function grown<T extends Float64Array | Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

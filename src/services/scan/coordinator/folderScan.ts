import type { Stats } from 'node:fs';
import nodePath from 'node:path';
import type { Clock } from '../../../shared/clock';
import { errorMessage, SentinelError } from '../../../shared/errors';
import { folderSummary } from '../../../shared/presentation/scanSummary';
import type { ScanProgress, ScanResult } from '../../../shared/protocol/scanWorker';
import type { Judgement } from '../../../shared/scan/judgement';
import type { EngineReport } from '../../../shared/scan/record';
import type { WorkControl } from '../../../workers/controlBlock';
import { type Deferred, deferred } from '../../tasks/deferred';
import type { FilePath } from '../../files/regularFile';
import { displayPath } from '../content/displayPath';
import type { Excludes } from '../exclude';
import type { KnownFiles } from '../knownFiles';
import type { StagedRules } from '../pool/ruleStages';
import { FolderWalk } from '../walk';
import { Batcher, type Job, type WalkedFile } from './batcher';
import type { FileJudge, Judged } from './fileJudge';
import { FolderTally, type TalliedFile } from './folderTally';
import { standStill } from './standStill';

export interface FolderScanOptions {
  readonly root: string;
  readonly excludes: Excludes;
  readonly judge: Pick<FileJudge, 'batch' | 'file'>;
  readonly known: KnownFiles;
  /** Names all that makes a verdict what it is: rules, settings, the version of Sentinel. */
  readonly judgesOf: (rules: StagedRules) => string;
  /** Rules whose earlier answers hold. */
  readonly rules: () => StagedRules;
  /** What engines have to say about a file about which there is nothing to say. */
  readonly plainEngines: (rules: StagedRules) => readonly EngineReport[];
  /** What is known of engines once the scan is over: versions, and the rules that were asked. */
  readonly describe: (report: EngineReport, rules: readonly StagedRules[]) => EngineReport;
  readonly markedSafe: ReadonlyMap<string, string>;
  readonly control: Pick<WorkControl, 'isCancelled' | 'isPauseWanted' | 'standStill'>;
  readonly clock: Clock;
  /** How many jobs are to be under way at the same time. */
  readonly width: () => number;
  readonly onFile: (file: TalliedFile) => void;
}

/** Entries that are looked at between two looks at everything else; some milliseconds. */
const walkStep = 500;
/** Files that may wait for a thread; the walk waits when there are more. */
const maxWaitingFiles = 100_000;

/** The scan of one folder: walks it, takes over what is known, and keeps threads busy with the rest. */
export class FolderScan {
  private readonly walk: FolderWalk;
  private readonly tally: FolderTally;
  private readonly batcher: Batcher;
  private readonly waiting: Job[] = [];
  private waitingFiles = 0;
  private readonly running = new Set<Promise<void>>();
  private woken: Deferred<undefined> = deferred();
  private foundFiles = 0;
  private foundBytes = 0;
  private isWalking = true;
  private failure: Error | undefined;
  private current: FilePath | undefined;
  private readonly startedAtMs: number;
  /** Rules whose earlier answers are taken over. */
  private readonly knownBy: StagedRules;
  private readonly judges: string;
  /** All that were asked about a file, by what they say for themselves, and those that were the last. */
  private readonly asked = new Map<string, StagedRules>();
  private lastAsked = '';

  constructor(private readonly options: FolderScanOptions) {
    const { root, excludes, clock, plainEngines, markedSafe } = options;
    this.startedAtMs = clock.now();
    this.knownBy = options.rules();
    this.tally = new FolderTally(plainEngines(this.knownBy), markedSafe);
    this.judges = options.judgesOf(this.knownBy);
    this.batcher = new Batcher((job) => {
      this.waiting.push(job);
      this.waitingFiles += job.files.length;
    });
    this.walk = new FolderWalk(
      root,
      {
        onFile: (path, stats) => {
          this.meet(path, stats);
        },
        onProblem: (problem) => {
          this.tally.addWalkProblem(problem);
        },
      },
      excludes,
    );
  }

  /**
   * Scans until the end, or until it is cancelled; what was found until then is in `result`.
   * @throws what goes wrong that is not about a file
   */
  async run(): Promise<void> {
    const { control, clock } = this.options;
    while (!control.isCancelled) {
      if (this.failure !== undefined) throw this.failure;
      if (control.isPauseWanted) {
        // Threads let go of what they do.
        await Promise.all(this.running);
        await standStill(control, clock);
        continue;
      }
      this.startJobs();
      if (this.isWalking && this.waitingFiles < maxWaitingFiles) {
        this.step();
        // Lets threads' answers in between two steps.
        await new Promise((resolve) => setImmediate(resolve));
      } else if (this.running.size > 0) await this.nextEvent();
      else break;
    }
    await Promise.all(this.running);
  }

  get progress(): ScanProgress {
    const { tally, foundFiles, foundBytes, isWalking, current } = this;
    return {
      files: tally.files,
      bytes: tally.totalBytes,
      foundFiles,
      foundBytes,
      walking: isWalking,
      ...(current === undefined
        ? {}
        : { current: nodePath.relative(this.options.root, displayPath(current)) }),
    };
  }

  get result(): ScanResult {
    const { tally, walk, options } = this;
    const rules = this.asked.size === 0 ? [this.knownBy] : [...this.asked.values()];
    const details = tally.details(walk.counts);
    return {
      kind: 'folder',
      verdict: tally.verdict,
      engines: tally.engineReports().map((report) => options.describe(report, rules)),
      findings: tally.keptFindings(),
      details,
      complete: this.isComplete,
      summary: folderSummary({ details, unreadable: tally.unreadableCount }),
      unreadable: tally.unreadableCount,
      excludedPaths: [...walk.excludedPaths],
    };
  }

  private get isComplete(): boolean {
    return !this.isWalking && this.waitingFiles === 0 && this.running.size === 0;
  }

  private step(): void {
    this.isWalking = this.walk.step(walkStep);
    if (this.isWalking) return;
    this.batcher.flush();
    const { known, root } = this.options;
    known.forgetUnmet(root.endsWith(nodePath.sep) ? root : root + nodePath.sep, this.startedAtMs);
  }

  private meet(path: FilePath, stats: Stats): void {
    this.foundFiles += 1;
    this.foundBytes += stats.size;
    const { known, clock } = this.options;
    const judgement =
      typeof path === 'string' ? known.find(path, stats, this.judges, clock.now()) : undefined;
    if (judgement === undefined) this.batcher.add({ path, stamp: stats });
    else {
      this.hear(this.knownBy);
      this.add(path, stats.size, judgement === 'nothing' ? undefined : judgement, true);
    }
  }

  private add(path: FilePath, sizeBytes: number, judgement: Judgement | undefined, unchanged: boolean): void {
    const told = this.tally.add(displayPath(path), sizeBytes, judgement, unchanged);
    if (told !== undefined && told.findings.length > 0) this.options.onFile(told);
  }

  /** What is added from now on is the answer of these rules. */
  private hear(rules: StagedRules): void {
    const key = `${rules.fingerprint} ${rules.own.state}`;
    if (key === this.lastAsked) return;
    this.lastAsked = key;
    this.asked.set(key, rules);
    this.tally.setPlain(this.options.plainEngines(rules));
  }

  private startJobs(): void {
    while (this.running.size < this.options.width()) {
      const job = this.waiting.shift();
      if (job === undefined) return;
      this.waitingFiles -= job.files.length;
      const work = this.runJob(job).finally(() => {
        this.running.delete(work);
        this.wake();
      });
      this.running.add(work);
    }
  }

  /** Never rejects. */
  private async runJob(job: Job): Promise<void> {
    const { judge, clock } = this.options;
    const [first] = job.files;
    const readAtMs = clock.now();
    this.current = first?.path;
    try {
      const answers =
        job.type === 'batch'
          ? await judge.batch(job.files)
          : await Promise.all(
              job.files.map((file) =>
                judge.file({
                  path: file.path,
                  size: job.type === 'largeFile' ? 'large' : 'small',
                  followLinks: false,
                  details: false,
                  walked: file,
                }),
              ),
            );
      for (const [index, file] of job.files.entries()) {
        const answer = answers[index];
        if (answer !== undefined) this.take(file, answer, readAtMs);
      }
    } catch (error) {
      const code = error instanceof SentinelError ? error.code : undefined;
      // It is done anew when the scan goes on; when it was cancelled, it is not.
      if (code === 'task.paused') {
        this.waiting.unshift(job);
        this.waitingFiles += job.files.length;
      } else if (!this.options.control.isCancelled) this.failure ??= asError(error);
      else this.waitingFiles += job.files.length;
    }
  }

  private take({ path, stamp }: WalkedFile, answer: Judged, readAtMs: number): void {
    const { judgement, unchanged, rules } = answer;
    if (rules !== undefined) this.hear(rules);
    this.add(path, stamp.size, judgement, false);
    if (typeof path !== 'string' || !unchanged || rules === undefined || !isLasting(judgement)) return;
    const judges = this.options.judgesOf(rules);
    this.options.known.remember(path, stamp, judges, judgement, readAtMs);
  }

  /** Settles when a job has ended, or `wake` is called. */
  private async nextEvent(): Promise<void> {
    await this.woken.promise;
  }

  /** To be called when the wishes of the task's owner may have changed. */
  wake(): void {
    const { woken } = this;
    this.woken = deferred();
    woken.resolve(undefined);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(errorMessage(error));
}

/** Whether an answer holds as long as the file does not change: not if it could not be read at this moment. */
function isLasting(judgement: Judgement | undefined): boolean {
  const reason = judgement?.problem?.reason;
  return reason === undefined || reason === 'tooLarge' || reason === 'partial';
}

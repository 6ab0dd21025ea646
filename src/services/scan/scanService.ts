import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Clock } from '../../shared/clock';
import { defined } from '../../shared/defined';
import { errorMessage, SentinelError } from '../../shared/errors';
import { Emitter } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import { formatInteger } from '../../shared/presentation/format';
import { unfinishedSummary } from '../../shared/presentation/scanSummary';
import type {
  ScanProgress,
  ScanPush,
  ScanResult,
  ScanWorkerRequests,
} from '../../shared/protocol/scanWorker';
import type { ScanRecord, ScanStatus } from '../../shared/scan/record';
import type { FolderExclusions, ScanSettings } from '../../shared/scan/settings';
import { alarmingVerdicts } from '../../shared/scan/verdict';
import type { WorkerClient } from '../../workers/workerClient';
import type { History } from '../history/history';
import type { Task, TaskContext } from '../tasks/task';
import { fileTimeLimitMs } from '../tasks/taskKinds';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import { runOnThread } from '../tasks/threadWork';
import type { MarkedSafe, SafeMark } from './markedSafe';
import type { FileResult, RulesState, ScanEnd, Scans } from './scans';

/** The part of a `WorkerClient` that scans need. */
export type ScanCoordinatorThread = Pick<
  WorkerClient<ScanWorkerRequests, never, ScanPush>,
  'request' | 'replace' | 'onPush' | 'stop'
>;

export interface ScanServiceOptions {
  readonly thread: ScanCoordinatorThread;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly history: Pick<History, 'put'>;
  readonly markedSafe: Pick<MarkedSafe, 'list'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: ScanSettings;
  /** What the scan of a folder leaves out. */
  readonly exclusionsOf: (folder: string) => FolderExclusions;
  /** What a task that scans these is called. */
  readonly titleOf: (paths: readonly string[]) => string;
}

/** Opening and judging a file takes some of the time limit however small it is. */
const msPerFile = 50;
/** One of several that were chosen is asked about alone, which takes large sets of rules a while. */
const msPerPath = 5_000;
/** A folder is not known to its end before it has been walked, so that progress keeps something back. */
const walkingShare = 0.9;
/** A sparse file can claim to be so large that its limit would not fit a timer. */
const longestExtensionMs = 24 * 3_600_000;

/** Scans files and folders as supervised tasks on the coordinator's thread, and puts what came of it into the history. */
export class ScanService implements Scans {
  private readonly fileResults = new Emitter<FileResult>();
  private readonly ends = new Emitter<ScanEnd>();
  private readonly rulesChanged = new Emitter<RulesState>();
  readonly onFileResult = this.fileResults.event;
  readonly onEnded = this.ends.event;
  readonly onRulesChanged = this.rulesChanged.event;
  private readonly progressOf = new Map<number, (progress: ScanProgress) => void>();
  private rulesState: RulesState = { ruleCount: 0, compiling: false, faults: [] };
  private settings: ScanSettings;
  private lastId = 0;

  constructor(private readonly options: ScanServiceOptions) {
    this.settings = options.settings;
    options.thread.onPush((push) => {
      this.hear(push);
    });
  }

  get rules(): RulesState {
    return this.rulesState;
  }

  configure(settings: ScanSettings): void {
    this.settings = settings;
  }

  scanFile(path: string): Task<ScanRecord> {
    return this.scanOne(path);
  }

  scanFolder(path: string): Task<ScanRecord> {
    return this.scanOne(path);
  }

  examineFile(path: string): Task<ScanRecord> {
    return this.submit([path], (context, runningMs) => this.scan(path, context, runningMs, 'apart'));
  }

  scanPaths(paths: readonly string[]): Task<readonly ScanRecord[]> {
    return this.submit(paths, async (context, runningMs) => {
      const records: ScanRecord[] = [];
      for (const [index, path] of paths.entries()) {
        await context.checkpoint();
        // The kind's own limit is for one.
        if (index > 0) extend(context, msPerPath);
        const part: TaskContext = {
          ...context,
          reportProgress: (percent, step) => {
            context.reportProgress((100 * index + percent) / paths.length, step);
          },
        };
        records.push(await this.scan(path, part, runningMs));
      }
      return records;
    });
  }

  /** Ends the coordinator and its threads. Never rejects. */
  async stop(): Promise<void> {
    await this.options.thread.stop();
  }

  private scanOne(path: string): Task<ScanRecord> {
    return this.submit([path], (context, runningMs) => this.scan(path, context, runningMs));
  }

  private submit<T>(
    paths: readonly string[],
    run: (context: TaskContext, runningMs: () => number) => Promise<T>,
  ): Task<T> {
    const task: Task<T> = this.options.supervisor.submit({
      kind: 'file',
      title: this.options.titleOf(paths),
      userStarted: true,
      run: (context) => run(context, () => task.metrics.runningMs),
    });
    return task;
  }

  /** @param mode `apart`: nobody but the caller hears of it, and no mark as safe counts */
  private async scan(
    path: string,
    context: TaskContext,
    runningMs: () => number,
    mode: 'told' | 'apart' = 'told',
  ): Promise<ScanRecord> {
    const { clock } = this.options;
    const startedAt = clock.now();
    let result: ScanResult | undefined;
    let failure: Error | undefined;
    try {
      result = await this.ask(path, context, mode === 'apart' ? [] : await this.options.markedSafe.list());
      if (result.kind === 'file' && mode === 'told') this.tellFile(path, result);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(errorMessage(error));
    }
    const finishedAt = clock.now();
    const record = recordOf({
      path,
      kind: result?.kind ?? ((await isFolder(path)) ? 'folder' : 'file'),
      status: endOf(context, failure),
      startedAt,
      finishedAt,
      durationMs: Math.min(runningMs(), finishedAt - startedAt),
      result,
    });
    if (mode === 'told') {
      await this.keep(record);
      this.ends.fire({ record, complete: record.status === 'finished' && result?.complete === true });
    }
    context.signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    return record;
  }

  private async ask(path: string, context: TaskContext, marks: readonly SafeMark[]): Promise<ScanResult> {
    const { thread, clock, exclusionsOf } = this.options;
    const id = ++this.lastId;
    const folder = await isFolder(path);
    const sizeBytes = folder ? 0 : await sizeOf(path);
    extend(context, fileTimeLimitMs(sizeBytes) - fileTimeLimitMs(0));
    const progress = new FolderProgress(context);
    this.progressOf.set(id, (state) => {
      progress.tell(state);
    });
    try {
      return await runOnThread(context, thread, clock, (control) =>
        thread.request('scan', {
          control,
          id,
          path,
          settings: this.settings,
          markedSafe: marks.map(({ sha256, reason }) => [sha256, reason]),
          ...(folder ? { exclusions: exclusionsOf(path) } : {}),
        }),
      );
    } finally {
      this.progressOf.delete(id);
    }
  }

  private tellFile(path: string, { verdict, findings }: ScanResult): void {
    if (findings.length > 0) this.fileResults.fire({ path, verdict, findings });
  }

  private hear(push: ScanPush): void {
    switch (push.type) {
      case 'progress':
        this.progressOf.get(push.id)?.(push.progress);
        break;
      case 'files':
        for (const file of push.files) if (file.findings.length > 0) this.fileResults.fire(file);
        break;
      case 'rules': {
        const { ruleCount, compiling, faults } = push;
        this.rulesState = { ruleCount, compiling, faults };
        this.rulesChanged.fire(this.rulesState);
        break;
      }
    }
  }

  /** An answer that could not be kept is still an answer. */
  private async keep(record: ScanRecord): Promise<void> {
    try {
      await this.options.history.put(record);
    } catch (error) {
      this.options.logger.error(`A scan could not be put into the history: ${errorMessage(error)}`, error);
    }
  }
}

interface RecordParts {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly status: ScanStatus;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly durationMs: number;
  readonly result: ScanResult | undefined;
}

/** Of a scan that did not finish, alarms count; that nothing was found until then says nothing. */
function recordOf(parts: RecordParts): ScanRecord {
  const { path, kind, status, startedAt, finishedAt, durationMs, result } = parts;
  const judged = result?.verdict;
  const counts = judged !== undefined && (status === 'finished' || alarmingVerdicts.includes(judged));
  return {
    id: randomUUID(),
    kind,
    target: path,
    status,
    startedAt,
    finishedAt,
    durationMs,
    summary: unfinishedSummary(status, result?.summary ?? '', judged),
    engines: result?.engines ?? [],
    findings: result?.findings ?? [],
    ...defined({
      verdict: counts ? judged : undefined,
      sha256: result?.sha256,
      details: result?.details,
    }),
  };
}

function endOf({ signal }: TaskContext, failure: unknown): ScanStatus {
  if (signal.aborted) {
    const code = signal.reason instanceof SentinelError ? signal.reason.code : '';
    if (code === 'task.timedOut') return 'timedOut';
    return code === 'task.stalled' ? 'stalled' : 'cancelled';
  }
  return failure === undefined ? 'finished' : 'failed';
}

/** Makes one percentage of files and bytes, which never goes back, and gives the task time for what is found. */
class FolderProgress {
  private percent = 0;
  private grantedMs = 0;

  constructor(private readonly context: TaskContext) {}

  tell({ files, bytes, foundFiles, foundBytes, walking, current }: ScanProgress): void {
    const neededMs = fileTimeLimitMs(foundBytes) - fileTimeLimitMs(0) + foundFiles * msPerFile;
    if (neededMs > this.grantedMs) {
      extend(this.context, neededMs - this.grantedMs);
      this.grantedMs = neededMs;
    }
    const byFiles = foundFiles === 0 ? 0 : files / foundFiles;
    const byBytes = foundBytes === 0 ? byFiles : bytes / foundBytes;
    const share = ((byFiles + byBytes) / 2) * (walking ? walkingShare : 1);
    this.percent = Math.max(this.percent, 100 * Math.min(1, share));
    const counts = `${formatInteger(files)} / ${formatInteger(foundFiles)}${walking ? '+' : ''}`;
    this.context.reportProgress(this.percent, current === undefined ? counts : `${counts} · ${current}`);
  }
}

function extend(context: TaskContext, byMs: number): void {
  if (byMs > 0) context.extendTimeLimit(Math.min(byMs, longestExtensionMs));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // What became of it is for the scan to say.
    return false;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

import { stat } from 'node:fs/promises';
import type { Clock } from '../../shared/clock';
import { defined } from '../../shared/defined';
import type { Disposable } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import { Emitter } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import type { ScanPush, ScanResult, ScanWorkerRequests } from '../../shared/protocol/scanWorker';
import type { ScanRecord } from '../../shared/scan/record';
import type { FolderExclusions, ScanSettings } from '../../shared/scan/settings';
import { alarmingVerdicts } from '../../shared/scan/verdict';
import type { WorkerClient } from '../../workers/workerClient';
import type { History } from '../history/history';
import { keepRecord } from '../history/keepRecord';
import type { Task, TaskContext } from '../tasks/task';
import { fileTimeLimitMs } from '../tasks/taskKinds';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import { runOnThread } from '../tasks/threadWork';
import { usualClamdLimits } from './clamav/clamdLimits';
import type { FileEngine } from './fileEngine';
import type { MarkedSafe, SafeMark } from './markedSafe';
import type { WatchFolder } from './ruleFolderWatch';
import type * as Refresh from './ruleRefresh.later';
import { extend, FolderProgress, partOf } from './scanProgress';
import { endOf } from './scanRecord';
import { ScanRun } from './scanRun';
import type { FileResult, RulesState, ScanEnd, Scans } from './scans';

/** The part of a `WorkerClient` that scans need. */
export type ScanCoordinatorThread = Pick<
  WorkerClient<ScanWorkerRequests, never, ScanPush>,
  'request' | 'replace' | 'keepAlive' | 'onPush' | 'onExited' | 'stop'
>;

export interface ScanServiceOptions {
  readonly thread: ScanCoordinatorThread;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly history: Pick<History, 'put'>;
  readonly markedSafe: Pick<MarkedSafe, 'list'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked beside those that the coordinator asks. */
  readonly engines: readonly FileEngine[];
  readonly settings: ScanSettings;
  /** What the scan of a folder leaves out. */
  readonly exclusionsOf: (folder: string) => FolderExclusions;
  /** What a task that scans these is called. */
  readonly titleOf: (paths: readonly string[]) => string;
  /** Instead of the system's own, for tests. */
  readonly watchFolder?: WatchFolder;
}

/** One of several that were chosen is asked about alone, which takes large sets of rules a while. */
const msPerPath = 5_000;
/** Of a task's progress where engines beside the coordinator's are asked as well. */
const localShare = 0.5;
/** What ClamAV may take about one file besides its size, by the limits that the coordinator sets it. */
const clamavMs = usualClamdLimits.helloMs + 2 * usualClamdLimits.fileMs + usualClamdLimits.returnMs;

/** Scans files and folders as supervised tasks on the coordinator's thread, and puts what came of it into the history. */
export class ScanService implements Scans {
  private readonly fileResults = new Emitter<FileResult>();
  private readonly ends = new Emitter<ScanEnd>();
  private readonly rulesChanged = new Emitter<RulesState>();
  readonly onFileResult = this.fileResults.event;
  readonly onEnded = this.ends.event;
  readonly onRulesChanged = this.rulesChanged.event;
  private readonly running = new Map<number, { readonly run: ScanRun; readonly progress: FolderProgress }>();
  private refresh: Refresh.RuleRefresh | undefined;
  private rulesState: RulesState = { ruleCount: 0, own: 'none', faults: [] };
  /** Of the thread while it compiles, which nobody may be waiting for. */
  private hold: Disposable | undefined;
  private settings: ScanSettings;
  private lastId = 0;

  constructor(private readonly options: ScanServiceOptions) {
    const { thread, settings } = options;
    this.settings = settings;
    thread.onPush((push) => {
      this.hear(push);
    });
    thread.onExited(() => {
      if (this.rulesState.own !== 'compiling') return;
      const { ruleCount, faults } = this.rulesState;
      this.tellRules({ ruleCount, faults, own: 'interrupted' });
    });
  }

  get rules(): RulesState {
    return this.rulesState;
  }

  configure(settings: ScanSettings): void {
    this.settings = settings;
    this.refresh?.configure(settings);
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
        const share = 1 / paths.length;
        const part = partOf(context, share, 100 * index * share);
        records.push(await this.scan(path, part, runningMs));
      }
      return records;
    });
  }

  /** Ends the coordinator and its threads. Never rejects. */
  async stop(): Promise<void> {
    this.refresh?.dispose();
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

  /** @param mode `apart`: nobody but the caller hears of it, no other engine is asked and no mark as safe counts */
  private async scan(
    path: string,
    context: TaskContext,
    runningMs: () => number,
    mode: 'told' | 'apart' = 'told',
  ): Promise<ScanRecord> {
    const { clock, markedSafe } = this.options;
    const isTold = mode === 'told';
    const engines = isTold ? this.options.engines : [];
    const keep = (record: ScanRecord): Promise<void> => (isTold ? this.keep(record) : Promise.resolve());
    const run = new ScanRun({ path, context, runningMs, engines, clock, keep });
    let failure: Error | undefined;
    try {
      // Where others are asked as well, the coordinator's part is not the whole of it.
      const share = engines.length > 0 ? localShare : 1;
      const marks = isTold ? await markedSafe.list() : [];
      const result = await this.ask(path, partOf(context, share), run, marks);
      if (isTold) this.tellFile(path, result);
      await run.finish(result);
      const joined = run.result ?? result;
      if (isTold && joined.findings.length > result.findings.length) this.tellFile(path, joined);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(errorMessage(error));
    }
    const kind = (await isFolder(path)) ? 'folder' : 'file';
    const record = await run.end(endOf(context.signal, failure), kind);
    if (isTold) {
      const { complete = false, excludedPaths } = run.result ?? {};
      this.ends.fire({
        record,
        complete: record.status === 'finished' && complete,
        ...defined({ excludedPaths }),
      });
    }
    context.signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    return record;
  }

  private async ask(
    path: string,
    context: TaskContext,
    run: ScanRun,
    marks: readonly SafeMark[],
  ): Promise<ScanResult> {
    const { thread, clock, exclusionsOf } = this.options;
    const id = ++this.lastId;
    const folder = await isFolder(path);
    const sizeBytes = folder ? 0 : await sizeOf(path);
    // ClamAV may be asked as well, and may have to come back first.
    if (!folder) extend(context, 2 * (fileTimeLimitMs(sizeBytes) - fileTimeLimitMs(0)) + clamavMs);
    this.running.set(id, { run, progress: new FolderProgress(context) });
    const scanning = (this.refresh ??= this.createRefresh()).scanning();
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
      this.running.delete(id);
      scanning.dispose();
    }
  }

  private createRefresh(): Refresh.RuleRefresh {
    const { thread, clock, logger, watchFolder } = this.options;
    // An import would be carried out when the extension is loaded. The build turns this into a bundle of its own.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { RuleRefresh } = require('./ruleRefresh.later') as typeof Refresh;
    return new RuleRefresh({
      clock,
      logger,
      settings: this.settings,
      load: async (settings) => {
        await thread.request('loadRules', settings);
      },
      ...(watchFolder && { watchFolder }),
    });
  }

  private tellFile(path: string, { kind, verdict, findings }: ScanResult): void {
    if (kind === 'file' && findings.length > 0) this.fileResults.fire({ path, verdict, findings });
  }

  private hear(push: ScanPush): void {
    switch (push.type) {
      case 'progress':
        this.running.get(push.id)?.progress.tell(push.progress);
        break;
      case 'partial':
        this.running.get(push.id)?.run.hear(push.result);
        break;
      case 'extend':
        this.running.get(push.id)?.progress.extend(push.byMs);
        break;
      case 'files':
        for (const { sha256, ...file } of push.files) {
          if (alarmingVerdicts.includes(file.verdict)) {
            this.running.get(push.id)?.run.alarm({ ...file, ...defined({ sha256 }) });
          }
          if (file.findings.length > 0) this.fileResults.fire(file);
        }
        break;
      case 'rules': {
        const { ruleCount, own, share, allFaults } = push;
        const named = new Set(push.faults.map(({ file }) => file));
        const kept = allFaults ? [] : this.rulesState.faults.filter(({ file }) => !named.has(file));
        this.tellRules({ ruleCount, own, faults: [...kept, ...push.faults], ...(share && { share }) });
        break;
      }
    }
  }

  private tellRules(state: RulesState): void {
    this.rulesState = state;
    if (state.own === 'compiling') this.hold ??= this.options.thread.keepAlive();
    else {
      this.hold?.dispose();
      this.hold = undefined;
    }
    this.rulesChanged.fire(state);
  }

  private keep(record: ScanRecord): Promise<void> {
    return keepRecord(this.options.history, record, this.options.logger);
  }
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

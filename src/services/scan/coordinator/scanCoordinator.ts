import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import nodePath from 'node:path';
import type { Clock } from '../../../shared/clock';
import { DisposableStore } from '../../../shared/disposable';
import { SentinelError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import type { ScanOptions } from '../../../shared/protocol/scanThread';
import type { ScanPush, ScanRequest, ScanResult } from '../../../shared/protocol/scanWorker';
import type { EngineReport } from '../../../shared/scan/record';
import type { FolderExclusions, ScanSettings } from '../../../shared/scan/settings';
import { WorkControl } from '../../../workers/controlBlock';
import { type Excludes, excluder } from '../exclude';
import { KnownFilesFile } from '../knownFilesFile';
import { RuleStages, type StagedRules } from '../pool/ruleStages';
import { ScanPool } from '../pool/scanPool';
import type { ScanThreadClient } from '../pool/scanThread';
import type { StepLimits } from '../pool/stepWatch';
import type { RuleFault } from '../rules/ruleScanner';
import { ClamdEngine } from '../clamav/clamdEngine';
import type { ClamdLimits } from '../clamav/clamdLimits';
import { type ClamdPlaces, findClamd, usualClamdPlaces } from '../clamav/findClamd';
import { Slots } from '../clamav/slots';
import { ClamavJudge } from './clamavJudge';
import { FileJudge } from './fileJudge';
import { scanSingleFile } from './fileScan';
import { FolderScan } from './folderScan';
import type { TalliedFile } from './folderTally';
import { Interrupts } from './interrupts';
import { RuleReports } from './ruleReports';
import { StuckRules } from './stuckRules';

export interface ScanCoordinatorOptions {
  readonly createThread: (name: string) => ScanThreadClient;
  /** Where the built-in rules are. */
  readonly packFolder: string;
  readonly knownFilesFile: string | undefined;
  /** Of Sentinel: another version judges files anew. */
  readonly version: string;
  readonly push: (message: ScanPush) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stepLimits?: StepLimits;
  readonly searchLimits?: StepLimits;
  readonly clamdPlaces?: ClamdPlaces;
  readonly clamdLimits?: ClamdLimits;
}

/** So many threads compute at most where the person leaves it open: memory for rules, and work for the rest. */
const mostThreads = 4;
const lookMs = 50;
/** A few messages a second, whatever goes on here. */
const pushMs = 250;
/** What archives of all threads unpack into memory at the same time; a thread needs room for one member in any case. */
const archiveBytes = 320 * 1024 * 1024;
const leastArchiveBytes = 80 * 1024 * 1024;
/** clamd serves a dozen by default, and others want their mail scanned. */
const clamdConnections = 4;
const maxIgnoreFileBytes = 1024 * 1024;

/** Runs scans: files and folders, several at a time, on one pool of threads. */
export class ScanCoordinator {
  private readonly stages: RuleStages;
  private readonly pool: ScanPool;
  private readonly known: KnownFilesFile;
  private readonly reports: RuleReports;
  private readonly clamdSlots = new Slots(clamdConnections);
  private readonly stuck = new StuckRules();

  constructor(private readonly options: ScanCoordinatorOptions) {
    const { createThread, clock, logger, packFolder, knownFilesFile } = options;
    const { stepLimits, searchLimits } = options;
    this.stages = new RuleStages(packFolder);
    this.pool = new ScanPool({
      createClient: createThread,
      stages: this.stages,
      clock,
      logger,
      ...(stepLimits && { stepLimits }),
      ...(searchLimits && { searchLimits }),
    });
    this.known = new KnownFilesFile(knownFilesFile, logger);
    this.reports = new RuleReports(this.stages, this.pool);
    this.pool.onRulesChanged(() => {
      this.tellRules();
    });
  }

  /** @returns what was found until the end, or until the task's block said to cancel */
  async scan(request: ScanRequest): Promise<ScanResult> {
    const { settings, path } = request;
    const control = new WorkControl(request.control);
    const attachments = new DisposableStore();
    const interrupts = new Interrupts(control);
    this.prepare(request, control);
    const scanOptions: ScanOptions = {
      join: settings.joinSmallFiles,
      openArchives: settings.openArchives,
      archiveMemoryBytes: Math.max(leastArchiveBytes, Math.floor(archiveBytes / Math.max(2, this.pool.size))),
      maxFileBytes: settings.maxFileBytes,
    };
    const judge = new FileJudge({
      pool: this.pool,
      stages: this.stages,
      control: request.control,
      interrupts,
      scanOptions,
      clock: this.options.clock,
      logger: this.options.logger,
      stuck: this.stuck,
      onDelay: (byMs) => {
        this.options.push({ type: 'extend', id: request.id, byMs });
      },
    });
    const clamav = this.clamav(request);
    const clamavMet = clamav.meet(interrupts.cancelled);
    const teller = new Teller(request.id, this.options);
    try {
      const running: { folder?: FolderScan } = {};
      let looks = 0;
      attachments.add(
        this.options.clock.setInterval(() => {
          control.beat();
          interrupts.look();
          const { letGo } = interrupts;
          if (letGo.aborted) clamav.interrupt(letGo.reason as SentinelError);
          if (control.isCancelled || control.isPauseWanted) running.folder?.wake();
          if (++looks % (pushMs / lookMs) === 0) teller.tell(running.folder);
        }, lookMs),
      );
      if (!isFolder(path)) {
        return await scanSingleFile({
          ...this.common(request, clamav, control),
          path,
          judge,
          clamav,
          clamavMet,
          otherEngines: (rules) => this.reports.others(rules),
          onPartial: (result) => {
            this.options.push({ type: 'partial', id: request.id, result });
          },
        });
      }
      // Which of the earlier answers hold depends on its database.
      await clamavMet;
      const folder = this.folderScan(request, control, judge, scanOptions, teller, clamav);
      running.folder = folder;
      await folder.run();
      teller.tell(folder);
      return folder.result;
    } finally {
      attachments.dispose();
      // Before the answer: whoever closes the window then has it, too.
      this.known.save();
    }
  }

  /** Has rules compiled where they are others than before, in the background. @returns when that is over */
  async loadRules(settings: ScanSettings): Promise<null> {
    this.load(settings);
    await this.pool.compileAll();
    return null;
  }

  /** Ends all threads. Never rejects. */
  async stop(): Promise<void> {
    await this.pool.stop();
  }

  /** Blocks this thread while it walks through folders of rules; a beat for each lets the task's owner know. */
  private prepare({ settings }: ScanRequest, control: WorkControl): void {
    const beat = (): void => {
      control.beat();
      if (control.isCancelled) throw new SentinelError('task.cancelled', 'The scan was cancelled.');
    };
    control.beat();
    this.load(settings, beat);
    this.pool.compileRest();
    this.known.load();
  }

  private load(settings: ScanSettings, beforeFolder?: () => void): void {
    if (this.stages.load(settings, beforeFolder)) {
      this.stuck.clear();
      this.tellRules();
    }
    const { threads } = settings;
    this.pool.resize(threads > 0 ? threads : Math.min(mostThreads, availableParallelism()));
  }

  private clamav({ settings }: ScanRequest): ClamdEngine {
    const { clock, clamdLimits, clamdPlaces = usualClamdPlaces(process.platform) } = this.options;
    return new ClamdEngine({
      found: findClamd(settings.clamav, clamdPlaces),
      clock,
      slots: this.clamdSlots,
      ...(clamdLimits && { limits: clamdLimits }),
    });
  }

  /** What scans of files and folders have in common. */
  private common(request: ScanRequest, clamav: ClamdEngine, control: WorkControl) {
    return {
      describe: (report: EngineReport, rules?: readonly StagedRules[]) =>
        clamav.describe(this.reports.describe(report, rules)),
      markedSafe: new Map(request.markedSafe),
      control,
      clock: this.options.clock,
    };
  }

  private folderScan(
    request: ScanRequest,
    control: WorkControl,
    judge: FileJudge,
    scanOptions: ScanOptions,
    teller: Teller,
    clamav: ClamdEngine,
  ): FolderScan {
    const { path, exclusions } = request;
    const plain = (rules?: StagedRules): readonly EngineReport[] => this.reports.plain(rules);
    return new FolderScan({
      ...this.common(request, clamav, control),
      root: path,
      excludes: this.excludes(path, exclusions),
      judge: new ClamavJudge(judge, clamav, plain),
      known: this.known.files,
      rules: () => this.stages.inForce,
      judgesOf: (rules) => this.judgesOf(rules, scanOptions, clamav),
      plainEngines: (rules) => [...plain(rules), clamav.plainReport],
      // One more than there are threads, so that none waits for the next.
      width: () => this.pool.size + 1,
      onFile: (file) => {
        teller.add(file);
      },
    });
  }

  private judgesOf(
    { fingerprint }: StagedRules,
    { openArchives, maxFileBytes }: ScanOptions,
    clamav: ClamdEngine,
  ): string {
    const parts = [this.options.version, fingerprint, String(openArchives), String(maxFileBytes)];
    if (clamav.isAsked) parts.push(`clamav ${clamav.fingerprint ?? ''}`);
    return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 22);
  }

  private excludes(root: string, exclusions: FolderExclusions | undefined): Excludes {
    if (exclusions === undefined) return () => false;
    const ignoreLines = this.readIgnoreFile(exclusions.ignoreFile);
    return excluder({
      base: exclusions.base,
      root,
      globs: exclusions.globs,
      ...(ignoreLines === undefined ? {} : { ignoreLines }),
      separator: nodePath.sep,
      ignoreCase: process.platform === 'win32' || process.platform === 'darwin',
    });
  }

  private readIgnoreFile(file: string | undefined): string | undefined {
    if (file === undefined) return undefined;
    try {
      const stats = statSync(file);
      if (stats.isFile() && stats.size <= maxIgnoreFileBytes) return readFileSync(file, 'utf8');
    } catch {
      // There is none, which is the common case.
    }
    return undefined;
  }

  private tellRules(): void {
    const faults: readonly RuleFault[] = this.reports.faults();
    const share = this.pool.compileShare;
    this.options.push({
      type: 'rules',
      ruleCount: this.reports.ruleCount ?? 0,
      own: this.stages.ownRules.state,
      ...(share && share.total > 0 && { share }),
      faults: [...faults],
      allFaults: this.reports.hasAllFaults,
    });
  }
}

/** Tells the owner what happens in a folder, in a few messages a second. */
class Teller {
  private files: TalliedFile[] = [];
  private told = '';

  constructor(
    private readonly id: number,
    private readonly options: Pick<ScanCoordinatorOptions, 'push'>,
  ) {}

  add(file: TalliedFile): void {
    this.files.push(file);
  }

  tell(folder: Pick<FolderScan, 'progress'> | undefined): void {
    const { files, id } = this;
    if (files.length > 0) {
      this.files = [];
      this.options.push({
        type: 'files',
        id,
        files: files.map((file) => ({ ...file, findings: [...file.findings] })),
      });
    }
    if (folder === undefined) return;
    const { progress } = folder;
    const state = JSON.stringify(progress);
    if (state === this.told) return;
    this.told = state;
    this.options.push({ type: 'progress', id, progress });
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Why it is none, or cannot be looked at, is found out when it is opened.
    return false;
  }
}

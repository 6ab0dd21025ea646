import type { Clock } from '../../../shared/clock';
import { errorMessage } from '../../../shared/errors';
import { Emitter, type Event } from '../../../shared/event';
import type { Logger } from '../../../shared/logger';
import type { Prepared } from '../../../shared/protocol/scanThread';
import type { RuleFault } from '../rules/ruleScanner';
import { type Deferred, deferred } from '../../tasks/deferred';
import { unlessAborted } from './unlessAborted';
import type { RuleStages, StagedRules } from './ruleStages';
import { type Answer, type CompileShare, ScanThread, type ScanThreadClient } from './scanThread';
import { defaultStepLimits, type StepLimits } from './stepWatch';

export interface ScanPoolOptions {
  readonly createClient: (name: string) => ScanThreadClient;
  readonly stages: RuleStages;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stepLimits?: StepLimits;
  /** The same while a stuck rule is searched for. */
  readonly searchLimits?: StepLimits;
}

/** `large`: something that makes a thread's memory grow for good, so that one thread does all of it. */
export type JobSize = 'small' | 'large';

/** What work on a thread came to; `noRules` where no thread could be given its rules. */
export type JobOutcome<T> =
  | { readonly status: 'done'; readonly value: T; readonly rules: StagedRules }
  | { readonly status: 'noRules'; readonly detail: string };

/** Rules as compiled, for reports. */
export interface CompiledSet {
  readonly ruleNames: readonly string[];
  readonly faults: readonly RuleFault[];
  /** What compiling them took. */
  readonly elapsedMs: number;
}

interface Waiting {
  readonly size: JobSize;
  readonly turn: Deferred<ScanThread | undefined>;
}

/** Rules that are fine need milliseconds for a file; the one that is searched for would need for ever. */
const searchStepLimits: StepLimits = { baseMs: 3_000, bytesPerMs: 2_000 };

/** Each scan leaves about 64 KB behind in WebAssembly, and a thread is replaced before that matters. */
const maxScansOfThread = 1_500;
/** So does one that has grown beyond what its rules took. */
const maxGrowthBytes = 192 * 1024 * 1024;
/** How often it is told how far compiling has come. */
const tellMs = 1_000;
/** What rules of all threads may take together: the limit of all memory less Node's and that of files. */
const maxRuleMemoryBytes = 280 * 1024 * 1024;

/**
 * Threads that scan. They are started when there is work for them, each compiles the rules once, and they are shared by
 * all scans in the order in which these ask.
 */
export class ScanPool {
  private readonly threads: ScanThread[] = [];
  private readonly idle = new Set<ScanThread>();
  private readonly waiting: Waiting[] = [];
  private readonly sets = new Map<string, Prepared>();
  private readonly changes: Emitter<undefined>;
  private building: Promise<void> | undefined;
  /** What is compiled in the background. */
  private builds: StagedRules | undefined;
  /** The thread that compiles in the background: nobody is given it, nor waits for it, before it has its rules. */
  private builder: ScanThread | undefined;
  private maxThreads = 1;
  private started = 0;
  private stopped = false;

  /** Rules have been compiled, or could not be; now and then while they are. */
  readonly onRulesChanged: Event<undefined>;

  constructor(private readonly options: ScanPoolOptions) {
    this.changes = new Emitter((error) => {
      options.logger.error('A listener to the rules failed.', error);
    });
    this.onRulesChanged = this.changes.event;
  }

  /** Takes effect as threads are started and get idle. */
  resize(maxThreads: number): void {
    this.maxThreads = Math.max(1, maxThreads);
    this.endSurplus();
  }

  /** How many threads there may be, as far as the memory of their rules allows. */
  get size(): number {
    const { inForce } = this.options.stages;
    const bytes = this.sets.get(inForce.fingerprint)?.memoryBytes ?? 0;
    const byMemory = bytes === 0 ? Infinity : Math.floor(maxRuleMemoryBytes / bytes);
    return Math.max(1, Math.min(this.maxThreads, byMemory));
  }

  /** What is known of rules that a thread has compiled. */
  compiledSet({ fingerprint }: Pick<StagedRules, 'fingerprint'>): CompiledSet | undefined {
    return this.sets.get(fingerprint);
  }

  /**
   * Does something on a thread that has the rules in force.
   * @param signal lets go of the waiting for a thread and for its rules; `work` looks after itself
   * @throws what `work` throws; the signal's reason; SentinelError `worker.disposed`
   */
  async run<T>(
    size: JobSize,
    signal: AbortSignal,
    work: (thread: ScanThread) => Promise<T>,
  ): Promise<JobOutcome<T>> {
    signal.throwIfAborted();
    const thread = await this.acquire(size, signal);
    if (thread === undefined) {
      signal.throwIfAborted();
      return { status: 'noRules', detail: 'Scans have been ended.' };
    }
    this.compileRest();
    const getsReady = this.giveRules(thread);
    let ready: Awaited<typeof getsReady>;
    try {
      ready = await unlessAborted(getsReady, signal);
    } catch (error) {
      // Nothing interrupts the compiler. What it makes is good for whoever is next.
      const release = (): Promise<void> => this.release(thread);
      void getsReady.then(release, release);
      throw error;
    }
    try {
      const { rules, prepared } = ready;
      if (prepared.status === 'lost') return { status: 'noRules', detail: prepared.detail };
      // Without any rule that could be asked nothing would ever be found.
      if (rules.sources.length > 0 && prepared.value.ruleNames.length === 0) {
        return { status: 'noRules', detail: 'none of the rules could be compiled' };
      }
      return { status: 'done', value: await work(thread), rules };
    } finally {
      await this.release(thread);
    }
  }

  /** How far compiling in the background has come; undefined where none is under way. */
  get compileShare(): CompileShare | undefined {
    return this.builder?.progress;
  }

  /** Compiles rules that were too many to be waited for, where that is not under way. */
  compileRest(): void {
    const rules = this.options.stages.toCompile;
    if (this.builds !== undefined && rules?.fingerprint !== this.builds.fingerprint) {
      // Nobody wants them any more, and nothing else interrupts the compiler.
      void this.builder?.replace('it has other rules');
    }
    if (rules === undefined || this.building !== undefined || this.stopped) return;
    this.builds = rules;
    this.building = this.build(rules).finally(() => {
      this.building = undefined;
      this.builds = undefined;
      const next = this.options.stages.toCompile;
      if (next !== undefined && next.fingerprint !== rules.fingerprint) this.compileRest();
      this.changes.fire(undefined);
    });
  }

  /** Settles when all rules have been compiled, or could not be. Never rejects. */
  async compileAll(): Promise<void> {
    this.compileRest();
    while (this.building !== undefined) await this.building;
    if (this.stopped || this.compiledSet(this.options.stages.inForce) !== undefined) return;
    try {
      await this.run('small', new AbortController().signal, () => Promise.resolve());
    } catch (error) {
      // It has been ended meanwhile.
      this.options.logger.debug(`Rules were not compiled: ${errorMessage(error)}`);
    }
  }

  /** A thread outside of the pool, to find out which rule is stuck; whoever has it ends it. */
  createSearchThread(): ScanThread {
    return this.newThread('search', this.searchLimits);
  }

  /** One for a file that is judged by other rules than all others. */
  createSideThread(): ScanThread {
    return this.newThread('aside', this.options.stepLimits ?? defaultStepLimits);
  }

  /** How long a step may take while it is searched. */
  get searchLimits(): StepLimits {
    return this.options.searchLimits ?? searchStepLimits;
  }

  /** Ends all threads. Never rejects. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { turn } of this.waiting.splice(0)) turn.resolve(undefined);
    await Promise.all(
      [...this.threads, ...(this.builder ? [this.builder] : [])].map((thread) => thread.stop()),
    );
    await this.building;
    this.changes.dispose();
  }

  private async giveRules(
    thread: ScanThread,
  ): Promise<{ readonly rules: StagedRules; readonly prepared: Answer<Prepared> }> {
    const { stages } = this.options;
    let rules = stages.inForce;
    let prepared = await this.prepare(thread, rules);
    if (prepared.status === 'lost' && stages.inForce.fingerprint !== rules.fingerprint) {
      // It was the person's own rules that could not be compiled: the others are in force without them.
      rules = stages.inForce;
      prepared = await this.prepare(thread, rules);
    }
    return { rules, prepared };
  }

  private async prepare(thread: ScanThread, rules: StagedRules): Promise<Answer<Prepared>> {
    if (thread.hasRules(rules)) return thread.prepare(rules);
    const answer = await thread.prepare(rules);
    if (answer.status === 'lost') {
      if (this.isWanted(rules)) this.options.logger.warning(`Rules could not be compiled: ${answer.detail}.`);
      this.options.stages.couldNotCompile(rules, answer.detail);
      this.changes.fire(undefined);
      return answer;
    }
    const isNew = !this.sets.has(rules.fingerprint);
    this.sets.set(rules.fingerprint, answer.value);
    if (isNew) {
      const { ruleNames, elapsedMs } = answer.value;
      this.options.logger.info(`${ruleNames.length} rules compiled in ${Math.round(elapsedMs)} ms.`);
      this.changes.fire(undefined);
    }
    return answer;
  }

  private isWanted({ fingerprint }: StagedRules): boolean {
    const { inForce, toCompile } = this.options.stages;
    return [inForce, toCompile].some((rules) => rules?.fingerprint === fingerprint);
  }

  /** On a thread of its own, which then scans like the others, in the place of one of them. */
  private async build(rules: StagedRules): Promise<void> {
    const { stages, logger, clock } = this.options;
    const thread = this.newScanThread();
    this.builder = thread;
    const ticks = clock.setInterval(() => {
      this.changes.fire(undefined);
    }, tellMs);
    try {
      const answer = await this.prepare(thread, rules);
      if (answer.status === 'done') stages.compiled(rules);
    } catch (error) {
      logger.warning(`Rules could not be compiled: ${errorMessage(error)}`);
    }
    this.builder = undefined;
    ticks.dispose();
    if (this.stopped) return;
    this.threads.push(thread);
    await this.release(thread);
  }

  private async acquire(size: JobSize, signal: AbortSignal): Promise<ScanThread | undefined> {
    if (this.stopped) return undefined;
    const free = this.takeIdle(size);
    if (free !== undefined) return free;
    const turn = deferred<ScanThread | undefined>();
    const entry = { size, turn };
    this.waiting.push(entry);
    const onAbort = (): void => {
      const index = this.waiting.indexOf(entry);
      if (index >= 0) this.waiting.splice(index, 1);
      turn.resolve(undefined);
    };
    signal.addEventListener('abort', onAbort);
    try {
      return await turn.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  private takeIdle(size: JobSize): ScanThread | undefined {
    const rules = this.options.stages.inForce;
    const [first] = this.threads;
    if (size === 'large') {
      if (first !== undefined) return this.idle.delete(first) ? first : undefined;
      return this.create();
    }
    const idle = [...this.idle];
    // One that has the rules already, and the one for large work last.
    const ready = idle.filter((thread) => thread.hasRules(rules));
    const chosen = ready.find((thread) => thread !== first) ?? ready[0] ?? idle[0];
    if (chosen === undefined) return this.threads.length < this.room ? this.create() : undefined;
    this.idle.delete(chosen);
    return chosen;
  }

  /** One that compiles counts as one that scans, as long as another is left to scan. */
  private get room(): number {
    return Math.max(1, this.size - (this.builder === undefined ? 0 : 1));
  }

  private create(): ScanThread {
    const thread = this.newScanThread();
    this.threads.push(thread);
    return thread;
  }

  private newScanThread(): ScanThread {
    this.started += 1;
    return this.newThread(`scan${this.started}`, this.options.stepLimits ?? defaultStepLimits);
  }

  private newThread(name: string, limits: StepLimits): ScanThread {
    const { createClient, clock } = this.options;
    return new ScanThread(createClient(name), clock, limits);
  }

  private async release(thread: ScanThread): Promise<void> {
    if (this.stopped) return;
    if (thread.scanCount >= maxScansOfThread || thread.memoryBytes - thread.preparedBytes > maxGrowthBytes) {
      await thread.replace('its memory has grown');
    }
    this.idle.add(thread);
    this.endSurplus();
    this.serve();
  }

  private serve(): void {
    for (let index = 0; index < this.waiting.length;) {
      const entry = this.waiting[index];
      const thread = entry === undefined ? undefined : this.takeIdle(entry.size);
      if (entry === undefined || thread === undefined) {
        index += 1;
        continue;
      }
      this.waiting.splice(index, 1);
      entry.turn.resolve(thread);
    }
  }

  /** Those without the rules in force go first; one that has them stays while a busy one without them can go instead. */
  private endSurplus(): void {
    const rules = this.options.stages.inForce;
    const rank = (thread: ScanThread): number => (thread.hasRules(rules) ? 1 : 0);
    const idle = [...this.idle].sort((one, other) => rank(one) - rank(other));
    for (const thread of idle) {
      if (this.threads.length <= this.size) return;
      if (rank(thread) === 1 && this.threads.some((other) => rank(other) === 0)) return;
      this.idle.delete(thread);
      this.threads.splice(this.threads.indexOf(thread), 1);
      void thread.stop();
    }
  }
}

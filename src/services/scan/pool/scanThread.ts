import type { Clock } from '../../../shared/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../../shared/disposable';
import { SentinelError } from '../../../shared/errors';
import type { Prepared, ScanThreadRequests } from '../../../shared/protocol/scanThread';
import { ThreadSign } from '../../../workers/threadSign';
import type { WorkerClient } from '../../../workers/workerClient';
import type { StagedRules } from './ruleStages';
import { type StepLimits, StepWatch } from './stepWatch';

/** The part of a `WorkerClient` that is needed to scan. */
export type ScanThreadClient = Pick<
  WorkerClient<ScanThreadRequests, never, never>,
  'request' | 'replace' | 'dispose' | 'stop' | 'onExited'
>;

/** A thread was lost over what it was asked. */
export interface Lost {
  readonly status: 'lost';
  /** `stuck`: it was in one step for too long, and was ended; `crashed`: it ended by itself, or cannot go on. */
  readonly why: 'stuck' | 'crashed' | 'outOfMemory';
  /** Which of the items that it was given it was busy with; absent where it was busy with several at once. */
  readonly item?: number;
  readonly detail: string;
}

export type Answer<T> = { readonly status: 'done'; readonly value: T } | Lost;

/** Steps of compiling; none in all before the first of them. */
export interface CompileShare {
  readonly done: number;
  readonly total: number;
}

type ScanRequest = 'scanBatch' | 'scanFile';

/** How long a thread may take to obey a cancel before it is ended. */
const cancelGraceMs = 700;
/** Compiling is watched source by source, and a source may have thousands of rules. */
const prepareLimits: StepLimits = { baseMs: 120_000, bytesPerMs: 10 };

/** Owns one thread that scans: gives it its rules, watches its steps, and has it replaced when it is lost. */
export class ScanThread implements Disposable {
  private readonly sign = new ThreadSign();
  private readonly attachments = new DisposableStore();
  private rules:
    { readonly fingerprint: string; readonly twoStep: boolean; readonly prepared: Prepared } | undefined;
  private used = false;
  /** What rules have cost this thread until now. */
  private costs = { scanCount: 0, memoryBytes: 0 };

  constructor(
    private readonly client: ScanThreadClient,
    private readonly clock: Clock,
    private readonly stepLimits: StepLimits,
  ) {
    this.attachments.add(
      client.onExited(() => {
        this.rules = undefined;
        this.used = false;
        this.costs = { scanCount: 0, memoryBytes: 0 };
      }),
    );
  }

  /** How far compiling has come. */
  get progress(): CompileShare {
    const { done, total } = this.sign.read();
    return { done, total };
  }

  get scanCount(): number {
    return this.costs.scanCount;
  }

  get memoryBytes(): number {
    return this.costs.memoryBytes;
  }

  hasRules({ fingerprint, twoStep }: Pick<StagedRules, 'fingerprint' | 'twoStep'>): boolean {
    return this.rules?.fingerprint === fingerprint && this.rules.twoStep === twoStep;
  }

  /** What its rules took when they had been compiled. */
  get preparedBytes(): number {
    return this.rules?.prepared.memoryBytes ?? 0;
  }

  /** Gives the thread these rules; a thread that had others is replaced, since it would keep their memory. */
  async prepare(rules: StagedRules): Promise<Answer<Prepared>> {
    if (this.rules !== undefined && this.hasRules(rules))
      return { status: 'done', value: this.rules.prepared };
    if (this.used) await this.replace('it has other rules');
    this.used = true;
    const { sign } = this;
    const { sources, leftOut, twoStep } = rules;
    const answer = await this.watched(prepareLimits, () =>
      this.client.request('prepare', {
        sign: sign.buffer,
        sources: [...sources],
        leftOut: [...leftOut],
        twoStep,
      }),
    );
    if (answer.status === 'done') {
      this.rules = { fingerprint: rules.fingerprint, twoStep, prepared: answer.value };
      this.costs.memoryBytes = answer.value.memoryBytes;
    }
    return answer;
  }

  /**
   * Scans. When the signal fires and the thread does not obey by itself, it is ended.
   * @param requestWith makes the request with the thread's sign in it
   * @throws SentinelError `task.cancelled`, `task.paused`, `worker.disposed`
   */
  async scan<K extends ScanRequest>(
    name: K,
    requestWith: (sign: SharedArrayBuffer) => ScanThreadRequests[K]['request'],
    signal: AbortSignal,
  ): Promise<Answer<ScanThreadRequests[K]['reply']>> {
    const request = requestWith(this.sign.buffer);
    const watches = new DisposableStore();
    const onAbort = (): void => {
      watches.add(this.clock.setTimeout(() => void this.client.replace('it did not obey'), cancelGraceMs));
    };
    signal.addEventListener('abort', onAbort);
    watches.add(
      toDisposable(() => {
        signal.removeEventListener('abort', onAbort);
      }),
    );
    try {
      const answer = await this.watched(this.stepLimits, () => this.client.request(name, request));
      if (answer.status === 'done') this.costs = answer.value.costs;
      else if (signal.aborted) throw new SentinelError('task.cancelled', 'The thread was ended.');
      return answer;
    } finally {
      watches.dispose();
    }
  }

  async replace(why: string): Promise<void> {
    await this.client.replace(why);
  }

  dispose(): void {
    this.attachments.dispose();
    this.client.dispose();
  }

  async stop(): Promise<void> {
    this.attachments.dispose();
    await this.client.stop();
  }

  private async watched<T>(limits: StepLimits, ask: () => Promise<T>): Promise<Answer<T>> {
    let stuckMs: number | undefined;
    // A new request is a step of its own, before the thread has said anything.
    this.sign.step(0);
    const watch = new StepWatch(this.sign, this.clock, limits, (elapsedMs) => {
      stuckMs = elapsedMs;
      void this.client.replace('it is stuck');
    });
    try {
      return { status: 'done', value: await ask() };
    } catch (error) {
      if (!(error instanceof SentinelError)) throw error;
      if (error.code === 'worker.disposed' || error.code.startsWith('task.')) throw error;
      const { item } = this.sign.read();
      const lost = { status: 'lost', ...(item === undefined ? {} : { item }) } as const;
      if (stuckMs !== undefined) {
        return { ...lost, why: 'stuck', detail: `no sign of life for ${Math.round(stuckMs / 1_000)} s` };
      }
      // What threw inside WebAssembly leaves it in a state that nothing can be built on.
      if (!error.code.startsWith('worker.') || error.code === 'worker.requestFailed') {
        await this.client.replace('it cannot go on');
      }
      const why = error.code === 'worker.outOfMemory' ? 'outOfMemory' : 'crashed';
      return { ...lost, why, detail: error.message };
    } finally {
      watch.dispose();
    }
  }
}

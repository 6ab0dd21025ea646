import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { SentinelError, errorMessage } from '../../shared/errors';
import { Emitter } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import { type AttemptOutcome, type LateSettlement, type StartupTask, TaskAttempt } from './taskAttempt';

/** In the order in which they run. */
const startupPhases = ['CRITICAL', 'IMPORTANT', 'BACKGROUND'] as const;
export type StartupPhase = (typeof startupPhases)[number];

/** How long one task may take. */
export const phaseLimitsMs: Readonly<Record<StartupPhase, number>> = {
  CRITICAL: 5_000,
  IMPORTANT: 10_000,
  BACKGROUND: 30_000,
};

export type StartupTaskState = 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';

/** Where startup stands. A task that is being retried counts as failed until it succeeds. */
export interface StartupSummary {
  readonly successful: number;
  readonly failed: number;
  /** Tasks that startup was disposed before or during; 0 unless it was. */
  readonly cancelled: number;
  readonly total: number;
}

export interface FailedStartupTask {
  readonly name: string;
  readonly phase: StartupPhase;
  readonly error: unknown;
  /** Runs so far. */
  readonly attempts: number;
}

export type RetryResult =
  | AttemptOutcome
  | { readonly status: 'unknownTask' }
  | { readonly status: 'notFailed'; readonly state: StartupTaskState }
  | { readonly status: 'disposed' };

interface Task {
  readonly name: string;
  readonly phase: StartupPhase;
  readonly delayMs: number;
  readonly fn: StartupTask;
  state: StartupTaskState;
  attempts: number;
  /** Set from the first failure until a run succeeds. */
  failure?: { readonly error: unknown };
}

/**
 * Runs what has to be started in three phases, each beginning when every task of the one before has ended.
 *
 * - CRITICAL tasks run in the order of registration, one after the other, so that a task finds there what was
 *   registered before it. They begin within the call of `execute`; as long as they return no promise, all of them
 *   are done when it returns.
 * - IMPORTANT and BACKGROUND tasks begin when their delay, counted from the start of the phase, has passed. They
 *   do not wait for each other, so that one that hangs holds up no other; a delay of 0 still leaves the tick.
 *
 * A task that throws, rejects or outlives its phase's limit fails alone.
 */
export class StartupOrchestrator implements Disposable {
  private readonly tasks = new Map<string, Task>();
  /** What `dispose` ends: delays that have not passed and runs that have no outcome. */
  private readonly pending = new Set<Disposable>();
  private execution: Promise<StartupSummary> | undefined;
  private disposed = false;

  private readonly taskStarted = this.emitter<{ name: string; phase: StartupPhase }>();
  private readonly taskCompleted = this.emitter<{ name: string; elapsedMs: number; phase: StartupPhase }>();
  private readonly taskFailed = this.emitter<{ name: string; error: unknown; phase: StartupPhase }>();
  private readonly phaseChanged = this.emitter<{ phase: StartupPhase }>();
  private readonly startupComplete = this.emitter<{ successful: number; failed: number; total: number }>();

  readonly onTaskStarted = this.taskStarted.event;
  readonly onTaskCompleted = this.taskCompleted.event;
  readonly onTaskFailed = this.taskFailed.event;
  readonly onPhaseChanged = this.phaseChanged.event;
  /** Fires once, when the last phase has ended; not when startup was disposed before. */
  readonly onStartupComplete = this.startupComplete.event;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws SentinelError `startup.duplicateTask`, or `startup.tooLate` once `execute` was called */
  addImmediate(name: string, fn: StartupTask): void {
    this.add('CRITICAL', name, 0, fn);
  }

  /** As `addImmediate`. @throws RangeError for a delay that is not a number of milliseconds from 0 up */
  addDeferred(name: string, delayMs: number, fn: StartupTask): void {
    this.add('IMPORTANT', name, delayMs, fn);
  }

  /** As `addDeferred`. */
  addBackground(name: string, delayMs: number, fn: StartupTask): void {
    this.add('BACKGROUND', name, delayMs, fn);
  }

  /** Runs everything once; further calls get the first one's result. Never rejects. */
  execute(): Promise<StartupSummary> {
    this.execution ??= this.runPhases();
    return this.execution;
  }

  get summary(): StartupSummary {
    const tasks = [...this.tasks.values()];
    return {
      successful: tasks.filter((task) => task.state === 'completed').length,
      failed: tasks.filter((task) => task.failure !== undefined).length,
      cancelled: tasks.filter((task) => task.state === 'cancelled' && task.failure === undefined).length,
      total: tasks.length,
    };
  }

  /** What `retry` can run again. */
  get failedTasks(): readonly FailedStartupTask[] {
    return [...this.tasks.values()].flatMap(({ name, phase, attempts, state, failure }) =>
      state === 'failed' && failure !== undefined ? [{ name, phase, attempts, error: failure.error }] : [],
    );
  }

  /**
   * Runs a failed task again, at once and with its phase's limit. A run that outlived its limit may still be at
   * work: its signal is aborted, and what it does later is ignored.
   */
  async retry(name: string): Promise<RetryResult> {
    const task = this.tasks.get(name);
    if (task === undefined) return { status: 'unknownTask' };
    if (this.disposed) return { status: 'disposed' };
    if (task.state !== 'failed') return { status: 'notFailed', state: task.state };
    return this.run(task);
  }

  /** Cancels what has not begun and aborts what runs; a pending `execute` or `retry` then resolves. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const task of this.tasks.values()) if (task.state === 'waiting') task.state = 'cancelled';
    for (const item of this.pending) item.dispose();
    this.pending.clear();
    for (const emitter of [
      this.taskStarted,
      this.taskCompleted,
      this.taskFailed,
      this.phaseChanged,
      this.startupComplete,
    ]) {
      emitter.dispose();
    }
  }

  private add(phase: StartupPhase, name: string, delayMs: number, fn: StartupTask): void {
    if (!(delayMs >= 0 && delayMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`The delay of "${name}" is ${String(delayMs)} ms`);
    }
    if (this.execution !== undefined || this.disposed) {
      throw new SentinelError('startup.tooLate', `"${name}" was added after startup had begun`);
    }
    if (this.tasks.has(name)) {
      throw new SentinelError('startup.duplicateTask', `There is a startup task "${name}" already`);
    }
    this.tasks.set(name, { phase, name, delayMs, fn, state: 'waiting', attempts: 0 });
  }

  private async runPhases(): Promise<StartupSummary> {
    const startedMs = this.clock.monotonicMs();
    for (const phase of startupPhases) {
      if (this.disposed) break;
      this.phaseChanged.fire({ phase });
      const tasks = [...this.tasks.values()].filter((task) => task.phase === phase);
      if (phase === 'CRITICAL') await this.runInOrder(tasks);
      else await Promise.all(tasks.map((task) => this.runAfterDelay(task)));
    }
    const { summary } = this;
    if (!this.disposed) {
      const { successful, failed, total } = summary;
      const time = formatMs(this.clock.monotonicMs() - startedMs);
      this.logger.info(`Startup complete in ${time}: ${successful} of ${total} tasks, ${failed} failed`);
      this.startupComplete.fire({ successful, failed, total });
    }
    return summary;
  }

  private async runInOrder(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      const outcome = this.run(task);
      // Awaiting a value would leave the tick, and activation would return with commands that are not there yet.
      if (outcome instanceof Promise) await outcome;
    }
  }

  private runAfterDelay(task: Task): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimeout(() => {
        this.pending.delete(delay);
        void Promise.resolve(this.run(task)).then(() => {
          resolve();
        });
      }, task.delayMs);
      const delay = toDisposable(() => {
        timer.dispose();
        resolve();
      });
      this.track(delay);
    });
  }

  private run(task: Task): AttemptOutcome | Promise<AttemptOutcome> {
    const { name, phase } = task;
    task.state = 'running';
    task.attempts++;
    const attempt = new TaskAttempt({
      task: task.fn,
      limitMs: phaseLimitsMs[phase],
      clock: this.clock,
      onLate: (settlement) => {
        this.logger.debug(lateMessage(task, settlement));
      },
    });
    this.track(attempt);
    this.taskStarted.fire({ name, phase });
    const outcome = attempt.begin();
    const end = (ended: AttemptOutcome): AttemptOutcome => {
      this.pending.delete(attempt);
      this.record(task, ended);
      return ended;
    };
    return outcome instanceof Promise ? outcome.then(end) : end(outcome);
  }

  private record(task: Task, outcome: AttemptOutcome): void {
    const { name, phase } = task;
    task.state = outcome.status;
    switch (outcome.status) {
      case 'completed':
        delete task.failure;
        this.logger.info(`[${phase}] ${name}: ${formatMs(outcome.elapsedMs)}`);
        this.taskCompleted.fire({ name, elapsedMs: outcome.elapsedMs, phase });
        break;
      case 'failed':
        task.failure = { error: outcome.error };
        this.logger.error(`[${phase}] ${name}: failed after ${formatMs(outcome.elapsedMs)}`, outcome.error);
        this.taskFailed.fire({ name, error: outcome.error, phase });
        break;
      case 'cancelled':
        this.logger.debug(`[${phase}] ${name}: cancelled`);
        break;
    }
  }

  /** What begins after disposal is ended at once: an attempt then has its outcome before its task is called. */
  private track(item: Disposable): void {
    if (this.disposed) item.dispose();
    else this.pending.add(item);
  }

  private emitter<T>(): Emitter<T> {
    return new Emitter<T>((error) => {
      this.logger.error('A listener of startup failed', error);
    });
  }
}

function lateMessage({ phase, name }: Task, settlement: LateSettlement): string {
  const end = settlement.ok ? 'ended' : `failed (${errorMessage(settlement.error)})`;
  return `[${phase}] ${name}: ${end} after it had been given up`;
}

function formatMs(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

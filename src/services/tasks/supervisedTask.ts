import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { errorMessage, SentinelError } from '../../shared/errors';
import { Emitter, type Event } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import { type Deferred, deferred } from './deferred';
import type { OrderedDelivery } from './orderedDelivery';
import { PauseControl } from './pauseControl';
import { Stopwatch } from './stopwatch';
import type {
  Pausable,
  Task,
  TaskContext,
  TaskEvent,
  TaskMetrics,
  TaskOutcome,
  TaskRequest,
  TaskStatus,
} from './task';
import type { Queueable } from './taskQueue';
import type { Watch, Watchdog } from './watchdog';

const heartbeatEventPeriodMs = 1_000;

export interface SupervisedTaskServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly watchdog: Watchdog;
  readonly delivery: OrderedDelivery;
  readonly graceMs: number;
  /** Told with each event, after the task's own listeners. */
  readonly onEvent: (task: Task<unknown>, event: TaskEvent<unknown>) => void;
  /** Called when a task has its final state, before anybody is told. */
  readonly onEnded: (task: Task<unknown>) => void;
  /** Takes the task into its queue again, or out of it. */
  readonly enqueue: (task: Queueable) => void;
  readonly dequeue: (task: Queueable) => void;
}

type Ending = Exclude<TaskOutcome<never>, { status: 'finished' | 'failed' }>;

/**
 * The state of one task. Every path to an end goes through `finish`, which runs once. Changes of state are
 * complete before anybody is told of them, since whoever is told may change the task again.
 */
export class SupervisedTask<T> implements Task<T>, Queueable {
  readonly kind;
  readonly title: string;
  readonly userStarted: boolean;
  readonly onEvent: Event<TaskEvent<T>>;
  readonly outcome: Promise<TaskOutcome<T>>;

  private currentStatus: TaskStatus = 'queued';
  private currentEnding: Ending | undefined;
  private currentPercent: number | undefined;
  private currentStep: string | undefined;
  private readonly stopwatch: Stopwatch;
  private readonly events: Emitter<TaskEvent<T>>;
  private readonly controller = new AbortController();
  private readonly pauses: PauseControl;
  private readonly forces = new Set<() => void | Promise<void>>();
  private readonly ended: Deferred<TaskOutcome<T>>;
  private isFinal = false;
  private graceMs: number;
  private started = false;
  private limitMs: number;
  private limitTimer: Disposable | undefined;
  private graceTimer: Disposable | undefined;
  private watch: Watch | undefined;
  private lastHeartbeatEventMs = -Infinity;

  constructor(
    readonly id: number,
    private readonly request: TaskRequest<T>,
    limitMs: number,
    private readonly services: SupervisedTaskServices,
  ) {
    this.kind = request.kind;
    this.title = request.title;
    this.userStarted = request.userStarted ?? false;
    this.limitMs = limitMs;
    this.graceMs = services.graceMs;
    this.stopwatch = new Stopwatch(services.clock);
    const onError = (error: unknown): void => {
      services.logger.error(`A listener to task ${id} failed.`, error);
    };
    this.events = new Emitter(onError);
    this.onEvent = this.events.event;
    this.pauses = new PauseControl(
      services.clock,
      services.graceMs,
      () => {
        this.standStill();
      },
      (error) => {
        services.logger.error(`Task ${id} could not be paused or resumed.`, error);
      },
    );
    this.ended = deferred();
    this.outcome = this.ended.promise;
  }

  get status(): TaskStatus {
    return this.currentStatus;
  }

  get ending(): Ending['status'] | undefined {
    return this.currentEnding?.status;
  }

  get percent(): number | undefined {
    return this.currentPercent;
  }

  get step(): string | undefined {
    return this.currentStep;
  }

  get metrics(): TaskMetrics {
    return this.stopwatch.read();
  }

  /** Event listeners that are still attached. */
  get listenerCount(): number {
    return this.events.listenerCount;
  }

  cancel(): void {
    this.end({ status: 'cancelled' });
  }

  /** The host shuts down: like `cancel`, with less patience. */
  shutDown(graceMs: number): void {
    this.graceMs = Math.min(this.graceMs, graceMs);
    if (this.graceTimer !== undefined) this.armGrace();
    this.cancel();
  }

  /** Called by the supervisor when the watchdog has heard nothing for too long. */
  stall(silentMs: number): void {
    this.end({ status: 'stalled', silentMs });
  }

  async pause(): Promise<boolean> {
    if (this.isFinal || this.currentEnding !== undefined) return false;
    if (!this.started) {
      if (this.currentStatus === 'queued') {
        this.services.dequeue(this);
        this.changeStatus('paused');
      }
      return true;
    }
    return this.pauses.pause();
  }

  resume(): void {
    if (this.isFinal || this.currentEnding !== undefined) return;
    if (!this.started) {
      if (this.currentStatus !== 'paused') return;
      this.services.enqueue(this);
      this.changeStatus('queued');
      return;
    }
    const remainingMs = this.limitMs - this.stopwatch.read().runningMs;
    if (!this.pauses.resume()) return;
    this.watch?.resume();
    this.armLimit(remainingMs);
    this.changeStatus('running');
  }

  /** Begins; for the queue alone. */
  start(): Promise<unknown> {
    if (this.isFinal) return this.outcome;
    this.started = true;
    this.armLimit(this.limitMs);
    if (this.request.watched !== false) this.watch = this.services.watchdog.watch(this.id, this.outcome);
    this.changeStatus('running', { type: 'started' });
    // A listener to the start may have ended the task.
    if (this.currentEnding !== undefined) this.finish(this.currentEnding);
    else void this.work();
    return this.outcome;
  }

  private async work(): Promise<void> {
    let outcome: TaskOutcome<T>;
    try {
      outcome = { status: 'finished', result: await this.request.run(this.context()) };
    } catch (error) {
      outcome = failure(error);
    }
    // Whoever told it to end decides how it ended, whatever the work made of that.
    this.finish(this.currentEnding ?? outcome);
  }

  private context(): TaskContext {
    const { signal } = this.controller;
    return {
      signal,
      checkpoint: async () => {
        signal.throwIfAborted();
        this.heartbeat();
        if (!this.pauses.isWanted) return;
        await this.pauses.pass();
        signal.throwIfAborted();
      },
      heartbeat: () => {
        this.heartbeat();
      },
      reportProgress: (percent, step) => {
        this.heartbeat();
        this.progress(percent, step);
      },
      extendTimeLimit: (byMs) => {
        this.limitMs += Math.max(0, byMs);
        if (this.limitTimer !== undefined) this.armLimit(this.limitMs - this.stopwatch.read().runningMs);
      },
      onForce: (end) => {
        if (this.isFinal) return toDisposable(() => undefined);
        this.forces.add(end);
        return toDisposable(() => {
          this.forces.delete(end);
        });
      },
      addPausable: (pausable: Pausable) => this.pauses.add(pausable),
    };
  }

  private heartbeat(): void {
    if (this.isFinal) return;
    this.watch?.heard();
    const nowMs = this.services.clock.monotonicMs();
    if (nowMs - this.lastHeartbeatEventMs < heartbeatEventPeriodMs) return;
    this.lastHeartbeatEventMs = nowMs;
    this.tell({ type: 'heartbeat' });
  }

  private progress(percent: number, step = this.currentStep): void {
    if (this.isFinal || Number.isNaN(percent)) return;
    const bounded = Math.min(100, Math.max(0, percent));
    if (bounded === this.currentPercent && step === this.currentStep) return;
    this.currentPercent = bounded;
    this.currentStep = step;
    this.tell({ type: 'progress', percent: bounded, ...(step === undefined ? {} : { step }) });
  }

  private standStill(): void {
    if (this.isFinal || this.currentEnding !== undefined) return;
    this.limitTimer?.dispose();
    this.limitTimer = undefined;
    this.watch?.suspend();
    this.changeStatus('paused');
  }

  private armLimit(delayMs: number): void {
    this.limitTimer?.dispose();
    this.limitTimer = this.services.clock.setTimeout(
      () => {
        this.limitTimer = undefined;
        this.end({ status: 'timedOut', limitMs: this.limitMs });
      },
      Math.max(0, delayMs),
    );
  }

  private end(ending: Ending): void {
    if (this.isFinal || this.currentEnding !== undefined) return;
    if (!this.started) {
      this.services.dequeue(this);
      this.finish(ending);
      return;
    }
    this.currentEnding = ending;
    this.releaseWatches();
    this.armGrace();
    this.services.logger.debug(`Task ${this.id} (${this.title}) is told to end: ${ending.status}.`);
    this.controller.abort(endingError(ending));
    this.pauses.dispose();
  }

  private armGrace(): void {
    this.graceTimer?.dispose();
    this.graceTimer = this.services.clock.setTimeout(() => {
      void this.force();
    }, this.graceMs);
  }

  /** Ends work that did not obey. Where nothing can end it, it is left to itself and the task ends without it. */
  private async force(): Promise<void> {
    const ending = this.currentEnding;
    if (ending === undefined) return;
    const { logger, clock } = this.services;
    const forces = [...this.forces];
    this.forces.clear();
    logger.warning(
      `Task ${this.id} (${this.title}) did not obey within ${this.graceMs} ms and is ` +
        (forces.length > 0 ? 'ended by force.' : 'left to itself.'),
    );
    // Code that cannot be interrupted may keep even a terminated thread alive; nobody waits for that.
    this.graceTimer = clock.setTimeout(() => {
      this.finish(ending);
    }, this.graceMs);
    await Promise.all(
      forces.map(async (end) => {
        try {
          await end();
        } catch (error) {
          logger.error(`Task ${this.id} could not be ended by force.`, error);
        }
      }),
    );
    this.finish(ending);
  }

  private finish(outcome: TaskOutcome<T>): void {
    if (this.isFinal) return;
    this.isFinal = true;
    this.releaseWatches();
    this.graceTimer?.dispose();
    this.graceTimer = undefined;
    this.forces.clear();
    this.stopwatch.stop();
    this.pauses.dispose();
    this.currentEnding = undefined;
    this.services.onEnded(this);
    this.ended.resolve(outcome);
    this.changeStatus(outcome.status, lastEvent(outcome));
    this.services.delivery.post(() => {
      this.events.dispose();
    });
  }

  private releaseWatches(): void {
    this.limitTimer?.dispose();
    this.limitTimer = undefined;
    this.watch?.dispose();
    this.watch = undefined;
  }

  private changeStatus(status: TaskStatus, event?: TaskEvent<T>): void {
    const previous = this.currentStatus;
    this.currentStatus = status;
    this.stopwatch.enter(status);
    this.tell({ type: 'statusChanged', status, previous });
    if (event !== undefined) this.tell(event);
  }

  private tell(event: TaskEvent<T>): void {
    this.services.delivery.post(() => {
      this.events.fire(event);
      this.services.onEvent(this, event);
    });
  }
}

function endingError(ending: Ending): SentinelError {
  switch (ending.status) {
    case 'cancelled':
      return new SentinelError('task.cancelled', 'The task was cancelled.');
    case 'timedOut':
      return new SentinelError('task.timedOut', `The task took longer than ${ending.limitMs} ms.`);
    case 'stalled':
      return new SentinelError('task.stalled', `The task gave no sign of life for ${ending.silentMs} ms.`);
  }
}

/** Work that gives up because something it belongs to was cancelled has not failed. */
function failure(error: unknown): TaskOutcome<never> {
  if (error instanceof SentinelError) {
    return error.code === 'task.cancelled' ? { status: 'cancelled' } : { status: 'failed', error };
  }
  return {
    status: 'failed',
    error: new SentinelError('task.failed', errorMessage(error), { cause: error }),
  };
}

function lastEvent<T>(outcome: TaskOutcome<T>): TaskEvent<T> {
  switch (outcome.status) {
    case 'finished':
      return { type: 'finished', result: outcome.result };
    case 'failed':
      return { type: 'error', code: outcome.error.code, message: outcome.error.message };
    case 'cancelled':
      return { type: 'cancelled' };
    case 'timedOut':
    case 'stalled': {
      const { code, message } = endingError(outcome);
      return { type: 'error', code, message };
    }
  }
}

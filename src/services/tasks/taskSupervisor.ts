import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { Emitter, type Event } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import { OrderedDelivery } from './orderedDelivery';
import { SupervisedTask } from './supervisedTask';
import type { Task, TaskEvent, TaskRequest } from './task';
import { defaultConcurrency, defaultKindLimits, type QueueName, queueNames } from './taskKinds';
import { TaskQueue } from './taskQueue';
import { type Stall, Watchdog } from './watchdog';

export interface TaskSupervisorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly concurrency?: Readonly<Partial<Record<QueueName, number>>>;
  /** How long work may take to obey before it is ended by force. */
  readonly graceMs?: number;
  /** The same while the host shuts down, which VS Code does not wait for long. */
  readonly shutdownGraceMs?: number;
  readonly stallLimitMs?: number;
}

/** What the supervisor does with a task whose result it does not know. */
interface ActiveTask extends Task<unknown> {
  stall(silentMs: number): void;
  shutDown(graceMs: number): void;
}

/**
 * The one way in which Sentinel does what takes time. Each task ends in exactly one final state, within its time
 * limit and grace period, whatever its work does.
 */
export class TaskSupervisor implements Disposable {
  private readonly events: Emitter<{ readonly task: Task<unknown>; readonly event: TaskEvent<unknown> }>;
  private readonly changes: Emitter<undefined>;
  private readonly active = new Map<number, ActiveTask>();
  private readonly queues: Readonly<Record<QueueName, TaskQueue>>;
  private readonly delivery = new OrderedDelivery();
  private readonly watchdog: Watchdog;
  private lastId = 0;
  private disposed = false;

  /** Every event of every task. */
  readonly onEvent: Event<{ readonly task: Task<unknown>; readonly event: TaskEvent<unknown> }>;
  /** The list of tasks or a status in it changed; progress does not count. */
  readonly onDidChangeTasks: Event<undefined>;
  /** A running task gave no sign of life and is being cancelled. */
  readonly onStalled: Event<Stall>;

  constructor(private readonly options: TaskSupervisorOptions) {
    const { clock, logger, concurrency = {} } = options;
    const onListenerError = (error: unknown): void => {
      logger.error('A listener to the tasks failed.', error);
    };
    this.events = new Emitter(onListenerError);
    this.changes = new Emitter(onListenerError);
    this.watchdog = new Watchdog(clock, onListenerError, options.stallLimitMs);
    this.onEvent = this.events.event;
    this.onDidChangeTasks = this.changes.event;
    this.onStalled = this.watchdog.onStalled;
    this.watchdog.onStalled(({ id, elapsedMs }) => {
      logger.warning(`Task ${id} gave no sign of life for ${Math.round(elapsedMs)} ms.`);
      this.active.get(id)?.stall(elapsedMs);
    });
    this.queues = Object.fromEntries(
      queueNames.map((name) => [name, new TaskQueue(concurrency[name] ?? defaultConcurrency[name])]),
    ) as Record<QueueName, TaskQueue>;
  }

  /** Tasks that have not ended, oldest first. */
  get tasks(): readonly Task<unknown>[] {
    return [...this.active.values()];
  }

  /** How many tasks wait and run; one whose work was left to itself has given its place back. */
  get load(): { readonly waiting: number; readonly running: number } {
    const queues = Object.values(this.queues);
    return {
      waiting: queues.reduce((sum, { waitingCount }) => sum + waitingCount, 0),
      running: queues.reduce((sum, { runningCount }) => sum + runningCount, 0),
    };
  }

  find(id: number): Task<unknown> | undefined {
    return this.active.get(id);
  }

  /** Queues a task. It starts after the caller's own code has run to its end; after disposal it is cancelled. */
  submit<T>(request: TaskRequest<T>): Task<T> {
    const { clock, logger, graceMs = 2_000 } = this.options;
    const limits = defaultKindLimits[request.kind];
    const queue = this.queues[limits.queue];
    const task = new SupervisedTask<T>(++this.lastId, request, request.timeLimitMs ?? limits.timeLimitMs, {
      clock,
      logger,
      graceMs,
      watchdog: this.watchdog,
      delivery: this.delivery,
      enqueue: (queueable) => {
        queue.add(queueable);
      },
      dequeue: (queueable) => {
        queue.remove(queueable);
      },
      onEvent: (told, event) => {
        this.hear(told, event);
      },
      onEnded: ({ id }) => {
        this.active.delete(id);
      },
    });
    if (this.disposed) {
      task.cancel();
      return task;
    }
    this.active.set(task.id, task);
    queue.add(task);
    this.delivery.post(() => {
      this.changes.fire(undefined);
    });
    return task;
  }

  /** Cancels everything; what does not obey is ended by force after a short grace. Waiting for it is `stop`. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    const tasks = [...this.active.values()];
    for (const task of tasks) task.shutDown(this.options.shutdownGraceMs ?? 500);
    void this.ended(tasks).then(() => {
      this.watchdog.dispose();
      this.events.dispose();
      this.changes.dispose();
    });
  }

  /** Disposes and settles when every task has ended. Never rejects. */
  async stop(): Promise<void> {
    const tasks = [...this.active.values()];
    this.dispose();
    await this.ended(tasks);
  }

  private async ended(tasks: readonly Task<unknown>[]): Promise<void> {
    await Promise.all(tasks.map(({ outcome }) => outcome));
  }

  private hear(task: Task<unknown>, event: TaskEvent<unknown>): void {
    if (event.type === 'statusChanged') {
      this.options.logger.debug(
        `Task ${task.id} (${task.title}): ${event.status} after ${Math.round(task.metrics.totalMs)} ms.`,
      );
    }
    this.events.fire({ task, event });
    if (event.type === 'statusChanged') this.changes.fire(undefined);
  }
}

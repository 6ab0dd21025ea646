import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { SentinelError } from '../../shared/errors';
import type { HistoryOperation } from '../../shared/history/operation';
import type { Logger } from '../../shared/logger';
import type { Durability } from './history';
import { defaultStoreLimits } from './storage/storeOptions';

export interface HistoryWritesOptions {
  readonly clock: Clock;
  /** Sends operations to the thread. Rejects with `worker.*` when that is no more, with another code when it refuses. */
  readonly send: (operations: readonly HistoryOperation[]) => Promise<Durability>;
  /** Whether anything waits in the thread's memory has changed. */
  readonly onWaiting: (isAnyWaiting: boolean) => void;
  readonly logger: Logger;
}

interface Write {
  readonly operation: HistoryOperation;
  readonly resolve: (durability: Durability) => void;
  readonly reject: (error: unknown) => void;
  readonly patience: Disposable;
  /** The caller was told that it waits. */
  isAnswered: boolean;
  /** Together with others it has failed; alone it shows which of them is to blame. */
  isAlone: boolean;
  /** How many threads ended over it. */
  crashes: number;
  /** As JSON, in characters; known once it waits here. */
  size?: number;
}

/** Bounds what one message holds: others that were made meanwhile go with the next. */
const mostAtOnce = 200;

/** After so many threads it is the operation that ends them. */
const mostCrashes = 3;

/** A caller that hears nothing for this long is told that its operation waits, which it does: here. */
const patienceMs = 15_000;

const { firstRetryMs, maxRetryMs, maxWaiting, maxWaitingBytes } = defaultStoreLimits;

/**
 * The operations of this window that are not on the disk yet, in their order: those on their way to the thread, those
 * that wait here until the history can be read, and copies of those that wait in the thread's memory. When a thread ends, the next one gets all of them again, which changes
 * nothing where they were stored after all.
 */
export class HistoryWrites implements Disposable {
  /** Not answered by the thread. */
  private queue: Write[] = [];
  /** Answered: they wait in the thread's memory. */
  private waitingWrites: Write[] = [];
  private isSending = false;
  private disposed = false;
  private drained: (() => void)[] = [];
  /** Until then nothing is sent, since the history cannot be read. */
  private rest: Disposable | undefined;
  private rests = 0;

  constructor(private readonly options: HistoryWritesOptions) {}

  /** In the order in which they will take effect. */
  get waiting(): readonly HistoryOperation[] {
    return this.waitingWrites.map(({ operation }) => operation);
  }

  /**
   * @throws SentinelError what the thread or its store says to the operation; `history.tooManyWaiting` where more wait
   * already than memory is given to
   */
  add(operation: HistoryOperation): Promise<Durability> {
    if (this.disposed) return Promise.reject(closed());
    if (this.rest !== undefined && this.isFull) return Promise.reject(tooManyWaiting(this.queue.length));
    return new Promise((resolve, reject) => {
      const patience = this.options.clock.setTimeout(() => {
        write.isAnswered = true;
        resolve('waiting');
      }, patienceMs);
      const write: Write = {
        operation,
        resolve,
        reject,
        patience,
        isAnswered: false,
        isAlone: false,
        crashes: 0,
      };
      this.queue.push(write);
      if (this.rest === undefined) void this.send();
      else this.letWait();
    });
  }

  /** Sends what waited for the history to be readable. */
  resume(): void {
    if (this.rest === undefined) return;
    this.rest.dispose();
    this.rest = undefined;
    void this.send();
  }

  /** Everything that waited in the thread's memory is on the disk. */
  stored(): void {
    this.setWaiting([]);
  }

  /** The thread has ended, and with it what waited in its memory. */
  threadEnded(): void {
    const lost = this.waitingWrites;
    if (lost.length === 0) return;
    this.queue = [...lost, ...this.queue];
    this.setWaiting([]);
    void this.send();
  }

  /** Settles when the thread has answered everything that it can answer now, or after the limit. */
  async settled(limitMs: number): Promise<void> {
    if (this.queue.length === 0 || this.rest !== undefined) return;
    await new Promise<void>((resolve) => {
      const limit = this.options.clock.setTimeout(resolve, limitMs);
      this.drained.push(() => {
        limit.dispose();
        resolve();
      });
    });
  }

  dispose(): void {
    this.disposed = true;
    this.rest?.dispose();
    for (const write of this.queue) this.refuse(write, closed());
    this.queue = [];
    this.waitingWrites = [];
    this.tellDrained();
  }

  /** One message at a time, so that order is kept whatever happens to the thread. */
  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    // What is made in the same turn goes together.
    await Promise.resolve();
    while (this.queue.length > 0 && !this.disposed && this.rest === undefined) await this.sendNext();
    this.isSending = false;
    this.tellDrained();
  }

  private async sendNext(): Promise<void> {
    const batch = this.nextBatch();
    try {
      const durability = await this.options.send(batch.map(({ operation }) => operation));
      this.rests = 0;
      this.letGo(batch);
      for (const write of batch) {
        write.patience.dispose();
        write.isAnswered = true;
        write.resolve(durability);
      }
      if (durability === 'waiting') this.setWaiting([...this.waitingWrites, ...batch]);
    } catch (error) {
      this.failed(batch, error);
    }
  }

  private nextBatch(): Write[] {
    const alone = this.queue.findIndex(({ isAlone }) => isAlone);
    return this.queue.slice(0, alone < 0 ? mostAtOnce : Math.max(1, Math.min(alone, mostAtOnce)));
  }

  private failed(batch: readonly Write[], error: unknown): void {
    if (this.disposed) return;
    if (error instanceof SentinelError && error.code === 'history.unreadable') {
      this.restFor(Math.min(firstRetryMs * 2 ** this.rests, maxRetryMs));
      return;
    }
    const isCrash = isThreadFailure(error);
    for (const write of batch) {
      // A thread that its owner ended did not end over it.
      if (isCrash && error.code !== 'worker.terminated') write.crashes += 1;
      const isLast = isCrash
        ? write.isAlone && write.crashes >= mostCrashes
        : write.isAlone || batch.length === 1;
      if (isLast) {
        this.letGo([write]);
        this.refuse(write, error);
      }
      write.isAlone = true;
    }
  }

  /** None of the operations is to blame for a history that cannot be read. */
  private restFor(ms: number): void {
    this.rests += 1;
    this.rest = this.options.clock.setTimeout(() => {
      this.resume();
    }, ms);
    this.letWait();
  }

  private letWait(): void {
    for (const write of this.queue) {
      write.size ??= JSON.stringify(write.operation).length;
      if (write.isAnswered) continue;
      write.patience.dispose();
      write.isAnswered = true;
      write.resolve('waiting');
    }
  }

  private get isFull(): boolean {
    const size = this.queue.reduce((sum, write) => sum + (write.size ?? 0), 0);
    return this.queue.length >= maxWaiting || size > maxWaitingBytes;
  }

  private letGo(writes: readonly Write[]): void {
    const gone = new Set(writes);
    this.queue = this.queue.filter((write) => !gone.has(write));
  }

  private refuse(write: Write, error: unknown): void {
    write.patience.dispose();
    if (write.isAnswered) this.options.logger.error('A change that waited could not be kept.', error);
    else write.reject(error);
  }

  private setWaiting(writes: Write[]): void {
    const wasAny = this.waitingWrites.length > 0;
    this.waitingWrites = writes;
    if (wasAny !== writes.length > 0) this.options.onWaiting(!wasAny);
  }

  private tellDrained(): void {
    for (const tell of this.drained.splice(0)) tell();
  }
}

const threadFailures = new Set([
  'worker.startFailed',
  'worker.exit',
  'worker.error',
  'worker.outOfMemory',
  'worker.terminated',
  'worker.silent',
]);

/** Whether there was no thread to answer to the end, so that another one may. */
export function isThreadFailure(error: unknown): error is SentinelError {
  return error instanceof SentinelError && threadFailures.has(error.code);
}

function tooManyWaiting(waiting: number): SentinelError {
  return new SentinelError(
    'history.tooManyWaiting',
    `The history cannot be read, and ${waiting} changes wait already.`,
  );
}

function closed(): SentinelError {
  return new SentinelError('history.closed', 'The history is closed.');
}

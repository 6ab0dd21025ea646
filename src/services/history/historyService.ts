import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../shared/disposable';
import { errorMessage, SentinelError } from '../../shared/errors';
import { Emitter, type Event } from '../../shared/event';
import type { HistoryExportRequest, HistoryExportResult } from '../../shared/history/export';
import type { HistoryOperation } from '../../shared/history/operation';
import type {
  HistoryFilter,
  HistoryGroup,
  HistoryGrouping,
  HistoryPage,
  HistoryPageQuery,
  HistoryRetention,
} from '../../shared/history/query';
import type { Logger } from '../../shared/logger';
import type { HistoryPush, HistoryRequests } from '../../shared/protocol/historyWorker';
import type { ScanRecord } from '../../shared/scan/record';
import type { Task } from '../tasks/task';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import type { RecordClaims } from './claims/recordClaims';
import type { Durability, History, HistorySetAside, HistoryState } from './history';
import { HistoryExports } from './historyExports';
import type { HistoryClient, HistoryThreads } from './historyThreads';
import { HistoryWrites, isThreadFailure } from './historyWrites';

export interface HistoryServiceOptions {
  readonly threads: HistoryThreads;
  readonly claims: Pick<RecordClaims, 'put'>;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retention: HistoryRetention;
}

const requestLimitMs = 15_000;
/** Changes within this time are told once. */
const burstMs = 200;
/** What the end waits for: answers to what was written, then what could not be written. */
const settleLimitMs = 1_500;
const closeLimitMs = 1_000;

/**
 * The history, on a thread that runs while somebody asks or watches. What was acknowledged is on the disk, or kept here
 * too, so that a thread which ends takes nothing with it.
 */
export class HistoryService implements History {
  readonly onStateChanged: Event<HistoryState>;
  readonly onSetAside: Event<HistorySetAside>;
  readonly onChanged: Event<void>;
  private readonly states: Emitter<HistoryState>;
  private readonly setsAside: Emitter<HistorySetAside>;
  private readonly changes: Emitter<void>;
  private readonly client: HistoryClient;
  private readonly writes: HistoryWrites;
  /** Holds of the thread: one for each who watches. */
  private readonly watchers = new Set<Disposable>();
  private readonly exports: HistoryExports;
  private readonly attachments = new DisposableStore();
  private waitingHold: Disposable | undefined;
  private burst: Disposable | undefined;
  private current: HistoryState = { type: 'closed' };
  private retention: HistoryRetention;

  constructor(private readonly options: HistoryServiceOptions) {
    const { threads, clock, logger, retention } = options;
    const onListenerError = (error: unknown): void => {
      logger.error('A listener to the history failed.', error);
    };
    this.states = new Emitter(onListenerError);
    this.setsAside = new Emitter(onListenerError);
    this.changes = new Emitter(onListenerError);
    this.onStateChanged = this.states.event;
    this.onSetAside = this.setsAside.event;
    this.onChanged = this.changes.event;
    this.retention = retention;
    this.exports = new HistoryExports({
      ...options,
      onSetAside: (aside) => {
        this.setsAside.fire(aside);
      },
    });
    const client = (this.client = threads.createHistory());
    this.writes = new HistoryWrites({
      clock,
      logger,
      send: (operations) => this.send(operations),
      onWaiting: (isAnyWaiting) => {
        this.waitingHold?.dispose();
        this.waitingHold = isAnyWaiting ? client.keepAlive() : undefined;
      },
    });
    this.attachments.add(
      client.onStarted(() => {
        this.configureThread();
      }),
    );
    this.attachments.add(
      client.onPush((push) => {
        this.hear(push);
      }),
    );
    this.attachments.add(
      client.onExited(() => {
        this.threadEnded();
      }),
    );
  }

  get state(): HistoryState {
    return this.current;
  }

  /** What is beyond goes at once where the history is open, and otherwise when it is opened next. */
  setRetention(retention: HistoryRetention): void {
    this.retention = retention;
    this.client.notify({ type: 'retain', retention });
  }

  put(record: ScanRecord): Promise<Durability> {
    return this.options.claims.put(record, () => this.write({ type: 'put', record }));
  }

  remove(ids: readonly string[]): Promise<Durability> {
    return this.write({ type: 'remove', ids: [...ids] });
  }

  clear(): Promise<Durability> {
    return this.write({ type: 'clear' });
  }

  async get(id: string): Promise<ScanRecord | undefined> {
    return (await this.ask('get', { id })).record;
  }

  page(query: HistoryPageQuery): Promise<HistoryPage> {
    return this.ask('page', query);
  }

  groups(by: HistoryGrouping, filter: HistoryFilter): Promise<readonly HistoryGroup[]> {
    return this.ask('groups', { by, filter });
  }

  count(filter: HistoryFilter): Promise<number> {
    return this.ask('count', { filter });
  }

  watch(): Disposable {
    const isFirst = this.watchers.size === 0;
    const hold = this.client.keepAlive();
    this.watchers.add(hold);
    // A thread that has just been started was told already.
    if (isFirst) this.client.notify({ type: 'watch' });
    return toDisposable(() => {
      this.watchers.delete(hold);
      hold.dispose();
    });
  }

  /**
   * Writes the records that match into a file.
   * @returns a task that fails with `export.*` where the file cannot be written
   */
  export(filter: HistoryFilter, request: HistoryExportRequest, title: string): Task<HistoryExportResult> {
    const source = {
      filter,
      count: async () => {
        await this.writes.settled(requestLimitMs);
        return await this.count(filter);
      },
      waiting: () => this.writes.waiting,
    };
    return this.exports.start(source, request, title);
  }

  /** Ends everything, after what was added had a moment to get to the disk. Never rejects. */
  async stop(): Promise<void> {
    if (this.attachments.isDisposed) return;
    if (this.client.isRunning) {
      await this.writes.settled(settleLimitMs);
      if (this.waitingHold !== undefined) {
        await this.client.request('close', {}, { timeoutMs: closeLimitMs }).catch(() => undefined);
      }
    }
    this.attachments.dispose();
    this.writes.dispose();
    this.burst?.dispose();
    for (const emitter of [this.states, this.setsAside, this.changes]) emitter.dispose();
    this.exports.dispose();
    await this.client.stop();
  }

  private write(operation: HistoryOperation): Promise<Durability> {
    return this.writes.add(operation).catch((error: unknown) => {
      throw asHistoryError(error);
    });
  }

  private async send(operations: readonly HistoryOperation[]): Promise<Durability> {
    const durability = await this.client.request('write', { operations: [...operations] });
    // The thread tells that it cannot write before it answers so. If it has told since that it can, they are stored.
    return durability === 'waiting' && this.current.type !== 'unwritable' ? 'stored' : durability;
  }

  /** Asks once more where the thread ended over it: what it ended over may have been something else. */
  private async ask<K extends keyof HistoryRequests>(
    name: K,
    payload: HistoryRequests[K]['request'],
  ): Promise<HistoryRequests[K]['reply']> {
    const ask = (): Promise<HistoryRequests[K]['reply']> =>
      this.client.request(name, payload, { timeoutMs: requestLimitMs });
    try {
      return await ask().catch((error: unknown) => {
        if (!isThreadFailure(error)) throw error;
        return ask();
      });
    } catch (error) {
      throw asHistoryError(error);
    }
  }

  private configureThread(): void {
    this.client.notify({ type: 'retain', retention: this.retention });
    if (this.watchers.size > 0) this.client.notify({ type: 'watch' });
  }

  private hear(push: HistoryPush): void {
    switch (push.type) {
      case 'changed':
        this.changed();
        break;
      case 'state':
        if (push.state.type === 'ready') this.writes.stored();
        this.setState(push.state);
        if (push.state.type === 'ready') this.writes.resume();
        break;
      case 'setAside':
        this.setsAside.fire(push.aside);
        break;
    }
  }

  private threadEnded(): void {
    const isWriting = this.waitingHold !== undefined;
    this.writes.threadEnded();
    // Where something waits, the next thread is on its way and will say how things are.
    if (!isWriting) this.setState({ type: 'closed' });
  }

  private changed(): void {
    this.burst ??= this.options.clock.setTimeout(() => {
      this.burst = undefined;
      this.changes.fire();
    }, burstMs);
  }

  private setState(state: HistoryState): void {
    if (JSON.stringify(state) === JSON.stringify(this.current)) return;
    this.current = state;
    this.states.fire(state);
  }
}

/** Callers know errors of the history, and need not know of threads. */
function asHistoryError(error: unknown): SentinelError {
  if (error instanceof SentinelError && !error.code.startsWith('worker.')) return error;
  const isClosed = error instanceof SentinelError && error.code === 'worker.disposed';
  return new SentinelError(isClosed ? 'history.closed' : 'history.failed', errorMessage(error), {
    cause: error,
  });
}

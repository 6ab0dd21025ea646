import type { Clock } from '../../shared/clock';
import { errorMessage } from '../../shared/errors';
import type { HistoryRetention } from '../../shared/history/query';
import type { Logger } from '../../shared/logger';
import type {
  HistoryNotification,
  HistoryPush,
  HistoryRequests,
  HistoryWorkerData,
} from '../../shared/protocol/historyWorker';
import type { RequestHandlers } from '../../workers/threadServer';
import type { HistoryDatabase } from './database/historyDatabase';
import type { HistoryQueries } from './database/historyQueries';
import { type HistoryOperation, removalBy } from './operation';
import { openStore } from './openStore';
import type { HistoryStore } from './storage/historyStore';
import type { StoreLimits } from './storage/storeOptions';

const dayMs = 86_400_000;

export interface HistoryThreadOptions {
  readonly data: HistoryWorkerData;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly push: (push: HistoryPush) => void;
  readonly limits?: Partial<StoreLimits>;
}

/** The thread's side of `HistoryService`: asks the store, which it opens with the first request. */
export class HistoryThread {
  readonly handlers: RequestHandlers<HistoryRequests> = {
    write: ({ operations }) => this.write(operations),
    get: async ({ id }) => {
      const record = await this.ask((queries) => queries.get(id));
      return record === undefined ? {} : { record };
    },
    page: (query) => this.ask((queries) => queries.page(query)),
    groups: ({ by, filter }) => this.ask((queries) => queries.groups(by, filter)),
    count: ({ filter }) => this.ask((queries) => queries.count(filter)),
    close: async () => {
      await (await this.opening)?.close();
      return null;
    },
  };
  private opening: Promise<HistoryStore<HistoryDatabase>> | undefined;
  private retention: HistoryRetention | undefined;
  private isWatching = false;

  constructor(private readonly options: HistoryThreadOptions) {}

  notified(message: HistoryNotification): void {
    switch (message.type) {
      case 'retain':
        this.retention = message.retention;
        void this.retain();
        break;
      case 'watch':
        this.isWatching = true;
        this.opening?.then(
          (store) => {
            store.watch();
          },
          () => undefined,
        );
        break;
    }
  }

  private async write(operations: readonly HistoryOperation[]): Promise<HistoryRequests['write']['reply']> {
    const store = await this.opened();
    await store.refresh();
    const { isMigrated } = store.database;
    const due = await this.withDatabase(store, (database) => this.dueRetention(database, operations));
    const durability = await store.write([...operations, ...due]);
    this.options.push({ type: 'changed' });
    // What a person deletes is gone from the disk, and not only from sight, when that is answered.
    if (durability === 'stored' && removalBy(operations) === 'asked') await store.fold();
    // Otherwise it would be migrated again with each start, until the journal is long.
    else if (durability === 'stored' && isMigrated) void store.fold();
    return durability;
  }

  /** Lets go of what is too old or too much already, where the history is open; nothing is opened for it. */
  private async retain(): Promise<void> {
    try {
      const store = await this.opening;
      if (store === undefined) return;
      await store.refresh();
      const due = this.dueRetention(store.database, []);
      if (due.length === 0) return;
      const durability = await store.write(due);
      this.options.push({ type: 'changed' });
      if (durability === 'stored') await store.fold();
    } catch (error) {
      // A history that cannot be read says so by its state; one that was closed meanwhile is asked the next time.
      this.options.logger.warning(`History: what is too old is there for now: ${errorMessage(error)}`);
    }
  }

  /** What has become too old or too much, with what is about to be added. */
  private dueRetention(
    { recordCount, oldestStart }: HistoryDatabase,
    operations: readonly HistoryOperation[],
  ): HistoryOperation[] {
    if (this.retention === undefined) return [];
    const { maxRecords, maxAgeDays } = this.retention;
    const startedFrom = maxAgeDays === 0 ? undefined : this.options.clock.now() - maxAgeDays * dayMs;
    const added = operations.filter(({ type }) => type === 'put').length;
    const isTooOld = startedFrom !== undefined && oldestStart !== undefined && oldestStart < startedFrom;
    if (recordCount + added <= maxRecords && !isTooOld) return [];
    return [{ type: 'retain', maxRecords, ...(startedFrom === undefined ? {} : { startedFrom }) }];
  }

  private async ask<T>(question: (queries: HistoryQueries) => T): Promise<T> {
    const store = await this.opened();
    // Costs two looks at the folder, and the answer is true although nobody watches it.
    await store.refresh();
    return await this.withDatabase(store, ({ queries }) => question(queries));
  }

  /** Asks once more where the database had to be opened anew. */
  private async withDatabase<T>(
    store: HistoryStore<HistoryDatabase>,
    ask: (database: HistoryDatabase) => T,
  ): Promise<T> {
    const { database } = store;
    try {
      return ask(database);
    } catch (error) {
      if (!database.isLost) throw error;
      // For example on a network's file system, where another machine has replaced the file that is open here.
      await store.refresh();
      return ask(store.database);
    }
  }

  private opened(): Promise<HistoryStore<HistoryDatabase>> {
    if (this.opening === undefined) {
      this.opening = this.open();
      void this.retain();
    }
    return this.opening;
  }

  private async open(): Promise<HistoryStore<HistoryDatabase>> {
    const { data, clock, logger, push, limits } = this.options;
    try {
      const store = await openStore(data, {
        clock,
        logger,
        onChanged: () => {
          push({ type: 'changed' });
        },
        onStateChanged: (state) => {
          push({ type: 'state', state });
        },
        onSetAside: (aside) => {
          push({ type: 'setAside', aside });
        },
        ...(limits === undefined ? {} : { limits }),
      });
      push({ type: 'state', state: store.state });
      if (this.isWatching) store.watch();
      return store;
    } catch (error) {
      // The next request tries again.
      this.opening = undefined;
      push({ type: 'state', state: { type: 'failed', message: errorMessage(error) } });
      throw error;
    }
  }
}

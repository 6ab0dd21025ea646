import path from 'node:path';
import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';
import { errorMessage, SentinelError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import type { Durability, HistorySetAside, HistoryState } from '../history';
import type { AppliesOperations, HistoryOperation, OpenDatabase } from '../operation';
import { DurableFiles, type FaultHook } from './durableFiles';
import { type FileCalls, systemCode, systemFileCalls } from './fileCalls';
import { FlagLock } from './flagLock';
import { lockFolderName } from './folderNames';
import { FolderWatch } from './folderWatch';
import { type FolderReading, HistoryFolder } from './historyFolder';
import { hasKernelLock, KernelLock } from './kernelLock';
import { acquire, type LockHold, type StorageLock } from './storageLock';

/** How the files are; `failed` and `newerVersion` leave nothing to ask. */
export type StoreState = Exclude<HistoryState, { type: 'closed' }>;

export interface StoreLimits {
  /** How long a write waits for other windows before its records wait in memory. */
  readonly lockTimeoutMs: number;
  /** Operations in memory while the disk cannot be written; those beyond are refused. */
  readonly maxWaiting: number;
  /** The journal is folded into the base file when it has one of these and nobody writes for a while. */
  readonly foldEntries: number;
  readonly foldBytes: number;
  readonly foldIdleMs: number;
  /** Delay before what waits is tried again; it doubles up to the second. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** How often to look for what others wrote, where the system does not tell and where it does. */
  readonly pollMs: number;
  readonly slowPollMs: number;
}

export const defaultStoreLimits: StoreLimits = {
  lockTimeoutMs: 5_000,
  maxWaiting: 10_000,
  foldEntries: 1_000,
  foldBytes: 4 * 1_024 * 1_024,
  foldIdleMs: 2_000,
  firstRetryMs: 1_000,
  maxRetryMs: 60_000,
  pollMs: 1_500,
  slowPollMs: 15_000,
};

export interface HistoryStoreOptions<D extends AppliesOperations> {
  /** Shared by all windows; made with the first record. */
  readonly folder: string;
  readonly openDatabase: OpenDatabase<D>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Others have changed something, or what waited was stored in another order than it was shown. */
  readonly onChanged?: () => void;
  readonly onStateChanged?: (state: StoreState) => void;
  readonly onSetAside?: (aside: HistorySetAside) => void;
  readonly limits?: Partial<StoreLimits>;
  readonly calls?: FileCalls;
  readonly faults?: FaultHook;
  readonly lock?: StorageLock;
}

interface PendingWrite {
  readonly operations: readonly HistoryOperation[];
  readonly resolve: (durability: Durability) => void;
  readonly reject: (error: unknown) => void;
}

type LockedOutcome<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'locked' };

/** Ends a step under the lock because the files have become those of a newer version. */
class NewerVersion extends Error {}

/**
 * The history's files as one window sees them, kept true to what all windows write. It belongs on a thread of its own,
 * since it holds the thread while the disk works.
 *
 * `write` answers `stored` when the operations are on the disk for good, after all that others had written, and shown
 * by `database`. It answers `waiting` when they could not be written: they are shown all the same, and written as soon
 * as that works, in their order. Past `maxWaiting` operations are refused with SentinelError `history.tooManyWaiting`.
 */
export class HistoryStore<D extends AppliesOperations> {
  private readonly folder: HistoryFolder<D>;
  private readonly lock: StorageLock;
  private readonly limits: StoreLimits;
  private isOpened = false;
  private readonly ending = new AbortController();
  private current: StoreState = { type: 'ready' };
  private queue: PendingWrite[] = [];
  private draining: Promise<void> | undefined;
  /** Those who want the lock within this store, one behind the other. */
  private turn: Promise<unknown> = Promise.resolve();
  private watching: FolderWatch | undefined;
  private retry: Disposable | undefined;
  private retries = 0;
  private folding: Disposable | undefined;

  /** Reads what is there. Never rejects for the state of the files: `state` tells it. */
  static async open<D extends AppliesOperations>(options: HistoryStoreOptions<D>): Promise<HistoryStore<D>> {
    const store = new HistoryStore(options);
    await store.refresh();
    store.isOpened = true;
    return store;
  }

  private constructor(private readonly options: HistoryStoreOptions<D>) {
    const { folder, openDatabase, clock, faults, calls = systemFileCalls } = options;
    this.limits = { ...defaultStoreLimits, ...options.limits };
    const files = new DurableFiles({ folder, calls, ...(faults !== undefined && { faults }) });
    this.folder = new HistoryFolder({
      files,
      openDatabase,
      now: () => clock.now(),
      onSetAside: (aside) => {
        options.logger.warning(`History: ${aside.file} is ${aside.problem}.`);
        options.onSetAside?.(aside);
      },
    });
    const lockFolder = path.join(folder, lockFolderName);
    this.lock =
      options.lock ??
      (hasKernelLock(process.platform)
        ? new KernelLock(path.join(folder, lockFolderName), calls, () => {
            calls.makeFolder(folder);
          })
        : new FlagLock({
            folder: lockFolder,
            calls,
            monotonicMs: () => clock.monotonicMs(),
            ...(faults !== undefined && { faults }),
          }));
  }

  get state(): StoreState {
    return this.current;
  }

  /**
   * What is stored and, after it, what waits. It can become another object with every change: ask for it anew.
   * @throws SentinelError `history.newerVersion` or `history.unreadable` where there is nothing to ask
   */
  get database(): D {
    const { database } = this.folder;
    if (database !== undefined) return database;
    throw this.unreadable();
  }

  /**
   * @returns when the operations are stored or wait
   * @throws SentinelError `history.newerVersion`, `history.unreadable`, `history.tooManyWaiting`, `history.closed`;
   * what the database says to an operation that it cannot apply, none of which is kept then
   */
  async write(operations: readonly HistoryOperation[]): Promise<Durability> {
    if (this.ending.signal.aborted) throw new SentinelError('history.closed', 'The history is closed.');
    if (this.current.type === 'newerVersion' || this.folder.database === undefined) throw this.unreadable();
    const ahead = this.queue.reduce((sum, write) => sum + write.operations.length, 0);
    if (this.folder.waitingCount + ahead + operations.length > this.limits.maxWaiting) {
      throw new SentinelError(
        'history.tooManyWaiting',
        `The history cannot be written, and ${this.limits.maxWaiting} changes wait already.`,
      );
    }
    return await new Promise<Durability>((resolve, reject) => {
      this.queue.push({ operations, resolve, reject });
      this.drain();
    });
  }

  /** Takes in what others wrote. @returns whether there was something */
  async refresh(): Promise<boolean> {
    let reading = this.read();
    if (reading?.type === 'suspect') {
      const outcome = await this.locked(() => this.folder.read(true));
      if (outcome.type === 'done') reading = outcome.value;
      else this.unwritable(outcome);
    }
    if (reading === undefined) return false;
    return this.took(reading);
  }

  /** Looks for what others write from now on. */
  watch(): void {
    const { folder, clock } = this.options;
    const { pollMs, slowPollMs } = this.limits;
    this.watching ??= new FolderWatch({
      folder,
      clock,
      pollMs,
      slowPollMs,
      onChange: () => void this.refresh(),
    });
  }

  /** Makes the journal part of the base file. @returns whether it did; a full disk, for example, leaves it for later */
  async fold(): Promise<boolean> {
    if (this.folder.database === undefined || this.current.type === 'newerVersion') return false;
    const outcome = await this.locked((hold) => {
      const changed = this.takeIn();
      if (this.folder.size.journalEntries === 0) return { changed, folded: false };
      this.folder.store(hold);
      this.folder.fold(hold);
      return { changed, folded: true };
    });
    if (outcome.type === 'done') {
      if (outcome.value.changed) this.changed();
      return outcome.value.folded;
    }
    if (outcome.type === 'failed')
      this.options.logger.warning(
        `History: the journal stays as it is for now: ${errorMessage(outcome.error)}`,
      );
    return false;
  }

  /** Writes what waits, if that works at once, and lets go of everything. */
  async close(): Promise<void> {
    if (this.ending.signal.aborted) return;
    this.ending.abort();
    this.watching?.dispose();
    this.folding?.dispose();
    this.retry?.dispose();
    while (this.draining !== undefined) await this.draining;
    if (this.folder.waitingCount > 0) await this.flush();
    await this.turn;
    this.folder.close();
  }

  private unreadable(): SentinelError {
    if (this.current.type === 'newerVersion')
      return new SentinelError('history.newerVersion', 'The history was written by a newer version.');
    const message = this.current.type === 'failed' ? this.current.message : 'The history is closed.';
    return new SentinelError('history.unreadable', message);
  }

  private drain(): void {
    this.draining ??= this.flush().finally(() => {
      this.draining = undefined;
      if (this.queue.length > 0) this.drain();
    });
  }

  /** One attempt to store what waits and what is queued. */
  private async flush(): Promise<void> {
    this.retry?.dispose();
    this.retry = undefined;
    const taken: PendingWrite[] = [];
    const outcome = await this.locked((hold) => {
      const changed = this.takeIn();
      this.take(taken);
      this.folder.store(hold);
      return changed;
    });
    if (outcome.type === 'done') {
      this.retries = 0;
      this.setState({ type: 'ready' });
      for (const { resolve } of taken) resolve('stored');
      if (outcome.value) this.changed();
      this.scheduleFold();
      return;
    }
    if (outcome.type === 'failed' && outcome.error instanceof NewerVersion) {
      for (const { reject } of [...taken, ...this.queue.splice(0)])
        reject(new SentinelError('history.newerVersion', outcome.error.message));
      return;
    }
    this.take(taken);
    for (const { resolve } of taken) resolve('waiting');
    this.unwritable(outcome);
  }

  /** Puts queued writes into the database in memory. One that it cannot apply is refused alone. */
  private take(taken: PendingWrite[]): void {
    for (const write of this.queue.splice(0)) {
      try {
        this.folder.add(write.operations);
        taken.push(write);
      } catch (error) {
        write.reject(error);
      }
    }
  }

  /** Under the lock: what others wrote. @returns whether there was something */
  private takeIn(): boolean {
    const reading = this.folder.read(true);
    if (reading.type !== 'newerVersion') return reading.type === 'changed';
    this.setState({ type: 'newerVersion' });
    throw new NewerVersion(reading.detail);
  }

  private read(): FolderReading | undefined {
    try {
      return this.folder.read(false);
    } catch (error) {
      const message = errorMessage(error);
      if (this.folder.database === undefined) this.setState({ type: 'failed', message });
      else this.options.logger.warning(`History: what others wrote cannot be read: ${message}`);
      return undefined;
    }
  }

  private took(reading: FolderReading): boolean {
    if (reading.type === 'newerVersion') {
      this.setState({ type: 'newerVersion' });
      return false;
    }
    if (this.current.type === 'failed' || this.current.type === 'newerVersion')
      this.setState({ type: 'ready' });
    if (reading.type !== 'changed') return false;
    this.changed();
    this.scheduleFold();
    return true;
  }

  /** Runs something with the lock. One at a time, in the order of the calls. */
  private async locked<T>(action: (hold: LockHold) => T): Promise<LockedOutcome<T>> {
    const before = this.turn;
    const mine = Promise.withResolvers<undefined>();
    this.turn = mine.promise;
    await before;
    try {
      const { clock } = this.options;
      // Who found it locked for long does not hold up each of the following writes as long.
      const stuck = this.current.type === 'unwritable' && this.current.problem === 'locked';
      const timeoutMs = stuck ? 0 : this.limits.lockTimeoutMs;
      const hold = await acquire(this.lock, { clock, timeoutMs, signal: this.ending.signal });
      if (hold === undefined) return { type: 'locked' };
      try {
        return { type: 'done', value: action(hold) };
      } finally {
        hold.release();
        if (this.lock.isStuck) this.scheduleRetry();
      }
    } catch (error) {
      return { type: 'failed', error };
    } finally {
      mine.resolve(undefined);
    }
  }

  private unwritable(
    outcome: { readonly type: 'failed'; readonly error: unknown } | { readonly type: 'locked' },
  ): void {
    const waiting = this.folder.waitingCount;
    if (outcome.type === 'locked') {
      const message = 'Another window has the files of the history and does not go on.';
      this.setState({ type: 'unwritable', problem: 'locked', waiting, message });
    } else {
      const code = systemCode(outcome.error);
      this.setState({
        type: 'unwritable',
        problem: problemOf(code),
        ...(code !== undefined && { systemCode: code }),
        waiting,
        message: errorMessage(outcome.error),
      });
    }
    this.scheduleRetry();
  }

  private changed(): void {
    if (this.isOpened) this.options.onChanged?.();
  }

  private setState(state: StoreState): void {
    if (JSON.stringify(state) === JSON.stringify(this.current)) return;
    this.current = state;
    this.options.onStateChanged?.(state);
  }

  private scheduleRetry(): void {
    if (this.ending.signal.aborted) return;
    const { firstRetryMs, maxRetryMs } = this.limits;
    this.retry ??= this.options.clock.setTimeout(
      () => {
        this.retry = undefined;
        this.drain();
      },
      Math.min(firstRetryMs * 2 ** this.retries, maxRetryMs),
    );
    this.retries += 1;
  }

  private scheduleFold(): void {
    const { journalEntries, journalBytes } = this.folder.size;
    const { foldEntries, foldBytes, foldIdleMs } = this.limits;
    this.folding?.dispose();
    this.folding = undefined;
    if (this.ending.signal.aborted || (journalEntries < foldEntries && journalBytes < foldBytes)) return;
    // Windows that see the same idleness do not all begin at once; those that come later find it done.
    const delayMs = foldIdleMs * (1 + Math.random());
    this.folding = this.options.clock.setTimeout(() => void this.fold(), delayMs);
  }
}

function problemOf(code = ''): 'full' | 'readOnly' | 'forbidden' | 'failed' {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full';
    case 'EROFS':
      return 'readOnly';
    case 'EACCES':
    case 'EPERM':
      return 'forbidden';
    default:
      return 'failed';
  }
}

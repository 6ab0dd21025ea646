import type { Disposable } from '../../../shared/disposable';
import { errorMessage, SentinelError } from '../../../shared/errors';
import { systemFileCalls } from '../../files/fileCalls';
import { sharedLock } from '../../locks/sharedLock';
import type { LockHold, StorageLock } from '../../locks/storageLock';
import type { Durability } from '../history';
import type { AppliesOperations, HistoryOperation } from '../operation';
import { DurableFiles } from './durableFiles';
import { type AccessFailure, type AccessOutcome, ExclusiveAccess } from './exclusiveAccess';
import { FolderWatch } from './folderWatch';
import { type FolderReading, HistoryFolder } from './historyFolder';
import { defaultStoreLimits, type HistoryStoreOptions, type StoreLimits } from './storeOptions';
import { type StoreState, unwritableState } from './storeState';

interface PendingWrite {
  readonly operations: readonly HistoryOperation[];
  readonly resolve: (durability: Durability) => void;
  readonly reject: (error: unknown) => void;
}

/** A journal this many times beyond its limits is folded without waiting for nobody to write. */
const urgentFactor = 4;

/** How long closing waits for other windows, while something is in memory alone. */
const closeTimeoutMs = 500;

/** The files have become those of a newer version. */
class NewerVersion extends SentinelError {
  constructor(detail: string) {
    super('history.newerVersion', detail);
  }
}

/**
 * The history's files as one window sees them, kept true to what all windows write. It belongs on a thread of its own,
 * since it holds the thread while the disk works.
 *
 * `write` answers `stored` when the operations are on the disk for good, after all that others had written, and shown
 * by `database`. It answers `waiting` when they could not be written: they are shown all the same, and written as soon
 * as that works, in their order. Beyond the limits of what may wait, operations are refused.
 */
export class HistoryStore<D extends AppliesOperations> {
  private readonly folder: HistoryFolder<D>;
  private readonly access: ExclusiveAccess;
  private readonly limits: StoreLimits;
  private readonly closing = new AbortController();
  private current: StoreState = { type: 'ready' };
  private isOpened = false;
  private isReadingBroken = false;
  /** Files that do not fit together wait for the lock, to be repaired. */
  private isSuspect = false;
  /** When storing has failed last, by the clock that never goes back. */
  private failedAtMs = Number.NEGATIVE_INFINITY;
  private queue: PendingWrite[] = [];
  private draining: Promise<void> | undefined;
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
    const { folder, openDatabase, clock, logger, faults, calls = systemFileCalls } = options;
    this.limits = { ...defaultStoreLimits, ...options.limits };
    const files = new DurableFiles({ folder, calls, ...(faults !== undefined && { faults }) });
    this.folder = new HistoryFolder({
      files,
      openDatabase,
      now: () => clock.now(),
      onSetAside: (aside) => {
        logger.warning(`History: a file is ${aside.problem}: ${aside.file}`);
        this.tell(() => options.onSetAside?.(aside));
      },
    });
    this.access = new ExclusiveAccess(options.lock ?? lockOf(files, options), clock);
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
    if (database === undefined) throw this.unreadable();
    return database;
  }

  /**
   * @returns when the operations are stored or wait
   * @throws SentinelError `history.newerVersion`, `history.unreadable`, `history.tooManyWaiting`, `history.closed`;
   * what the database says to an operation that it cannot apply, none of which is kept then
   */
  async write(operations: readonly HistoryOperation[]): Promise<Durability> {
    if (this.closing.signal.aborted) throw new SentinelError('history.closed', 'The history is closed.');
    if (this.folder.database === undefined) await this.refresh();
    if (this.current.type === 'newerVersion' || this.folder.database === undefined) throw this.unreadable();
    this.refuseTooMany(operations.length);
    return await new Promise<Durability>((resolve, reject) => {
      this.queue.push({ operations, resolve, reject });
      this.drain();
    });
  }

  /** Takes in what others wrote. @returns whether there was something. Never rejects. */
  async refresh(): Promise<boolean> {
    // Reading everything again would find the same, until a retry under the lock has found out more.
    if (this.isSuspect || this.current.type === 'newerVersion') return false;
    let reading = this.readUnlocked();
    if (reading?.type === 'suspect') {
      const outcome = await this.locked(() => this.folder.read(true));
      if (outcome.type === 'done') reading = outcome.value;
      else {
        this.isSuspect = true;
        this.cannotWrite(outcome);
      }
    }
    if (reading === undefined) return false;
    if (reading.type === 'newerVersion') {
      this.setState({ type: 'newerVersion' });
      return false;
    }
    if (this.current.type === 'failed') this.setState({ type: 'ready' });
    if (reading.type === 'changed') this.changed();
    return reading.type === 'changed';
  }

  /** Looks for what others write from now on. */
  watch(): void {
    if (this.closing.signal.aborted) return;
    const { pollMs, slowPollMs } = this.limits;
    this.watching ??= new FolderWatch({
      folder: this.options.folder,
      clock: this.options.clock,
      pollMs,
      slowPollMs,
      onChange: () => void this.refresh(),
    });
  }

  /**
   * Makes the journal part of the base file. A full disk, for example, leaves that for later.
   * @returns whether it did. Never rejects.
   */
  async fold(): Promise<boolean> {
    if (this.folder.database === undefined || this.current.type === 'newerVersion') return false;
    const outcome = await this.locked((hold) => {
      const changed = this.takeIn();
      this.folder.store(hold);
      const isWorthIt = this.folder.journalSize.entries > 0;
      if (isWorthIt) this.folder.fold(hold);
      return { changed, folded: isWorthIt };
    });
    if (outcome.type === 'done') {
      if (outcome.value.changed) this.changed();
      return outcome.value.folded;
    }
    const why = outcome.type === 'locked' ? 'another window has the files' : errorMessage(outcome.error);
    this.options.logger.warning(`History: the journal is not folded yet: ${why}`);
    if (this.folder.removal !== undefined) this.scheduleFold(this.limits.maxRetryMs);
    return false;
  }

  /** Writes what waits, if that works soon, and lets go of everything. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    this.watching?.dispose();
    this.folding?.dispose();
    this.retry?.dispose();
    while (this.draining !== undefined) await this.draining;
    if (this.folder.waitingCount > 0 || this.access.isStuck) await this.flush();
    await this.access.idle();
    this.folder.close();
  }

  private unreadable(): SentinelError {
    if (this.current.type === 'newerVersion') return new NewerVersion('A newer version wrote the history.');
    const message = this.current.type === 'failed' ? this.current.message : 'The history is closed.';
    return new SentinelError('history.unreadable', message);
  }

  private refuseTooMany(count: number): void {
    const { maxWaiting, maxWaitingBytes } = this.limits;
    const queued = this.queue.reduce((sum, { operations }) => sum + operations.length, 0);
    const waiting = this.folder.waitingCount;
    if (waiting + queued + count <= maxWaiting && this.folder.waitingBytes <= maxWaitingBytes) return;
    throw new SentinelError(
      'history.tooManyWaiting',
      `The history cannot be written, and ${waiting + queued} changes wait already.`,
    );
  }

  private drain(): void {
    this.draining ??= (this.hasJustFailed ? this.wait() : this.flush()).finally(() => {
      this.draining = undefined;
      if (this.queue.length > 0) this.drain();
    });
  }

  /** A full disk is not asked with every record whether it takes all that wait. */
  private get hasJustFailed(): boolean {
    const { clock } = this.options;
    return (
      this.current.type === 'unwritable' &&
      this.queue.length > 0 &&
      this.retry !== undefined &&
      clock.monotonicMs() - this.failedAtMs < this.limits.firstRetryMs
    );
  }

  /** Leaves what is queued to the next attempt. */
  private wait(): Promise<void> {
    this.letWait([]);
    const { waitingCount: waiting } = this.folder;
    if (this.current.type === 'unwritable') this.setState({ ...this.current, waiting });
    return Promise.resolve();
  }

  /** @param taken writes that are in the database in memory already */
  private letWait(taken: PendingWrite[]): void {
    this.take(taken);
    for (const { resolve } of taken) resolve('waiting');
  }

  /** One attempt to store what waits and what is queued, all of it at once. */
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
      else this.scheduleFold();
    } else if (outcome.type === 'failed' && outcome.error instanceof NewerVersion) {
      for (const { reject } of [...taken, ...this.queue.splice(0)]) reject(outcome.error);
    } else {
      this.letWait(taken);
      this.cannotWrite(outcome);
    }
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
    this.isSuspect = false;
    if (reading.type !== 'newerVersion') return reading.type === 'changed';
    this.setState({ type: 'newerVersion' });
    throw new NewerVersion(reading.detail);
  }

  private readUnlocked(): FolderReading | undefined {
    try {
      const reading = this.folder.read(false);
      this.isReadingBroken = false;
      return reading;
    } catch (error) {
      const message = errorMessage(error);
      if (this.folder.database === undefined) this.setState({ type: 'failed', message });
      else if (!this.isReadingBroken)
        this.options.logger.warning(`History: what others wrote cannot be read: ${message}`);
      this.isReadingBroken = true;
      return undefined;
    }
  }

  private async locked<T>(action: (hold: LockHold) => T): Promise<AccessOutcome<T>> {
    const { lockTimeoutMs, lockedTimeoutMs } = this.limits;
    const isClosing = this.closing.signal.aborted;
    const isLocked = this.current.type === 'unwritable' && this.current.problem === 'locked';
    const outcome = await this.access.run(action, {
      timeoutMs: isClosing ? closeTimeoutMs : isLocked ? lockedTimeoutMs : lockTimeoutMs,
      // Who waits when the closing begins gives up; who begins to wait then has its own limit.
      signal: isClosing ? new AbortController().signal : this.closing.signal,
    });
    if (this.access.isStuck) this.scheduleRetry();
    return outcome;
  }

  private cannotWrite(failure: AccessFailure): void {
    this.failedAtMs = this.options.clock.monotonicMs();
    this.setState(unwritableState(failure, this.folder.waitingCount));
    this.scheduleRetry();
  }

  private changed(): void {
    if (this.isOpened) this.tell(() => this.options.onChanged?.());
    this.scheduleFold();
  }

  private setState(state: StoreState): void {
    if (JSON.stringify(state) === JSON.stringify(this.current)) return;
    this.current = state;
    this.tell(() => this.options.onStateChanged?.(state));
  }

  /** What a listener throws must not look like a disk that cannot be written. */
  private tell(listener: () => unknown): void {
    try {
      listener();
    } catch (error) {
      this.options.logger.error('History: a listener failed.', error);
    }
  }

  private scheduleRetry(): void {
    const { firstRetryMs, maxRetryMs } = this.limits;
    const { isStuck } = this.access;
    if (this.closing.signal.aborted || (this.retry !== undefined && !isStuck)) return;
    this.retry?.dispose();
    // As long as the lock is not given back, the other windows wait for it.
    const delayMs = isStuck ? firstRetryMs : Math.min(firstRetryMs * 2 ** this.retries, maxRetryMs);
    this.retries += 1;
    this.retry = this.options.clock.setTimeout(() => {
      this.retry = undefined;
      this.drain();
    }, delayMs);
  }

  /** @param leastMs how long to leave it alone */
  private scheduleFold(leastMs = 0): void {
    const { removal, journalSize } = this.folder;
    const { foldEntries, foldBytes, foldIdleMs, foldAgedIdleMs } = this.limits;
    const excess = Math.max(journalSize.entries / foldEntries, journalSize.bytes / foldBytes);
    this.folding?.dispose();
    this.folding = undefined;
    if (this.closing.signal.aborted || (excess < 1 && removal === undefined)) return;
    const idleMs = excess < 1 && removal === 'aged' ? foldAgedIdleMs : foldIdleMs;
    // Windows that see the same idleness do not all begin at once; those that come later find it done.
    const delayMs = Math.max(leastMs, excess < urgentFactor ? idleMs * (1 + Math.random()) : 0);
    this.folding = this.options.clock.setTimeout(() => void this.fold(), delayMs);
  }
}

/** The kernel's lock where Node has one, and flags elsewhere. */
function lockOf(
  files: DurableFiles,
  { clock, faults }: Pick<HistoryStoreOptions<AppliesOperations>, 'clock' | 'faults'>,
): StorageLock {
  return sharedLock({
    folder: files.folder,
    calls: files.calls,
    makeFolder: () => {
      files.makeFolder();
    },
    monotonicMs: () => clock.monotonicMs(),
    ...(faults !== undefined && { faults }),
  });
}

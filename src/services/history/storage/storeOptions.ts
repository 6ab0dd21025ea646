import type { Clock } from '../../../shared/clock';
import type { Logger } from '../../../shared/logger';
import type { FaultHook } from '../../files/faults';
import type { FileCalls } from '../../files/fileCalls';
import type { StorageLock } from '../../locks/storageLock';
import type { HistorySetAside } from '../history';
import type { AppliesOperations, OpenDatabase } from '../operation';
import type { HistoryStep } from './durableFiles';
import type { StoreState } from './storeState';

export interface StoreLimits {
  /** How long a write waits for other windows before its operations wait in memory. */
  readonly lockTimeoutMs: number;
  /** The same while the lock is known to be held by somebody who does not go on. */
  readonly lockedTimeoutMs: number;
  /** Operations in memory while the disk cannot be written, and their size; those beyond are refused. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  /** The journal is folded into the base file when it has one of these and nobody writes for a while. */
  readonly foldEntries: number;
  readonly foldBytes: number;
  readonly foldIdleMs: number;
  /** The same for a journal by which something was too old or too much, which every record of a full history does. */
  readonly foldAgedIdleMs: number;
  /** Delay before what waits is tried again; it doubles up to the second. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** How often to look for what others wrote, where the system does not tell and where it does. */
  readonly pollMs: number;
  readonly slowPollMs: number;
}

export const defaultStoreLimits: StoreLimits = {
  lockTimeoutMs: 5_000,
  lockedTimeoutMs: 250,
  maxWaiting: 10_000,
  maxWaitingBytes: 64 * 1_024 * 1_024,
  foldEntries: 1_000,
  foldBytes: 4 * 1_024 * 1_024,
  foldIdleMs: 2_000,
  foldAgedIdleMs: 60_000,
  firstRetryMs: 1_000,
  maxRetryMs: 60_000,
  // Together with what a burst is told after and how often the view asks, less than two seconds.
  pollMs: 1_000,
  slowPollMs: 15_000,
};

export interface HistoryStoreOptions<D extends AppliesOperations> {
  /** Shared by all windows; made with the first operation. */
  readonly folder: string;
  readonly openDatabase: OpenDatabase<D>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The database has changed by what others wrote, and may be another object. */
  readonly onChanged?: () => void;
  readonly onStateChanged?: (state: StoreState) => void;
  readonly onSetAside?: (aside: HistorySetAside) => void;
  readonly limits?: Partial<StoreLimits>;
  /** For tests: other calls of the system, and what happens around them. */
  readonly calls?: FileCalls;
  readonly faults?: FaultHook<HistoryStep>;
  readonly lock?: StorageLock;
}

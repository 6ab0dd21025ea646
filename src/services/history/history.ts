import type { Disposable } from '../../shared/disposable';
import type { Event } from '../../shared/event';
import type {
  HistoryFilter,
  HistoryGroup,
  HistoryGrouping,
  HistoryPage,
  HistoryPageQuery,
} from '../../shared/history/query';
import type { ScanRecord } from '../../shared/scan/record';
import type { VerdictFilter } from '../../shared/history/query';

/** `stored`: on the disk, for good; `waiting`: in memory, until the disk can be read and written again. */
export type Durability = 'stored' | 'waiting';

/** How the history is; expected states, not exceptions. */
export type HistoryState =
  /** Not asked for anything yet, or its thread rests. */
  | { readonly type: 'closed' }
  | { readonly type: 'ready' }
  /** Nothing can be written: a full or read-only disk, missing permission. What is there can be read. */
  | {
      readonly type: 'unwritable';
      /** `locked`: another window has the files and does not go on, such as one that was stopped. */
      readonly problem?: 'full' | 'readOnly' | 'forbidden' | 'locked' | 'failed';
      readonly systemCode?: string;
      readonly waiting: number;
      readonly message: string;
    }
  /** Not readable by this version, which leaves it alone and keeps nothing: a newer Sentinel has written it. */
  | { readonly type: 'newerVersion' }
  /** What is added meanwhile waits in memory. */
  | { readonly type: 'failed'; readonly message: string };

/**
 * A damaged or foreign file was set aside, or a file is missing, and the history goes on with what could be read: with
 * nothing at the worst.
 */
export interface HistorySetAside {
  /** Where it is now; where it should be, if it is missing. */
  readonly file: string;
  readonly problem: 'damaged' | 'foreign' | 'missing';
}

/**
 * Every answer that Sentinel gave, shared by all windows of a user. Nothing that was acknowledged is lost. Methods
 * reject with a SentinelError `history.*` where the history is not readable.
 */
export interface History {
  readonly state: HistoryState;
  readonly onStateChanged: Event<HistoryState>;
  readonly onSetAside: Event<HistorySetAside>;
  /**
   * Records were added, changed or removed, by this window or, while somebody watches, by another. Bursts are told
   * once.
   */
  readonly onChanged: Event<void>;
  /** Adds the record, or replaces the one of its id. Never rejects for want of a readable or writable disk. */
  put(record: ScanRecord): Promise<Durability>;
  get(id: string): Promise<ScanRecord | undefined>;
  page(query: HistoryPageQuery): Promise<HistoryPage>;
  groups(by: HistoryGrouping, filter: HistoryFilter): Promise<readonly HistoryGroup[]>;
  count(filter: HistoryFilter): Promise<number>;
  remove(ids: readonly string[]): Promise<Durability>;
  clear(): Promise<Durability>;
  /** Until all that were made are disposed, changes by other windows are told as they happen. */
  watch(): Disposable;
}

/** Verdicts whose records count as unread alarms until somebody looks at the history. */
export const unreadVerdicts: readonly VerdictFilter[] = ['malicious', 'suspicious'];

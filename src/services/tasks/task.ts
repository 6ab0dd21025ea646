import type { Disposable } from '../../shared/disposable';
import type { SentinelError } from '../../shared/errors';
import type { Event } from '../../shared/event';
import type { TaskKind } from './taskKinds';

/** Where a task is. `finished`, `failed`, `cancelled`, `timedOut` and `stalled` are final: nothing follows them. */
export type TaskStatus = ActiveStatus | FinalStatus;
export type ActiveStatus = 'queued' | 'running' | 'paused';
export type FinalStatus = 'finished' | 'failed' | 'cancelled' | 'timedOut' | 'stalled';

/** How a task ended. Reading it needs no `catch`: every end is an expected one. */
export type TaskOutcome<T> =
  | { readonly status: 'finished'; readonly result: T }
  | { readonly status: 'failed'; readonly error: SentinelError }
  | { readonly status: 'cancelled' }
  | { readonly status: 'timedOut'; readonly limitMs: number }
  | { readonly status: 'stalled'; readonly silentMs: number };

export type TaskEvent<T> =
  | { readonly type: 'started' }
  /** The percentage or the step is another than before. */
  | { readonly type: 'progress'; readonly percent: number; readonly step?: string }
  /** At most once a second, however often the work gives a sign of life. */
  | { readonly type: 'heartbeat' }
  | { readonly type: 'statusChanged'; readonly status: TaskStatus; readonly previous: TaskStatus }
  | { readonly type: 'finished'; readonly result: T }
  | { readonly type: 'error'; readonly code: string; readonly message: string }
  | { readonly type: 'cancelled' };

/** Times of a task up to now, or up to its end. */
export interface TaskMetrics {
  readonly queuedMs: number;
  /** Without the time in which it was paused. */
  readonly runningMs: number;
  readonly pausedMs: number;
  readonly totalMs: number;
}

/** A task as those see it who started it or show it. */
export interface Task<T> {
  readonly id: number;
  readonly kind: TaskKind;
  readonly title: string;
  /** A person asked for it, so that it deserves a progress notification. */
  readonly userStarted: boolean;
  readonly status: TaskStatus;
  /** Set from the moment it was told to end until it has ended: it is being cancelled. */
  readonly ending: Exclude<FinalStatus, 'finished' | 'failed'> | undefined;
  /** 0–100; absent until the work has said something. */
  readonly percent: number | undefined;
  /** What it is busy with, such as a file's name: as it is, so not in any language, and not safe as markup. */
  readonly step: string | undefined;
  readonly metrics: TaskMetrics;
  readonly onEvent: Event<TaskEvent<T>>;
  /** Never rejects. */
  readonly outcome: Promise<TaskOutcome<T>>;
  /** Asks the work to stop at its next checkpoint; after the grace period it is ended by force. */
  cancel(): void;
  /**
   * Asks the work to stand still at its next checkpoint; a queued task is held back from starting.
   * @returns whether it does: false when it ended first, or reached no checkpoint within the grace period
   */
  pause(): Promise<boolean>;
  resume(): void;
}

/** Something that a task started and that can stand still with it: a thread, a process. */
export interface Pausable {
  /** Settles when it stands still; may stay unsettled when it ends before that. */
  pause(): Promise<void>;
  resume(): void;
}

/** What the work of a task has at hand; its functions may be taken out of it. */
export interface TaskContext {
  /** Aborted on cancel, time limit, stall and disposal; its reason is a SentinelError `task.STATUS`. */
  readonly signal: AbortSignal;
  /**
   * To be awaited for each piece of work: a sign of life, and the place where the work stops or stands still.
   * @throws SentinelError the signal's reason
   */
  readonly checkpoint: () => Promise<void>;
  /** A sign of life, for work that waits for something which lives. */
  readonly heartbeat: () => void;
  /** A sign of life, too. @param percent 0–100 @param step what it is busy with; absent: as before */
  readonly reportProgress: (percent: number, step?: string) => void;
  /** Moves the time limit away, for work that learns only while it runs how much there is to do. */
  readonly extendTimeLimit: (byMs: number) => void;
  /** What ends the work where it does not obey: terminating its thread, killing its process group. */
  readonly onForce: (end: () => void | Promise<void>) => Disposable;
  readonly addPausable: (pausable: Pausable) => Disposable;
}

export interface TaskRequest<T> {
  readonly kind: TaskKind;
  readonly title: string;
  readonly run: (context: TaskContext) => T | Promise<T>;
  readonly userStarted?: boolean;
  /** Instead of the kind's own limit; time spent queued or paused does not count. */
  readonly timeLimitMs?: number;
  /** False for work that cannot give a sign of life and has nothing but its time limit. */
  readonly watched?: boolean;
}

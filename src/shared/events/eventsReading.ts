import type { SystemEvent } from './systemEvent';

/** Why events are missing, or might be. What could be read is there all the same. */
export type EventsProblem =
  /** Sentinel knows no log of this system. @property platform as Node names it */
  | { readonly type: 'unsupportedSystem'; readonly platform: string }
  /** The program that reads the log is not installed. */
  | { readonly type: 'noTool'; readonly tool: string }
  /** The log exists and has no entry. */
  | { readonly type: 'empty' }
  /** Only a person's own messages are shown. @property groups whose members see all of them */
  | { readonly type: 'restricted'; readonly groups: readonly string[] }
  /** A log that this user may not read; absent: all of them. */
  | { readonly type: 'denied'; readonly log?: string }
  | { readonly type: 'timedOut'; readonly limitMs: number }
  | { readonly type: 'cancelled' }
  /** @property message of the program or the system, as it is */
  | { readonly type: 'failed'; readonly message: string; readonly log?: string }
  /** Entries that were no events in a form that is known. */
  | { readonly type: 'unreadable'; readonly count: number }
  /** New events came faster than they could be shown. */
  | { readonly type: 'skipped'; readonly count: number };

/** What one look into the system's log gave. */
export interface EventsReading {
  /** The newest first. */
  readonly events: readonly SystemEvent[];
  /** Never empty where `events` is. */
  readonly problems: readonly EventsProblem[];
  /** Milliseconds since 1970 in UTC. */
  readonly readAt: number;
}

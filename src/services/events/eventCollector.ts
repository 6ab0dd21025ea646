import type { SystemEvent } from '../../shared/events/systemEvent';

/** How much text all events of a reading may have together, and one at most and at least; in UTF-16 code units. */
const totalLength = 64 * 1024 * 1024;
const longestEvent = 128 * 1024;
const shortestEvent = 4 * 1024;

/** How much text is kept of one event where so many are read. */
export function eventLengthLimit(maxCount: number): number {
  return Math.min(longestEvent, Math.max(shortestEvent, Math.floor(totalLength / maxCount)));
}

/** Keeps the newest events of those that it is given, in bounded memory, and counts what was no event. */
export class EventCollector {
  private events: SystemEvent[] = [];
  private closed = false;
  private unreadableCount = 0;

  constructor(readonly maxCount: number) {}

  get count(): number {
    return this.events.length;
  }

  get unreadable(): number {
    return this.unreadableCount;
  }

  add(event: SystemEvent): void {
    if (this.closed) return;
    this.events.push(event);
    if (this.events.length >= 2 * this.maxCount) this.events = this.newest();
  }

  addUnreadable(): void {
    if (!this.closed) this.unreadableCount += 1;
  }

  /** The time of the oldest event; undefined where there is none. */
  get oldest(): number | undefined {
    return this.events.reduce<number | undefined>(
      (oldest, { timestamp }) => (oldest === undefined || timestamp < oldest ? timestamp : oldest),
      undefined,
    );
  }

  /** For a further attempt that reads the same again. */
  forgetUnreadable(): void {
    this.unreadableCount = 0;
  }

  /** The newest first; events of the same moment stay in the order in which they came. What comes later is dropped. */
  close(): readonly SystemEvent[] {
    this.closed = true;
    return this.newest();
  }

  private newest(): SystemEvent[] {
    return this.events.toSorted((one, other) => other.timestamp - one.timestamp).slice(0, this.maxCount);
  }
}

import * as v from 'valibot';
import { type History, unreadVerdicts } from '../../services/history/history';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter, type Event } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import type { Choices } from '../panel/metricsPanelModel';
import { PacedCalls } from './pacedCalls';

const seenKey = 'history.seenAt';
const seenSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Counting may have to wake the history's thread: not more often than this. */
const countPeriodMs = 1_000;

/**
 * How many alarms came since somebody last looked at the history, on whichever of the user's windows. Asks nothing
 * before it is started, and nothing while somebody looks.
 */
export class UnreadAlarms implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<number>());
  private readonly counting: PacedCalls;
  private started = false;
  private looking = false;
  private unread = 0;
  /** What the count was made from. */
  private countedFrom: number | undefined;

  readonly onChanged = this.changes.event;

  constructor(
    private readonly history: Pick<History, 'count' | 'onChanged'>,
    /** Tells of what other windows write, of which the history tells only while somebody watches it. */
    onFilesChanged: Event<void>,
    private readonly choices: Choices,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.counting = this.store.add(new PacedCalls(clock, countPeriodMs, () => this.count()));
    const changed = (): void => {
      // Where the history changes, there is one to be asked.
      this.started = true;
      if (this.looking) this.markSeen();
      else this.counting.request();
    };
    this.store.add(history.onChanged(changed));
    this.store.add(onFilesChanged(changed));
  }

  get current(): number {
    return this.unread;
  }

  /** There may be something to count. */
  start(): void {
    this.started = true;
    if (!this.looking) this.counting.request();
  }

  /** Somebody begins to look, or ends. */
  setLooking(looking: boolean): void {
    if (looking === this.looking) return;
    this.looking = looking;
    this.markSeen();
  }

  /** Somebody may have looked in another window. */
  check(): void {
    if (this.started && !this.looking && this.seenAt !== this.countedFrom) this.counting.request();
  }

  dispose(): void {
    this.store.dispose();
  }

  private get seenAt(): number {
    const kept = v.safeParse(seenSchema, this.choices.get(seenKey));
    return kept.success ? kept.output : 0;
  }

  private markSeen(): void {
    void this.choices.update(seenKey, this.clock.now());
    this.show(0);
  }

  private async count(): Promise<void> {
    const { seenAt } = this;
    try {
      const unread = await this.history.count({ verdicts: [...unreadVerdicts], finishedFrom: seenAt });
      this.countedFrom = seenAt;
      if (!this.looking) this.show(unread);
    } catch (error) {
      // The tree says what is wrong with the history; a number that is not known is none.
      this.logger.debug(`Unread alarms could not be counted: ${String(error)}`);
      this.show(0);
    }
  }

  private show(unread: number): void {
    if (unread === this.unread) return;
    this.unread = unread;
    this.changes.fire(unread);
  }
}

import type { Clock } from '../../shared/clock';

/** The status bar is painted by another process, and each update is a message to it: so seldom is enough. */
const minUpdateMs = 1_000;
/** A figure that wavers by less is the same to whoever glances at it … */
const noticedPoints = 2;
/** … and is made exact, with the tooltip behind it, at least this often. */
const maxAgeMs = 10_000;

/** What the status bar would show. */
export interface StatusBarView {
  /** The percentages in the text. */
  readonly percents: readonly (number | undefined)[];
  /** All else that is seen at a glance: other figures, colour. */
  readonly rest: string;
}

/** Decides which updates of the status bar are worth their message. */
export class UpdatePacing {
  private shown: StatusBarView | undefined;
  private shownMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** Whether to show `view` now; a yes is remembered as shown. */
  accept(view: StatusBarView): boolean {
    const ageMs = this.clock.monotonicMs() - this.shownMs;
    if (ageMs < minUpdateMs || (ageMs < maxAgeMs && !this.differs(view))) return false;
    this.shown = view;
    this.shownMs = this.clock.monotonicMs();
    return true;
  }

  /** What was shown is gone; the next view is shown at once. */
  reset(): void {
    this.shown = undefined;
    this.shownMs = Number.NEGATIVE_INFINITY;
  }

  private differs({ percents, rest }: StatusBarView): boolean {
    const { shown } = this;
    if (shown?.rest !== rest) return true;
    return percents.some((percent, index) => {
      const before = shown.percents[index];
      if (percent === undefined || before === undefined) return percent !== before;
      return Math.abs(percent - before) >= noticedPoints;
    });
  }
}

import type { Clock } from '../../../shared/clock';
import type { AbsenceReason } from '../../../shared/metrics/snapshot';

/** A source that has not answered by then is asked again only when it has. */
const answerLimitMs = 10_000;

/**
 * A figure that takes long to get, because the system has it from a program. It is asked for in the background, one
 * question at a time; a sample shows the last answer, or why there is none.
 */
export class BackgroundFigure<T> {
  private latest: { readonly value: T; readonly at: string; readonly atMs: number } | undefined;
  private missing: AbsenceReason = 'notAvailableYet';
  private askedMs: number | undefined;

  constructor(
    private readonly ask: () => Promise<T | undefined>,
    private readonly clock: Clock,
  ) {}

  /** The last answer with its time (ISO 8601, and of the monotonic clock). */
  get answer(): { readonly value: T; readonly at: string; readonly atMs: number } | undefined {
    return this.latest;
  }

  get absence(): AbsenceReason {
    return this.missing;
  }

  /** Asks unless an earlier question is still open. Never throws. */
  refresh(): void {
    if (this.askedMs !== undefined) {
      if (this.clock.monotonicMs() - this.askedMs > answerLimitMs) this.drop('timedOut');
      return;
    }
    this.askedMs = this.clock.monotonicMs();
    this.ask().then(
      (value) => {
        this.askedMs = undefined;
        if (value === undefined) this.drop('unsupported');
        else
          this.latest = {
            value,
            at: new Date(this.clock.now()).toISOString(),
            atMs: this.clock.monotonicMs(),
          };
      },
      () => {
        this.askedMs = undefined;
        this.drop('failed');
      },
    );
  }

  private drop(reason: AbsenceReason): void {
    this.latest = undefined;
    this.missing = reason;
  }
}

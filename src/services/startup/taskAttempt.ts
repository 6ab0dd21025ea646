import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { SentinelError } from '../../shared/errors';

export interface StartupContext {
  /** Aborted when the task outlives its limit or startup is disposed. */
  readonly signal: AbortSignal;
}

/** A returned promise is awaited; any other value means that the task is done. */
export type StartupTask = (context: StartupContext) => unknown;

export type AttemptOutcome =
  | { readonly status: 'completed'; readonly elapsedMs: number }
  | { readonly status: 'failed'; readonly elapsedMs: number; readonly error: unknown }
  | { readonly status: 'cancelled' };

/** How work ended that nobody waits for any more. */
export type LateSettlement = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

export interface AttemptOptions {
  readonly task: StartupTask;
  readonly limitMs: number;
  readonly clock: Clock;
  /** Told when the work settles after its outcome has been decided. */
  readonly onLate: (settlement: LateSettlement) => void;
}

/**
 * One run of a task. Has exactly one outcome: the work's own, a failure with the code `startup.timeout` when the
 * limit passes first, or `cancelled` when it is disposed first.
 *
 * The limit ends the waiting, not work that is done: a synchronous task that blocked the thread for longer has
 * completed by the time anything can look, and to call it failed would invite a retry of what already stands.
 */
export class TaskAttempt implements Disposable {
  private readonly controller = new AbortController();
  private startedMs = 0;
  private limit: Disposable | undefined;
  private decided: AttemptOutcome | undefined;
  private resolveOutcome: (outcome: AttemptOutcome) => void = () => undefined;
  private readonly outcomeLater = new Promise<AttemptOutcome>((resolve) => {
    this.resolveOutcome = resolve;
  });

  constructor(private readonly options: AttemptOptions) {}

  /**
   * Calls the task before it returns; to be called once. The outcome is there at once for a task that was done
   * when it returned, so that such tasks can follow each other within one tick. An attempt that was disposed
   * before does not call it.
   */
  begin(): AttemptOutcome | Promise<AttemptOutcome> {
    if (this.decided === undefined) this.start();
    return this.decided ?? this.outcomeLater;
  }

  /** Aborts the task and stops waiting for it. */
  dispose(): void {
    if (this.decide({ status: 'cancelled' })) {
      this.controller.abort(new SentinelError('startup.disposed', 'Startup was ended'));
    }
  }

  private start(): void {
    const { task, limitMs, clock } = this.options;
    this.startedMs = clock.monotonicMs();
    this.limit = clock.setTimeout(() => {
      this.outlived();
    }, limitMs);
    try {
      const result = task({ signal: this.controller.signal });
      if (isPromiseLike(result)) this.follow(result);
      else this.settle({ ok: true });
    } catch (error) {
      this.settle({ ok: false, error });
    }
  }

  private follow(result: PromiseLike<unknown>): void {
    Promise.resolve(result).then(
      () => {
        this.settle({ ok: true });
      },
      (error: unknown) => {
        this.settle({ ok: false, error });
      },
    );
  }

  private settle(settlement: LateSettlement): void {
    const elapsedMs = this.elapsedMs();
    const decided = settlement.ok
      ? this.decide({ status: 'completed', elapsedMs })
      : this.decide({ status: 'failed', elapsedMs, error: settlement.error });
    if (!decided) this.options.onLate(settlement);
  }

  private outlived(): void {
    const { limitMs } = this.options;
    const error = new SentinelError('startup.timeout', `Not done within ${limitMs} ms`);
    if (this.decide({ status: 'failed', elapsedMs: this.elapsedMs(), error })) this.controller.abort(error);
  }

  private decide(outcome: AttemptOutcome): boolean {
    if (this.decided !== undefined) return false;
    this.decided = outcome;
    this.limit?.dispose();
    this.resolveOutcome(outcome);
    return true;
  }

  private elapsedMs(): number {
    return this.options.clock.monotonicMs() - this.startedMs;
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { type Deferred, deferred } from './deferred';

/** What became of one request. */
export type ThrottledOutcome<R> =
  | { readonly status: 'done'; readonly result: R }
  | { readonly status: 'failed'; readonly error: unknown }
  /** A later request took its place, before it ran or while it did. */
  | { readonly status: 'superseded' }
  | { readonly status: 'disposed' };

interface Slot<R> extends Deferred<ThrottledOutcome<R>> {
  readonly controller: AbortController;
}

/**
 * For work that is asked for more often than it is worth doing, such as a search with every letter that a person
 * types. Collapses bursts of requests: work starts when no request came for `delayMs`, with the arguments of the last
 * one. A request that arrives while work runs aborts that work's signal and does not wait for it; what superseded
 * work still returns is dropped.
 */
export class ThrottledTask<A, R> implements Disposable {
  private slot: Slot<R> | undefined;
  private timer: Disposable | undefined;
  private disposed = false;

  constructor(
    private readonly clock: Clock,
    private readonly delayMs: number,
    private readonly run: (argument: A, signal: AbortSignal) => R | Promise<R>,
  ) {}

  /** Never rejects. */
  request(argument: A): Promise<ThrottledOutcome<R>> {
    if (this.disposed) return Promise.resolve({ status: 'disposed' });
    const slot: Slot<R> = { ...deferred<ThrottledOutcome<R>>(), controller: new AbortController() };
    const previous = this.slot;
    this.slot = slot;
    this.timer?.dispose();
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined;
      void this.start(slot, argument);
    }, this.delayMs);
    letGo(previous, 'superseded');
    return slot.promise;
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.timer = undefined;
    const { slot } = this;
    this.slot = undefined;
    letGo(slot, 'disposed');
  }

  private async start(slot: Slot<R>, argument: A): Promise<void> {
    let outcome: ThrottledOutcome<R>;
    try {
      outcome = { status: 'done', result: await this.run(argument, slot.controller.signal) };
    } catch (error) {
      outcome = { status: 'failed', error };
    }
    if (this.slot === slot) this.slot = undefined;
    // Without effect where it was superseded meanwhile.
    slot.resolve(outcome);
  }
}

function letGo<R>(slot: Slot<R> | undefined, status: 'superseded' | 'disposed'): void {
  slot?.resolve({ status });
  slot?.controller.abort();
}

import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { Emitter, type Event, type ListenerErrorHandler } from '../../shared/event';
import { SilenceTimer } from '../../shared/silenceTimer';

export interface Stall {
  readonly id: number;
  /** How long nothing was heard. */
  readonly elapsedMs: number;
}

/** The watch over one task. Disposing it ends the watch. */
export interface Watch extends Disposable {
  heard(): void;
  /** Until `resume`, silence is expected. */
  suspend(): void;
  resume(): void;
}

/** Reports tasks from which nothing was heard for the limit, each once. A task that ends is let go by itself. */
export class Watchdog implements Disposable {
  private readonly stalled: Emitter<Stall>;
  private readonly watches = new Map<number, Watch>();
  readonly onStalled: Event<Stall>;

  constructor(
    private readonly clock: Clock,
    onListenerError?: ListenerErrorHandler,
    private readonly limitMs = 15_000,
  ) {
    this.stalled = new Emitter(onListenerError);
    this.onStalled = this.stalled.event;
  }

  get watchedCount(): number {
    return this.watches.size;
  }

  /** @param ended settles when the task ends, in whatever way */
  watch(id: number, ended: Promise<unknown>): Watch {
    this.watches.get(id)?.dispose();
    let timer: SilenceTimer | undefined;
    const release = toDisposable(() => {
      timer?.dispose();
      timer = undefined;
      if (this.watches.get(id) === watch) this.watches.delete(id);
    });
    const arm = (): void => {
      timer = new SilenceTimer(this.clock, this.limitMs, (elapsedMs) => {
        // Let go first: whoever is told may end the task, or start and watch another one.
        release.dispose();
        this.stalled.fire({ id, elapsedMs });
      });
    };
    const letGo = (): void => {
      release.dispose();
    };
    const watch: Watch = {
      heard: () => timer?.heard(),
      suspend: () => {
        timer?.dispose();
        timer = undefined;
      },
      resume: () => {
        if (timer === undefined && this.watches.get(id) === watch) arm();
      },
      dispose: letGo,
    };
    this.watches.set(id, watch);
    arm();
    void ended.then(letGo, letGo);
    return watch;
  }

  dispose(): void {
    for (const watch of [...this.watches.values()]) watch.dispose();
    this.stalled.dispose();
  }
}

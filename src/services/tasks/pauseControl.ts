import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import { type Deferred, deferred } from './deferred';
import type { Pausable } from './task';

/**
 * Brings running work to a standstill and back. Asked to pause, work obeys at its next checkpoint, or through
 * what it runs elsewhere (a thread, a process); the first of both counts. Work that does not obey within the
 * grace period goes on: a pause is a wish, and ending the work would not fulfil it.
 */
export class PauseControl implements Disposable {
  private state: 'running' | 'requested' | 'paused' | 'ended' = 'running';
  private readonly pausables = new Set<Pausable>();
  private waiters: (() => void)[] = [];
  private request: Deferred<boolean> | undefined;
  private graceTimer: Disposable | undefined;
  /** Grows with each request, so that the answer to an earlier one is not taken for this one's. */
  private generation = 0;

  constructor(
    private readonly clock: Clock,
    private readonly graceMs: number,
    private readonly onPaused: () => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  get isWanted(): boolean {
    return this.state === 'requested' || this.state === 'paused';
  }

  /** @returns whether the work stands still */
  pause(): Promise<boolean> {
    if (this.state === 'ended') return Promise.resolve(false);
    if (this.state === 'paused') return Promise.resolve(true);
    if (this.request !== undefined) return this.request.promise;
    this.state = 'requested';
    this.generation += 1;
    const request = deferred<boolean>();
    this.request = request;
    this.graceTimer = this.clock.setTimeout(() => {
      this.resume();
    }, this.graceMs);
    this.stopPausables([...this.pausables]);
    return request.promise;
  }

  /** @returns whether the work stood still and goes on */
  resume(): boolean {
    if (!this.isWanted) return false;
    const stoodStill = this.state === 'paused';
    this.state = 'running';
    this.settleRequest(false);
    this.resumePausables();
    this.releaseWaiters();
    return stoodStill;
  }

  add(pausable: Pausable): Disposable {
    if (this.state === 'ended') return toDisposable(() => undefined);
    this.pausables.add(pausable);
    if (this.isWanted) this.stopPausables([pausable]);
    return toDisposable(() => {
      this.pausables.delete(pausable);
    });
  }

  /** Stands still while a pause is wanted. */
  async pass(): Promise<void> {
    for (;;) {
      this.acknowledge(this.generation);
      if (!this.isWanted) return;
      await new Promise<void>((resolve) => {
        this.waiters.push(resolve);
      });
    }
  }

  /** The work is to end: nothing stands still any more, except what is told to end otherwise. */
  dispose(): void {
    if (this.state === 'ended') return;
    const wanted = this.isWanted;
    this.state = 'ended';
    this.settleRequest(false);
    // Something that stands still could not obey an order to end.
    if (wanted) this.resumePausables();
    this.pausables.clear();
    this.releaseWaiters();
  }

  private stopPausables(pausables: readonly Pausable[]): void {
    if (pausables.length === 0) return;
    const { generation } = this;
    const all = pausables.map(async (pausable) => {
      await pausable.pause();
    });
    Promise.all(all).then(() => {
      this.acknowledge(generation);
    }, this.onError);
  }

  private acknowledge(generation: number): void {
    if (this.state !== 'requested' || generation !== this.generation) return;
    this.state = 'paused';
    this.settleRequest(true);
    this.onPaused();
  }

  private settleRequest(paused: boolean): void {
    this.graceTimer?.dispose();
    this.graceTimer = undefined;
    this.request?.resolve(paused);
    this.request = undefined;
  }

  private releaseWaiters(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const release of waiters) release();
  }

  private resumePausables(): void {
    for (const pausable of [...this.pausables]) {
      try {
        pausable.resume();
      } catch (error) {
        this.onError(error);
      }
    }
  }
}

import type { Clock } from '../../../shared/clock';
import { type Disposable, toDisposable } from '../../../shared/disposable';
import { SentinelError } from '../../../shared/errors';
import type { RequestLedger } from './requestLedger';

export interface RequestWindowOptions {
  readonly clock: Clock;
  /** Requests within any `windowMs`. */
  readonly limit: () => number;
  /** The service counts when a request arrives, which is not when it was sent: a little more than it says. */
  readonly windowMs: number;
  /** What others ask besides with the same key. Absent: nobody does. */
  readonly ledger?: RequestLedger;
}

interface Waiting {
  readonly go: () => void;
  readonly interrupt: () => void;
}

/**
 * Lets requests go one after the other, in the order in which they came, so that no stretch of time sees more of them
 * than a service allows. All who ask the service share one, and a ledger with those in other windows.
 */
export class RequestWindow implements Disposable {
  /** When the last requests went, oldest first. */
  private sentMs: number[] = [];
  private waiting: Waiting[] = [];
  private pausedUntilMs = 0;
  private timer: Disposable | undefined;

  constructor(private readonly options: RequestWindowOptions) {}

  /** How many wait for their turn. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  /**
   * Settles when it is the caller's turn, which thereby is used up.
   * @param isRetry whether the caller has had its turn and was sent back: it goes before those who have not
   * @throws SentinelError `window.cancelled` when the signal fires first; `window.interrupted` by `interrupt`
   */
  take(signal: AbortSignal, isRetry = false): Promise<void> {
    if (signal.aborted) return Promise.reject(cancelled());
    return new Promise<void>((resolve, reject) => {
      const leave = toDisposable(() => {
        signal.removeEventListener('abort', onAbort);
        this.waiting = this.waiting.filter((other) => other !== entry);
      });
      const onAbort = (): void => {
        leave.dispose();
        reject(cancelled());
      };
      const entry: Waiting = {
        go: () => {
          leave.dispose();
          resolve();
        },
        interrupt: () => {
          leave.dispose();
          reject(new SentinelError('window.interrupted', 'What was waited for has changed.'));
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (isRetry) this.waiting.unshift(entry);
      else this.waiting.push(entry);
      this.pass();
    });
  }

  /** Lets nobody go for a while, as the service has asked for it. */
  pause(forMs: number): void {
    this.options.ledger?.pause(forMs);
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.options.clock.monotonicMs() + forMs);
  }

  /** Sends all who wait back to look again whether they still want to go. */
  interrupt(): void {
    for (const entry of this.waiting) entry.interrupt();
  }

  dispose(): void {
    this.timer?.dispose();
    this.interrupt();
  }

  private pass(): void {
    const { clock, limit, windowMs, ledger } = this.options;
    this.timer?.dispose();
    this.timer = undefined;
    for (;;) {
      const [next] = this.waiting;
      if (next === undefined) return;
      const nowMs = clock.monotonicMs();
      this.sentMs = this.sentMs.filter((sentMs) => sentMs + windowMs > nowMs);
      const blocking = this.sentMs.at(-limit());
      const freeMs = Math.max(this.pausedUntilMs, blocking === undefined ? 0 : blocking + windowMs);
      const waitMs = freeMs > nowMs ? freeMs - nowMs : (ledger?.take(limit(), windowMs) ?? 0);
      if (waitMs > 0) {
        this.timer = clock.setTimeout(() => {
          this.pass();
        }, waitMs);
        return;
      }
      this.sentMs.push(nowMs);
      next.go();
    }
  }
}

function cancelled(): SentinelError {
  return new SentinelError('window.cancelled', 'The caller stopped waiting for its turn.');
}

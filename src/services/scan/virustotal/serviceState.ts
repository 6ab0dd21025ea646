import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';
import { Emitter } from '../../../shared/event';
import type { EngineReason } from '../../../shared/scan/record';

/** How VirusTotal stands to this window's requests. `untilMs` is epoch time. */
export type VirusTotalState =
  | { readonly type: 'ready' }
  /** It refused the key: nothing is asked with this one any more. */
  | { readonly type: 'badKey' }
  /** Nothing is asked until the quota is renewed, or another key is set. */
  | { readonly type: 'quotaExceeded'; readonly untilMs: number }
  /** It could not be reached a moment ago: the rest of a scan need not wait for that, too. */
  | { readonly type: 'unreachable'; readonly untilMs: number };

/** Node ends a timer at once that is set for longer than 24.8 days. */
const longestTimerMs = 86_400_000;

const ready: VirusTotalState = { type: 'ready' };

/** Remembers refusals that hold for more than one request, each for the key that it was about. */
export class ServiceState implements Disposable {
  private readonly changes = new Emitter<VirusTotalState>();
  private state = ready;
  /** The key that the state is about. */
  private key: string | undefined;
  /** Takes the state away when it is over, for those who show it. */
  private timer: Disposable | undefined;
  readonly onChanged = this.changes.event;

  constructor(private readonly clock: Clock) {}

  get current(): VirusTotalState {
    return this.state;
  }

  /** @returns why nothing is to be asked with this key now; undefined where something may be */
  refusal(key: string): EngineReason | undefined {
    if (this.state.type === 'ready') return undefined;
    if (this.key !== key || ('untilMs' in this.state && this.clock.now() >= this.state.untilMs)) {
      this.set(key, ready);
      return undefined;
    }
    return this.state.type;
  }

  set(key: string, state: VirusTotalState): void {
    const isSame = state.type === this.state.type && this.key === key;
    this.become(key, state);
    if (!isSame || state.type === 'quotaExceeded') this.changes.fire(state);
  }

  /** After the key was changed, and before somebody wants to know whether it holds. */
  forget(): void {
    if (this.state.type === 'ready') return;
    this.become(undefined, ready);
    this.changes.fire(ready);
  }

  dispose(): void {
    this.timer?.dispose();
    this.changes.dispose();
  }

  private become(key: string | undefined, state: VirusTotalState): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.key = key;
    this.state = state;
    if ('untilMs' in state) this.waitUntil(state.untilMs);
  }

  private waitUntil(untilMs: number): void {
    const leftMs = untilMs - this.clock.now();
    this.timer = this.clock.setTimeout(
      () => {
        if (leftMs > longestTimerMs) this.waitUntil(untilMs);
        else this.forget();
      },
      Math.min(leftMs, longestTimerMs),
    );
  }
}

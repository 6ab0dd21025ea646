import type { Clock } from '../../../shared/clock';
import { type Disposable } from '../../../shared/disposable';
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

const ready: VirusTotalState = { type: 'ready' };

/** Remembers refusals that hold for more than one request, each for the key that it was about. */
export class ServiceState implements Disposable {
  private readonly changes = new Emitter<VirusTotalState>();
  private state = ready;
  /** The key that the state is about. */
  private key: string | undefined;
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
    const same = state.type === this.state.type && this.key === key;
    this.key = key;
    if (same && state.type !== 'quotaExceeded') {
      this.state = state;
      return;
    }
    this.state = state;
    this.changes.fire(state);
  }

  /** After the key was changed, and before somebody wants to know whether it holds. */
  forget(): void {
    if (this.state.type === 'ready') return;
    this.key = undefined;
    this.state = ready;
    this.changes.fire(ready);
  }

  dispose(): void {
    this.changes.dispose();
  }
}

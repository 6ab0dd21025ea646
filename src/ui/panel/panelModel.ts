import type { Disposable } from '../../shared/disposable';
import type { Event } from '../../shared/event';
import type { HistoryPoint, HistoryWindowMinutes } from '../../shared/metrics/history';
import type { MetricsSnapshot } from '../../shared/metrics/snapshot';
import type { PanelState } from '../../shared/protocol/panel';

/** What the live panel shows and asks for. One model serves every place that the panel is open in. */
export interface PanelModel {
  readonly state: PanelState;
  /** Oldest first, over the largest window. */
  readonly history: readonly HistoryPoint[];
  /** Undefined before the first sample. */
  readonly latest: MetricsSnapshot | undefined;
  /** Fires after `latest` and `history` hold the new snapshot. */
  readonly onSnapshot: Event<MetricsSnapshot>;
  readonly onState: Event<PanelState>;
  setPaused(paused: boolean): void;
  setWindow(minutes: HistoryWindowMinutes): void;
  setCoresShown(shown: boolean): void;
  restartGpu(): void;
  openSettings(): void;
  /** Asks for live sampling, the busiest processes included, for as long as the result is not disposed. */
  demand(): Disposable;
}

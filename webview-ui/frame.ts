import type { HistoryPoint } from '../src/shared/metrics/history';
import type { MetricsSnapshot } from '../src/shared/metrics/snapshot';
import type { PanelState, PanelToHost } from '../src/shared/protocol/panel';
import type { TimeRange } from './series';

/** Everything that one drawing of the panel shows. */
export interface PanelFrame {
  readonly snapshot: MetricsSnapshot;
  readonly history: readonly HistoryPoint[];
  readonly state: PanelState;
  readonly range: TimeRange;
}

export type Send = (message: PanelToHost) => void;

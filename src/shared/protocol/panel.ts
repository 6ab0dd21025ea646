import * as v from 'valibot';
import type { HistoryPoint, HistoryWindowMinutes } from '../metrics/history';
import type { MetricsSnapshot } from '../metrics/snapshot';
import { messageParser, pageMessageSchemas } from './page';

/** Everything that the live panel shows besides figures. */
export interface PanelState {
  readonly paused: boolean;
  /** Milliseconds between snapshots while the panel is visible. */
  readonly intervalMs: number;
  /** How VS Code names the remote machine (`ssh-remote`, `wsl`, …); absent on the local one. */
  readonly remoteName?: string;
  readonly windowMinutes: HistoryWindowMinutes;
  /** Whether the processors' own figures are unfolded. */
  readonly coresShown: boolean;
  /** Percentages past which a figure is drawn as a warning or an error. */
  readonly thresholds: Readonly<Record<'cpu' | 'memory' | 'disk' | 'gpu', Thresholds>>;
}

export interface Thresholds {
  readonly warning: number;
  readonly error: number;
}

/**
 * What the host sends to the live panel. `hydrate` answers `ready` and replaces everything; the host sends
 * nothing to a hidden panel, which hydrates anew when it is shown again.
 */
export type HostToPanel =
  | {
      readonly type: 'hydrate';
      readonly state: PanelState;
      readonly history: readonly HistoryPoint[];
      readonly snapshot?: MetricsSnapshot;
    }
  | { readonly type: 'snapshot'; readonly snapshot: MetricsSnapshot; readonly point: HistoryPoint }
  | { readonly type: 'state'; readonly state: PanelState };

/** What the live panel sends to the host; parsed there by `parsePanelMessage`. */
const panelToHostSchema = v.variant('type', [
  ...pageMessageSchemas,
  v.strictObject({ type: v.literal('setPaused'), paused: v.boolean() }),
  v.strictObject({ type: v.literal('setWindow'), minutes: v.picklist([1, 5, 15]) }),
  v.strictObject({ type: v.literal('setCoresShown'), shown: v.boolean() }),
  v.strictObject({ type: v.literal('restartGpu') }),
  v.strictObject({ type: v.literal('openSettings') }),
]);
export type PanelToHost = v.InferOutput<typeof panelToHostSchema>;

export const parsePanelMessage = messageParser(panelToHostSchema);

import type { StartupSummary } from './services/startup/orchestrator';
import type { Event } from './shared/event';
import type { HistoryPoint } from './shared/metrics/history';
import type { MetricsSnapshot } from './shared/metrics/snapshot';

/**
 * What `vscode.extensions.getExtension('sentinel-suite.sentinel').activate()` gives to other extensions.
 *
 * Within one `apiVersion` members are added and never changed or removed.
 */
export interface SentinelApi {
  readonly apiVersion: 1;
  readonly metrics: {
    /** The newest snapshot; undefined before the first, and while nobody ever looked. */
    readonly current: MetricsSnapshot | undefined;
    /** The last quarter of an hour, oldest first; a copy. */
    readonly history: readonly HistoryPoint[];
    /** Whether a person paused live metrics; `current` is then old. */
    readonly paused: boolean;
    /** Fires for each snapshot. Sampling goes on, at the background pace, as long as there is a listener. */
    readonly onDidChange: Event<MetricsSnapshot>;
  };
  readonly startup: {
    /** Where startup stands now. */
    readonly summary: StartupSummary;
    /** Settles when all phases have ended; never rejects. */
    readonly completed: Promise<StartupSummary>;
  };
}

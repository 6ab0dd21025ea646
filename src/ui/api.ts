import type { SentinelApi } from '../api';
import type { MetricsDemand, MetricsService } from '../services/metrics/metricsService';
import type { StartupOrchestrator } from '../services/startup/orchestrator';
import { DisposableStore } from '../shared/disposable';
import type { Settings } from './settings/settings';
import type { SettingsStore } from './settings/settingsStore';

/** The public API over the services. */
export function createApi(
  metrics: MetricsService,
  settings: Pick<SettingsStore, 'current' | 'onChanged'>,
  startup: StartupOrchestrator,
): SentinelApi {
  return {
    apiVersion: 1,
    startup: {
      get summary() {
        return startup.summary;
      },
      completed: startup.execute(),
    },
    metrics: {
      get current() {
        return metrics.current;
      },
      get history() {
        // A copy: the service goes on to change its own.
        return [...metrics.history];
      },
      get paused() {
        return metrics.paused;
      },
      onDidChange(listener) {
        const subscription = new DisposableStore();
        subscription.add(metrics.onSnapshot(listener));
        const wanted = ({ backgroundIntervalMs }: Settings): MetricsDemand => ({
          intervalMs: backgroundIntervalMs,
          processes: 'never',
        });
        const hold = subscription.add(metrics.demand(wanted(settings.current)));
        subscription.add(
          settings.onChanged((changed) => {
            hold.change(wanted(changed));
          }),
        );
        return subscription;
      },
    },
  };
}

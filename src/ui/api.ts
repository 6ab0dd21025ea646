import type { SentinelApi } from '../api';
import type { MetricsService } from '../services/metrics/metricsService';
import type { StartupOrchestrator } from '../services/startup/orchestrator';
import { DisposableStore } from '../shared/disposable';
import type { SettingsStore } from './settings/settingsStore';

/** The public API over the services. */
export function createApi(
  metrics: MetricsService,
  settings: SettingsStore,
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
        return metrics.history;
      },
      get paused() {
        return metrics.paused;
      },
      onDidChange(listener) {
        const subscription = new DisposableStore();
        subscription.add(metrics.onSnapshot(listener));
        subscription.add(
          metrics.demand({ intervalMs: settings.current.backgroundIntervalMs, processes: 'never' }),
        );
        return subscription;
      },
    },
  };
}

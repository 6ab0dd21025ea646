import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import type { SentinelApi } from '../api';
import type { History } from '../services/history/history';
import type { MetricsDemand, MetricsService } from '../services/metrics/metricsService';
import type { HostScans } from '../services/network/hostScans';
import type { Scans } from '../services/scan/scans';
import type { UrlScans } from '../services/scan/url/urlScans';
import type { StartupOrchestrator } from '../services/startup/orchestrator';
import { DisposableStore } from '../shared/disposable';
import { SentinelError } from '../shared/errors';
import { historyPageQuerySchema } from '../shared/history/query';
import type { Settings } from './settings/settings';
import type { SettingsStore } from './settings/settingsStore';

export interface ApiServices {
  readonly metrics: MetricsService;
  readonly history: Pick<History, 'page' | 'get' | 'onChanged'>;
  readonly scans: Pick<Scans, 'scanFile'>;
  readonly urlScans: Pick<UrlScans, 'scanUrl'>;
  readonly hostScans: Pick<HostScans, 'scanHost'>;
  readonly settings: Pick<SettingsStore, 'current' | 'onChanged'>;
  readonly startup: StartupOrchestrator;
}

/** The public API over the services. */
export function createApi({
  metrics,
  history,
  scans,
  urlScans,
  hostScans,
  settings,
  startup,
}: ApiServices): SentinelApi {
  return {
    apiVersion: 1,
    startup: {
      get summary() {
        return startup.summary;
      },
      completed: startup.execute(),
    },
    scan: {
      async path(path) {
        if (typeof path !== 'string' || !isAbsolute(path)) {
          throw new SentinelError('api.badPath', 'A scan needs an absolute path.');
        }
        const outcome = await scans.scanFile(path).outcome;
        return outcome.status === 'finished' ? outcome.result : undefined;
      },
      async url(url) {
        if (typeof url !== 'string' || !URL.canParse(url)) {
          throw new SentinelError('api.badUrl', 'A scan needs a whole URL.');
        }
        const outcome = await urlScans.scanUrl(url).outcome;
        return outcome.status === 'finished' ? outcome.result : undefined;
      },
      async host(target) {
        if (typeof target !== 'string') {
          throw new SentinelError('api.badTarget', 'A scan needs a target.');
        }
        return hostScans.scanHost(target);
      },
    },
    history: {
      async page(query) {
        const parsed = v.safeParse(historyPageQuerySchema, query);
        if (!parsed.success) throw new SentinelError('api.badQuery', v.summarize(parsed.issues));
        return history.page(parsed.output);
      },
      get: (id) => history.get(id),
      onChanged: history.onChanged,
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

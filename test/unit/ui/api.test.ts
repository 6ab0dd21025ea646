import assert from 'node:assert/strict';
import { MetricsService } from '../../../src/services/metrics/metricsService';
import { StartupOrchestrator } from '../../../src/services/startup/orchestrator';
import { Emitter } from '../../../src/shared/event';
import { createApi } from '../../../src/ui/api';
import { readSettings, type Settings } from '../../../src/ui/settings/settings';
import { FakeWorker } from '../metrics/support/fakeWorker';
import { noRemoteVolumes } from '../metrics/support/noRemoteVolumes';
import { FakeClock } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';
import { madeSnapshot } from '../support/snapshots';

function setUp() {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const worker = new FakeWorker();
  const gpu = {
    state: { status: 'notStarted', count: 0, devices: [] },
    cost: undefined,
    follow: () => undefined,
  } as const;
  const metrics = new MetricsService(worker, gpu, noRemoteVolumes, clock, logger);
  const read = (values: Record<string, unknown>) => readSettings({ get: (name) => values[name] }, logger);
  const changes = new Emitter<Settings>();
  const settings = { current: read({}), onChanged: changes.event };
  const api = createApi(metrics, settings, new StartupOrchestrator(clock, logger));
  return { api, worker, read, changes };
}

describe('the public API', () => {
  it('samples while somebody listens, at the background pace as it is set now', () => {
    const { api, worker, read, changes } = setUp();
    assert.equal(worker.threads, 0);
    const subscription = api.metrics.onDidChange(() => undefined);
    changes.fire(read({ 'metrics.backgroundIntervalSeconds': 20 }));
    assert.deepEqual(
      worker.told.map(({ intervalMs }) => intervalMs),
      [5_000, 20_000],
    );
    assert.equal(worker.threads, 1);
    subscription.dispose();
    assert.equal(worker.running, false);
    assert.equal(changes.listenerCount, 0);
  });

  it('hands out a history that does not change', () => {
    const { api, worker } = setUp();
    api.metrics.onDidChange(() => undefined);
    worker.pushed.fire(madeSnapshot());
    const { history } = api.metrics;
    (history as unknown[]).length = 0;
    assert.equal(api.metrics.history.length, 1);
  });
});

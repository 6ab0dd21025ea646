import assert from 'node:assert/strict';
import { MetricsService } from '../../../src/services/metrics/metricsService';
import { isNetworkRecord } from '../../../src/services/network/networkRecord';
import type { Task } from '../../../src/services/tasks/task';
import { StartupOrchestrator } from '../../../src/services/startup/orchestrator';
import { Emitter } from '../../../src/shared/event';
import type { ScanRecord } from '../../../src/shared/scan/record';
import { createApi } from '../../../src/ui/api';
import { readSettings, type Settings } from '../../../src/ui/settings/settings';
import { FakeWorker } from '../metrics/support/fakeWorker';
import { noGpu } from '../metrics/support/noGpu';
import { noRemoteVolumes } from '../metrics/support/noRemoteVolumes';
import { FakeClock } from '../support/fakeClock';
import { FakeHistory } from '../support/fakeHistory';
import { RecordingLogger } from '../support/recordingLogger';
import { networkScan } from '../support/reportRecords';
import { madeRecord } from '../support/scanRecords';
import { madeSnapshot } from '../support/snapshots';

function setUp() {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const worker = new FakeWorker();
  const metrics = new MetricsService(worker, noGpu, noRemoteVolumes, clock, logger);
  const read = (values: Record<string, unknown>) => readSettings({ get: (name) => values[name] }, logger);
  const changes = new Emitter<Settings>();
  const settings = { current: read({}), onChanged: changes.event };
  const history = new FakeHistory();
  const scanned: string[] = [];
  const scans = {
    scanFile: (path: string) => {
      scanned.push(path);
      return finishedTask(madeRecord({ target: path }));
    },
  };
  const urlScans = {
    scanUrl: (url: string) => {
      scanned.push(url);
      return finishedTask(madeRecord({ kind: 'url', target: url }));
    },
  };
  const hostScans = {
    scanHost: (target: string) => {
      scanned.push(target);
      const record = networkScan();
      return Promise.resolve(isNetworkRecord(record) ? record : undefined);
    },
  };
  const startup = new StartupOrchestrator(clock, logger);
  const api = createApi({ metrics, history, scans, urlScans, hostScans, settings, startup });
  return { api, worker, read, changes, history, scanned };
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

  it('scans what another extension names by an absolute path, and nothing else', async () => {
    const { api, scanned } = setUp();
    const record = await api.scan.path('/home/user/file');
    assert.equal(record?.target, '/home/user/file');
    await assert.rejects(api.scan.path('relative/file'));
    await assert.rejects(api.scan.path(7 as unknown as string));
    assert.deepEqual(scanned, ['/home/user/file']);
  });

  it('scans links that are whole, and nothing else', async () => {
    const { api, scanned } = setUp();
    const record = await api.scan.url('https://example.com/');
    assert.equal(record?.kind, 'url');
    await assert.rejects(api.scan.url('example.com'), { code: 'api.badUrl' });
    await assert.rejects(api.scan.url(7 as unknown as string), { code: 'api.badUrl' });
    assert.deepEqual(scanned, ['https://example.com/']);
  });

  it('scans hosts', async () => {
    const { api, scanned } = setUp();
    assert.equal((await api.scan.host('127.0.0.1'))?.kind, 'network');
    await assert.rejects(api.scan.host(7 as unknown as string), { code: 'api.badTarget' });
    assert.deepEqual(scanned, ['127.0.0.1']);
  });

  it('hands out pages of the history, and whole records by their id', async () => {
    const { api, history } = setUp();
    let changes = 0;
    api.history.onChanged(() => changes++);
    const [older, newer] = [madeRecord({ startedAt: 1_000 }), madeRecord({ startedAt: 2_000, kind: 'url' })];
    for (const record of [older, newer]) await history.put(record);
    assert.equal(changes, 2);
    const first = await api.history.page({ filter: {}, limit: 1 });
    assert.deepEqual(
      first.records.map(({ id }) => id),
      [newer.id],
    );
    const { records } = await api.history.page({ filter: { kinds: ['file'] }, limit: 5, after: first.next! });
    assert.equal(records[0]?.id, older.id);
    assert.deepEqual(await api.history.get(older.id), older);
    assert.equal(await api.history.get('nothing'), undefined);
  });

  it('refuses a question to the history that makes no sense, before the history sees it', async () => {
    const { api, history } = setUp();
    for (const query of [{}, { filter: {}, limit: 1e9 }, { filter: { kinds: ['x'] }, limit: 1 }, undefined]) {
      await assert.rejects(api.history.page(query as never), { code: 'api.badQuery' });
    }
    assert.deepEqual(history.asked, []);
  });
});

function finishedTask(result: ScanRecord): Task<ScanRecord> {
  return { outcome: Promise.resolve({ status: 'finished', result }) } as unknown as Task<ScanRecord>;
}

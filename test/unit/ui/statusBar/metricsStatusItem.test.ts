import assert from 'node:assert/strict';
import { MetricsService } from '../../../../src/services/metrics/metricsService';
import { readSettings } from '../../../../src/ui/settings/settings';
import { MetricsStatusItem, type StatusItemContent } from '../../../../src/ui/statusBar/metricsStatusItem';
import { FakeWorker } from '../../metrics/support/fakeWorker';
import { noGpu } from '../../metrics/support/noGpu';
import { noRemoteVolumes } from '../../metrics/support/noRemoteVolumes';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';
import { madeSnapshot } from '../../support/snapshots';
import { english } from '../../support/translate';

function setUp() {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const worker = new FakeWorker();
  const metrics = new MetricsService(worker, noGpu, noRemoteVolumes, clock, logger);
  const settings = (values: Record<string, unknown> = {}) =>
    readSettings({ get: (name) => values[name] }, logger);
  const shown: StatusItemContent[] = [];
  const surfaces = { made: 0, disposed: 0 };
  const item = new MetricsStatusItem(
    metrics,
    clock,
    settings(),
    () => {
      surfaces.made += 1;
      return {
        show: (content) => shown.push(content),
        dispose: () => (surfaces.disposed += 1),
      };
    },
    english,
  );
  const push = (percent = 31): void => {
    worker.pushed.fire(madeSnapshot({ cpu: { count: 2, percent } }));
  };
  return { clock, worker, metrics, settings, shown, surfaces, item, push };
}

const tooltipOf = ({ tooltip }: StatusItemContent): string =>
  typeof tooltip === 'string' ? tooltip : tooltip.markdown;

describe('MetricsStatusItem', () => {
  it('asks for figures and shows them once it is configured', () => {
    const { item, settings, worker, shown, push } = setUp();
    assert.equal(worker.threads, 0);
    item.configure(settings());
    assert.equal(shown.at(-1)?.text, '$(pulse) –');
    push();
    assert.equal(shown.at(-1)?.text, '$(pulse) 31%');
    assert.equal(shown.at(-1)?.label, 'Sentinel: CPU 31 %, memory 38 %');
  });

  it('keeps the thread and the item when settings change', () => {
    const { item, settings, worker, surfaces, shown, push } = setUp();
    item.configure(settings());
    push();
    item.configure(settings({ 'notifications.level': 'none' }));
    item.configure(settings({ 'metrics.backgroundIntervalSeconds': 10 }));
    item.configure(settings({ 'statusBar.template': 'C {cpu}' }));
    assert.deepEqual([worker.threads, worker.replaced, surfaces.made, surfaces.disposed], [1, [], 1, 0]);
    assert.deepEqual(
      worker.told.map(({ intervalMs }) => intervalMs),
      [5_000, 10_000, 5_000],
    );
    assert.equal(shown.at(-1)?.text, 'C 31%');
  });

  it('goes, and asks no longer, when it is switched off', () => {
    const { item, settings, worker, surfaces } = setUp();
    item.configure(settings());
    item.configure(settings({ 'statusBar.enabled': false }));
    assert.deepEqual([worker.running, surfaces.disposed], [false, 1]);
    item.configure(settings());
    assert.deepEqual([worker.running, surfaces.made], [true, 2]);
  });

  it('says when the thread does not answer, until it does', async () => {
    const { clock, item, settings, shown, push } = setUp();
    item.configure(settings());
    push();
    await clock.advance(17_000);
    assert.equal(shown.at(-1)?.text, '$(warning) –');
    assert.match(tooltipOf(shown.at(-1)!), /no answer from the metrics thread since .*\d/);
    push(50);
    assert.equal(shown.at(-1)?.text, '$(pulse) 50%');
  });

  it('says that it is paused, and no figures then', () => {
    const { item, settings, metrics, shown, push } = setUp();
    item.configure(settings());
    push();
    metrics.setPaused(true);
    push(50);
    assert.equal(shown.at(-1)?.text, '$(debug-pause) paused');
    metrics.setPaused(false);
    assert.equal(shown.at(-1)?.text, '$(pulse) 31%');
  });

  it('tells the pace in force in its tooltip', () => {
    const { item, settings, metrics, shown, push } = setUp();
    item.configure(settings());
    metrics.demand({ intervalMs: 3_000, processes: 'everyTick' });
    push();
    assert.match(tooltipOf(shown.at(-1)!), /Every 3 s/);
  });

  it('is coloured by the figures that it shows', () => {
    const { item, settings, shown, push } = setUp();
    item.configure(settings({ 'statusBar.template': '{cpu}', 'thresholds.memoryWarning': 1 }));
    push(31);
    assert.equal(shown.at(-1)?.level, 'normal');
    item.configure(settings({ 'statusBar.template': '{memory}', 'thresholds.memoryWarning': 1 }));
    assert.equal(shown.at(-1)?.level, 'warning');
  });

  it('leaves nothing behind', () => {
    const { clock, item, settings, worker, surfaces } = setUp();
    item.configure(settings());
    item.dispose();
    item.dispose();
    item.configure(settings());
    assert.deepEqual([worker.holds, surfaces.made, surfaces.disposed], [0, 1, 1]);
    assert.equal(clock.pendingTimers, 0);
  });
});

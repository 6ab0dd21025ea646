import assert from 'node:assert/strict';
import { type MetricsWorker, MetricsService } from '../../../../src/services/metrics/metricsService';
import { Emitter } from '../../../../src/shared/event';
import type { MachineSnapshot } from '../../../../src/shared/metrics/snapshot';
import type { SamplingConfig } from '../../../../src/shared/protocol/metricsWorker';
import { MetricsPanelModel } from '../../../../src/ui/panel/metricsPanelModel';
import { readSettings } from '../../../../src/ui/settings/settings';
import { noGpu } from '../../metrics/support/noGpu';
import { noRemoteVolumes } from '../../metrics/support/noRemoteVolumes';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';

/** A worker that notes how it is told to sample. */
class NotingWorker implements MetricsWorker {
  private readonly started = new Emitter<undefined>();
  private readonly pushed = new Emitter<MachineSnapshot>();
  readonly onStarted = this.started.event;
  readonly onPush = this.pushed.event;
  config: SamplingConfig | undefined;
  readonly checkingMs = 0;

  notify(config: SamplingConfig): boolean {
    this.config = config;
    return true;
  }

  keepAlive(): { dispose(): void } {
    this.started.fire(undefined);
    return {
      dispose: () => {
        this.config = undefined;
      },
    };
  }

  replace(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

function harness(kept?: unknown) {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const worker = new NotingWorker();
  const metrics = new MetricsService(worker, noGpu, noRemoteVolumes, clock, logger);
  const memory = new Map<string, unknown>([['livePanel', kept]]);
  const settings = (values: Record<string, unknown>) => readSettings({ get: (name) => values[name] }, logger);
  const model = new MetricsPanelModel(
    metrics,
    settings({}),
    {
      get: (key) => memory.get(key),
      update: (key, value) => {
        memory.set(key, value);
        return Promise.resolve();
      },
    },
    { openSettings: () => undefined, restartGpu: () => undefined },
    'ssh-remote',
  );
  return { clock, worker, metrics, model, memory, settings };
}

describe('the live panel’s model', () => {
  it('starts with five minutes and folded processors, and names the remote', () => {
    const { state } = harness().model;
    assert.deepEqual(
      [state.windowMinutes, state.coresShown, state.remoteName, state.intervalMs],
      [5, false, 'ssh-remote', 3_000],
    );
  });

  it('remembers what a person chose', () => {
    const first = harness();
    first.model.setWindow(15);
    first.model.setCoresShown(true);
    const { state } = harness(first.memory.get('livePanel')).model;
    assert.deepEqual([state.windowMinutes, state.coresShown], [15, true]);
  });

  for (const kept of ['15', { windowMinutes: 7, coresShown: true }, null, []]) {
    it(`does not believe a memory of ${JSON.stringify(kept)}`, () => {
      assert.equal(harness(kept).model.state.windowMinutes, 5);
    });
  }

  it('samples at its own pace with processes while demanded, and no longer', () => {
    const { model, worker } = harness();
    const hold = model.demand();
    assert.deepEqual(worker.config, { intervalMs: 3_000, processes: 'everyTick' });
    hold.dispose();
    assert.equal(worker.config, undefined);
    hold.dispose();
  });

  it('takes a changed interval over while it is demanded', () => {
    const { model, worker, settings } = harness();
    const states: number[] = [];
    model.onState(({ intervalMs }) => states.push(intervalMs));
    const hold = model.demand();
    model.configure(settings({ 'metrics.intervalSeconds': 10 }));
    assert.equal(worker.config?.intervalMs, 10_000);
    assert.equal(states.at(-1), 10_000);
    hold.dispose();
    assert.equal(worker.config, undefined);
  });

  it('shows the pace in force where others want figures more often', () => {
    const { model, metrics } = harness();
    const states: number[] = [];
    model.onState(({ intervalMs }) => states.push(intervalMs));
    const hold = model.demand();
    const other = metrics.demand({ intervalMs: 1_000, processes: 'never' });
    other.dispose();
    assert.deepEqual(states, [3_000, 1_000, 3_000]);
    hold.dispose();
  });

  it('tells that a person paused, wherever they did', () => {
    const { model, metrics } = harness();
    const states: boolean[] = [];
    model.onState(({ paused }) => states.push(paused));
    metrics.setPaused(true);
    model.setPaused(false);
    assert.deepEqual(states, [true, false]);
  });

  it('gives everything back when it is disposed', () => {
    const { clock, model, worker } = harness();
    model.demand();
    model.dispose();
    assert.equal(worker.config, undefined);
    assert.equal(clock.pendingTimers, 0);
  });
});

import assert from 'node:assert/strict';
import type { GpuError, GpuServiceSettings } from '../../../src/gpu/gpuService';
import { GpuTelemetry, type SupervisedGpu } from '../../../src/gpu/gpuTelemetry';
import type { GpuState } from '../../../src/shared/gpu/gpu';
import { Emitter } from '../../../src/shared/event';

/** Notes what it is told; like the real one, it tells apart whether it runs and whether it samples. */
class NotingGpu implements SupervisedGpu {
  state: GpuState = { status: 'running', count: 0, devices: [] };
  readonly cost = undefined;
  readonly error = new Emitter<GpuError>().event;
  running = false;
  paused = false;
  restarts = 0;
  disposed = false;
  settings: GpuServiceSettings | undefined;

  start(): void {
    this.running = true;
  }

  stop(): Promise<void> {
    this.running = false;
    return Promise.resolve();
  }

  restart(): void {
    this.running = true;
    this.restarts += 1;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  configure(settings: GpuServiceSettings): void {
    this.settings = settings;
  }

  dispose(): void {
    this.disposed = true;
  }
}

function started(service: SupervisedGpu): GpuTelemetry {
  const telemetry = new GpuTelemetry(service, settings);
  telemetry.start();
  return telemetry;
}

const settings = { enabled: true, providers: [], intervalMs: 3_000 } as const;

describe('GpuTelemetry', () => {
  it('starts nothing before somebody looks', () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.configure({ ...settings, intervalMs: 4_000 });
    assert.equal(service.running, false);
    telemetry.follow(5_000);
    assert.deepEqual([service.running, service.paused], [true, false]);
  });

  it('waits for startup to get to it, whoever looks', () => {
    const service = new NotingGpu();
    const telemetry = new GpuTelemetry(service, settings);
    telemetry.follow(3_000);
    assert.equal(service.running, false);
    telemetry.start();
    assert.equal(service.running, true);
  });

  it('samples as often as those who look, and not more often than the setting', () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(5_000);
    assert.equal(service.settings?.intervalMs, 5_000);
    telemetry.follow(1_000);
    assert.equal(service.settings.intervalMs, 3_000);
  });

  it('stops sampling while nobody looks or a person paused', () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(3_000);
    telemetry.follow(undefined);
    assert.deepEqual([service.running, service.paused], [true, true]);
    telemetry.follow(3_000);
    assert.equal(service.paused, false);
  });

  it('stays stopped by command until it is started, whoever looks', async () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(3_000);
    await telemetry.stop();
    telemetry.follow(1_000);
    assert.equal(service.running, false);
    telemetry.start();
    assert.equal(service.running, true);
  });

  it('obeys the switch in the settings, and says so', () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(3_000);
    telemetry.configure({ ...settings, enabled: false });
    assert.equal(service.running, false);
    assert.deepEqual(
      [telemetry.state.status, telemetry.state.reason],
      ['stopped', 'Switched off in the settings'],
    );
    telemetry.restart();
    assert.equal(service.restarts, 0);
    telemetry.configure(settings);
    assert.equal(service.running, true);
    assert.equal(telemetry.state.status, 'running');
  });

  it('restarts on demand, also after a stop', async () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(3_000);
    await telemetry.stop();
    telemetry.restart();
    assert.deepEqual([service.running, service.restarts], [true, 1]);
  });

  it('starts anew when it is started after it was given up', () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(3_000);
    service.state = { status: 'breakerOpen', failures: 3, reason: 'EACCES', count: 0, devices: [] };
    telemetry.start();
    assert.equal(service.restarts, 1);
    service.state = { status: 'running', count: 0, devices: [] };
    telemetry.start();
    assert.equal(service.restarts, 1);
  });

  it('passes providers on only where a person chose some', () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(3_000);
    assert.ok(service.settings && !('providers' in service.settings));
    telemetry.configure({ ...settings, providers: ['amd'] });
    assert.deepEqual(service.settings.providers, ['amd']);
  });

  it('ends for good', async () => {
    const service = new NotingGpu();
    const telemetry = started(service);
    telemetry.follow(3_000);
    await telemetry.end();
    telemetry.follow(3_000);
    assert.deepEqual([service.running, service.disposed], [false, true]);
  });
});

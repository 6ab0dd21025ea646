import assert from 'node:assert/strict';
import type { GpuProvider, GpuProviderEvents } from '../../../src/gpu/providers/provider';
import { Sampler } from '../../../src/gpu/sampler';
import type { GpuDevice } from '../../../src/shared/gpu/gpu';
import type { GpuLine, GpuProviderName } from '../../../src/shared/protocol/gpuLines';
import { FakeClock } from '../support/fakeClock';
import { device } from './support/gpuDevices';

class FakeProvider implements GpuProvider {
  events!: GpuProviderEvents;
  devices: readonly GpuDevice[] | undefined = [];
  failure: Error | undefined;
  reads = 0;
  started: number[] = [];
  suspended = 0;
  pids: readonly number[] = [];
  readonly isLastResort: boolean;

  constructor(readonly name: GpuProviderName) {
    this.isLastResort = name === 'systeminformation';
  }

  start(intervalMs: number): void {
    this.started.push(intervalMs);
  }

  suspend(): void {
    this.suspended += 1;
  }

  dispose(): void {
    // Nothing is held.
  }

  read(): readonly GpuDevice[] | undefined {
    this.reads += 1;
    if (this.failure) throw this.failure;
    return this.devices;
  }

  toolPids(): readonly number[] {
    return this.pids;
  }
}

describe('Sampler', () => {
  let clock: FakeClock;
  let written: GpuLine[];
  let nvidia: FakeProvider;
  let amd: FakeProvider;
  let last: FakeProvider;
  let sampler: Sampler;

  beforeEach(() => {
    clock = new FakeClock();
    written = [];
    nvidia = new FakeProvider('nvidia');
    amd = new FakeProvider('amd');
    last = new FakeProvider('systeminformation');
    sampler = new Sampler(
      [nvidia, amd, last].map((provider) => (events: GpuProviderEvents) => {
        provider.events = events;
        return provider;
      }),
      { intervalMs: 3_000, probeMs: 30_000, settleMs: 10_000 },
      clock,
      (line) => written.push(line),
    );
  });

  afterEach(() => {
    sampler.dispose();
    assert.equal(clock.pendingTimers, 0);
  });

  const readings = (): string[][] =>
    written.flatMap((line) => (line.type === 'metrics' ? [line.gpus.map(({ id }) => id)] : []));

  it('is nearly asleep without a GPU', async () => {
    sampler.start();
    await clock.advance(299_999);
    assert.equal(amd.reads, 10);
    assert.deepEqual(readings(), [[]]);
  });

  it('samples at the interval while there is a device, and wakes up for one', async () => {
    sampler.start();
    amd.devices = [device('a')];
    await clock.advance(30_000);
    await clock.advance(9_000);
    assert.deepEqual(readings(), [[], ['a'], ['a'], ['a'], ['a']]);
    amd.devices = [];
    await clock.advance(3_000);
    assert.deepEqual(readings().at(-1), []);
  });

  it('waits with the first reading until every provider has answered', async () => {
    nvidia.devices = undefined;
    amd.devices = [device('a')];
    sampler.start();
    await clock.advance(4_000);
    assert.deepEqual(readings(), []);
    nvidia.devices = [device('n')];
    nvidia.events.onReading();
    assert.deepEqual(readings(), [['n', 'a']]);
  });

  it('does not wait for ever, and never says "none" for "not known"', async () => {
    nvidia.devices = undefined;
    sampler.start();
    await clock.advance(60_000);
    assert.deepEqual(readings(), []);
    amd.devices = [device('a')];
    await clock.advance(30_000);
    assert.deepEqual(readings().at(-1), ['a']);
  });

  it('lets a provider that has a tool set the pace for all', async () => {
    nvidia.devices = [device('n')];
    nvidia.pids = [42];
    amd.devices = [device('a')];
    sampler.start();
    for (let round = 0; round < 10; round += 1) {
      await clock.advance(3_100);
      nvidia.events.onReading();
    }
    assert.equal(readings().length, 11, 'one line for each round, none between');
  });

  it('goes on without a provider that throws, says so once, and says when it is back', async () => {
    amd.devices = [device('a')];
    nvidia.devices = [device('n', { powerW: 3 })];
    sampler.start();
    nvidia.failure = new Error('EIO');
    await clock.advance(6_000);
    assert.deepEqual(readings().at(-1), ['n', 'a']);
    const gpus = written.flatMap((line) => (line.type === 'metrics' ? [line.gpus] : [])).at(-1)!;
    assert.deepEqual(gpus[0]?.metrics.powerW, { status: 'unavailable' }, 'an old figure is not the present');
    nvidia.failure = undefined;
    await clock.advance(3_000);
    assert.deepEqual(
      written.filter(({ type }) => type.startsWith('provider')),
      [
        { type: 'providerError', provider: 'nvidia', message: 'EIO' },
        { type: 'providerRecovered', provider: 'nvidia' },
      ],
    );
  });

  it('asks the last resort only when all others have answered', async () => {
    nvidia.devices = undefined;
    sampler.start();
    await clock.advance(5_000);
    assert.equal(last.reads, 0);
    nvidia.devices = [];
    last.devices = [device('s')];
    nvidia.events.onReading();
    assert.deepEqual(readings(), [['s']]);
  });

  it('names a device once that two providers know', () => {
    nvidia.devices = [device('x', { powerW: 1 })];
    amd.devices = [device('x')];
    sampler.start();
    assert.deepEqual(readings(), [['x']]);
  });

  it('samples nothing while suspended', async () => {
    amd.devices = [device('a')];
    sampler.start();
    sampler.suspend();
    nvidia.events.onReading();
    await clock.advance(60_000);
    assert.equal(readings().length, 1);
    assert.equal(amd.suspended, 1);
    sampler.start();
    assert.equal(readings().length, 2);
    sampler.setInterval(1_000);
    assert.deepEqual(amd.started, [3_000, 3_000, 1_000]);
  });
});

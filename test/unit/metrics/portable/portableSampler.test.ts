import assert from 'node:assert/strict';
import { PortableSampler } from '../../../../src/services/metrics/portable/portableSampler';
import { metricsWorkerProtocol } from '../../../../src/shared/protocol/metricsWorker';
import type { MachineSnapshot } from '../../../../src/shared/metrics/snapshot';
import { FakeClock } from '../../support/fakeClock';
import { FakeSource } from '../support/fakeSource';

const costly = ['disk', 'traffic', 'connections', 'temperature', 'frequency'];

describe('PortableSampler', () => {
  let clock: FakeClock;
  let source: FakeSource;
  let sampler: PortableSampler;
  beforeEach(() => {
    clock = new FakeClock();
    source = new FakeSource();
    sampler = new PortableSampler(clock, source);
  });
  afterEach(() => {
    sampler.dispose();
    assert.equal(clock.pendingTimers, 0, 'no timer is left');
  });

  /** Samples every 3 s for a while and returns the last snapshot; every one must be one that the owner accepts. */
  async function run(ms: number, demand: 'never' | 'slow' | 'everyTick' = 'never'): Promise<MachineSnapshot> {
    let last = sampler.sample(demand);
    for (let passed = 0; passed < ms; passed += 3_000) {
      await clock.advance(3_000);
      last = sampler.sample(demand);
      const parsed = metricsWorkerProtocol.push(last);
      assert.ok('value' in parsed, 'problem' in parsed ? parsed.problem : '');
    }
    return last;
  }

  it('waits for nobody: the first sample has what the machine says at once, and names the rest', () => {
    const { memory, absent, cpu } = sampler.sample('never');
    assert.deepEqual([memory.totalMB, memory.usedMB, memory.percent], [1_000, 400, 40]);
    assert.equal(cpu.count, 1);
    assert.deepEqual([absent['cpu.percent'], absent['cpu.loadAverage']], ['notAvailableYet', 'unsupported']);
    assert.equal(absent['network.connections'], 'notAvailableYet');
    assert.equal(absent['processes'], 'notStarted');
  });

  it('dates the figures that are older than their snapshot', async () => {
    const { cpu, disk, network } = await run(0);
    assert.deepEqual(
      [cpu.sensorsAt, disk.ratesAt, network.ratesAt, network.connectionsAt],
      [undefined, undefined, undefined, undefined],
    );
    const startMs = clock.now();
    const last = await run(57_000);
    const agesMs = [
      last.cpu.sensorsAt,
      last.disk.ratesAt,
      last.network.ratesAt,
      last.network.connectionsAt,
    ].map((at) => Date.parse(at ?? '') - startMs);
    assert.deepEqual(agesMs, [0, 30_000, 30_000, 0]);
    assert.equal(Date.parse(last.timestamp) - startMs, 57_000);
  });

  it('has every figure in time', async () => {
    source.times = [{ total: 0, idle: 0 }];
    await run(3_000);
    source.times = [{ total: 100, idle: 25 }];
    source.threadMs = 30;
    await clock.advance(3_000);
    const { cpu, sentinel } = sampler.sample('never');
    assert.equal(cpu.percent, 75);
    assert.equal(sentinel.cpuPercent, 1);
    const last = await run(60_000);
    assert.deepEqual(
      [last.cpu.temperatureC, last.cpu.frequencyMHz, last.network.connections, last.disk.totalMB],
      [50, 3_000, 5, 2],
    );
    assert.deepEqual(Object.keys(last.absent).sort(), [
      'cpu.cores',
      'cpu.loadAverage',
      'cpu.percent',
      'memory.swapTotalMB',
      'memory.swapUsedMB',
      'processes',
    ]);
  });

  it('starts programs on slow tiers only, and the list of processes while someone looks', async () => {
    await run(57_000, 'slow');
    const count = (name: string): number => source.asked.filter((asked) => asked === name).length;
    assert.deepEqual(costly.map(count), [2, 2, 1, 1, 1]);
    assert.equal(count('processes'), 0);
    assert.equal(count('memory'), 0);
    const { processes } = await run(6_000, 'everyTick');
    assert.deepEqual(
      processes?.top.map(({ name }) => name),
      ['busy', 'idle'],
    );
  });

  it('takes rates over the time between two answers', async () => {
    await run(27_000);
    source.counters = { readBytes: 60_000, writtenBytes: 30_000 };
    source.rxBytes = 90_000;
    const { disk, network } = await run(6_000);
    assert.deepEqual([disk.readBytesPerSec, disk.writeBytesPerSec], [2_000, 1_000]);
    assert.equal(network.rxBytesPerSec, 3_000, 'loopback does not count');
  });

  it('shows no spike after an hour of sleep', async () => {
    await run(3_000);
    clock.suspend(3_600_000);
    source.counters = { readBytes: 3_603_000, writtenBytes: 0 };
    const { disk } = await run(3_000);
    assert.equal(disk.readBytesPerSec, 1_000);
  });

  for (const [how, reason] of [
    ['reject', 'failed'],
    ['never', 'timedOut'],
    ['unsupported', 'unsupported'],
  ] as const) {
    it(`goes on beside sources that ${how === 'reject' ? 'fail' : how === 'never' ? 'never answer' : 'have nothing'}`, async () => {
      for (const name of [...costly, 'processes', 'memory']) source.trouble.set(name, how);
      source.available = undefined;
      const { absent, memory } = await run(150_000, 'everyTick');
      for (const figure of [
        'cpu.temperatureC',
        'cpu.frequencyMHz',
        'network.connections',
        'network.rxBytesPerSec',
        'disk.readBytesPerSec',
        'memory.usedMB',
        'processes',
      ]) {
        assert.equal(absent[figure], reason, figure);
      }
      assert.equal(memory.totalMB, 1_000);
      if (how === 'never') {
        for (const name of costly)
          assert.equal(source.asked.filter((asked) => asked === name).length, 1, name);
      }
    });
  }

  it('leaves out single figures that an answer lacks', async () => {
    source.available = undefined;
    source.measured = { availableMB: 700, swapTotalMB: 10, swapUsedMB: undefined };
    source.counters = { readBytes: undefined, writtenBytes: 0 };
    source.rxBytes = undefined;
    const { memory, disk, network, absent } = await run(60_000);
    assert.deepEqual([memory.usedMB, memory.swapTotalMB, memory.swapUsedMB], [300, 10, undefined]);
    assert.equal(absent['memory.swapUsedMB'], 'failed');
    assert.deepEqual([disk.readBytesPerSec, disk.writeBytesPerSec], [undefined, 0]);
    assert.deepEqual([network.rxBytesPerSec, network.txBytesPerSec], [undefined, 0]);
    source.measured = { availableMB: undefined, swapTotalMB: 10, swapUsedMB: 1 };
    const { absent: later, memory: unknown } = await run(60_000);
    assert.deepEqual([unknown.percent, later['memory.percent']], [undefined, 'failed']);
    source.rxBytes = 1_000_000;
    assert.equal((await run(12_000)).network.rxBytesPerSec, undefined, 'no spike from nothing');
  });

  it('recovers when a source answers again', async () => {
    source.trouble.set('connections', 'reject');
    assert.equal((await run(120_000)).absent['network.connections'], 'failed');
    source.trouble.clear();
    assert.equal((await run(150_000)).network.connections, 5);
  });

  it('is not stopped by a list of volumes that fails, nor by a volume that is gone', async () => {
    source.trouble.set('volumes', 'reject');
    assert.equal((await run(6_000)).absent['disk.totalMB'], 'unsupported');
    source.trouble.clear();
    source.trouble.set('statfs', 'unsupported');
    const { disk, absent } = await run(60_000);
    assert.equal(disk.volumes[0]?.absent, 'unsupported');
    assert.equal(absent['disk.totalMB'], 'unsupported');
  });
});

import assert from 'node:assert/strict';
import os from 'node:os';
import { PortableSampler } from '../../../../src/services/metrics/portable/portableSampler';
import { type SystemInformation, systemSource } from '../../../../src/services/metrics/portable/systemSource';
import { systemClock } from '../../../../src/shared/clock';
import { metricsWorkerProtocol } from '../../../../src/shared/protocol/metricsWorker';
import { until } from '../support/until';

/** The portable sampler on this machine, whatever it is: programs of the system answer in real time. */
describe('PortableSampler on this machine', function () {
  this.timeout(40_000);

  it('has figures that the machine itself confirms', async () => {
    const sampler = new PortableSampler(systemClock, systemSource());
    try {
      const first = sampler.sample('everyTick');
      assert.ok('value' in metricsWorkerProtocol.push(first));
      let snapshot = first;
      await until(
        () => {
          snapshot = sampler.sample('everyTick');
          const { network, disk, processes, cpu } = snapshot;
          return (
            network.interfaces.length > 0 &&
            disk.volumesAt !== undefined &&
            (processes !== undefined || snapshot.absent['processes'] !== 'notAvailableYet') &&
            cpu.percent !== undefined
          );
        },
        'answers of the system',
        30_000,
      );
      const parsed = metricsWorkerProtocol.push(snapshot);
      assert.ok('value' in parsed, 'problem' in parsed ? parsed.problem : '');
      const { cpu, memory, disk, network, processes } = snapshot;
      assert.equal(cpu.count, os.cpus().length);
      assert.equal(memory.totalMB, os.totalmem() / 1_024 / 1_024);
      assert.ok((memory.usedMB ?? 0) > 0 && (memory.usedMB ?? 0) < (memory.totalMB ?? 0));
      assert.ok((disk.totalMB ?? 0) > (disk.usedMB ?? 0) && (disk.usedMB ?? 0) > 0);
      assert.ok(network.interfaces.some(({ name }) => name in os.networkInterfaces()));
      if (processes !== undefined) assert.ok(processes.count > 1 && processes.top.length > 0);
    } finally {
      sampler.dispose();
    }
  });
});

describe('what systeminformation answers', () => {
  const MB = 1_024 * 1_024;
  /** Whatever its types promise. */
  const source = (answers: Partial<Record<keyof SystemInformation, unknown>>) =>
    systemSource(
      'darwin',
      new Proxy({} as SystemInformation, {
        get: (_, name: keyof SystemInformation) => () => Promise.resolve(answers[name]),
      }),
    );

  it('is handed on in our units', async () => {
    const made = source({
      mem: { available: 7 * MB, swaptotal: 2 * MB, swapused: 0 },
      fsStats: { rx: 5, wx: 0 },
      networkStats: [{ iface: 'made0', operstate: 'up', rx_bytes: 1, tx_bytes: 0 }],
      cpuTemperature: { main: 50 },
      cpuCurrentSpeed: { avg: 2.5 },
      processes: { all: 3, list: [{ pid: 1, name: 'one', cpu: 0, memRss: 1_024 }] },
    });
    assert.deepEqual(await made.measureMemory(), { availableMB: 7, swapTotalMB: 2, swapUsedMB: 0 });
    assert.deepEqual(await made.diskCounters(), { readBytes: 5, writtenBytes: 0 });
    assert.deepEqual(await made.traffic(), [
      { name: 'made0', up: true, rxBytes: 1, txBytes: 0, internal: false, virtual: false },
    ]);
    assert.deepEqual([await made.temperatureC(), await made.frequencyMHz()], [50, 2_500]);
    assert.deepEqual(await made.processes(), {
      count: 3,
      list: [{ pid: 1, name: 'one', cpuPercent: 0, rssMB: 1 }],
    });
  });

  it('tells devices from what sends its bytes through one', async () => {
    const names = [
      'en0',
      'awdl0',
      'Wi-Fi',
      'Ethernet 2',
      'bridge100',
      'utun3',
      'docker0',
      'br-1a2b',
      'veth12',
    ];
    names.push('tun0', 'vEthernet (WSL)', 'VirtualBox Host-Only Network', 'tunnel-less');
    const made = source({
      networkStats: names.map((iface) => ({ iface, operstate: 'up', rx_bytes: 1, tx_bytes: 1 })),
    });
    assert.deepEqual(
      (await made.traffic())?.filter(({ virtual }) => !virtual).map(({ name }) => name),
      ['en0', 'awdl0', 'Wi-Fi', 'Ethernet 2', 'tunnel-less'],
    );
  });

  it('counts the connections that Linux counts', async () => {
    const states = ['ESTABLISHED', 'CLOSE_WAIT', 'TIME_WAIT', 'LISTEN', 'SYN_SENT'];
    const rows = states.map((state) => ({ protocol: 'tcp4', state }));
    const made = source({ networkConnections: [...rows, { protocol: 'udp', state: 'ESTABLISHED' }] });
    assert.equal(await made.connections(), 2);
  });

  for (const nothing of [null, NaN, -1, undefined, Infinity, '5']) {
    it(`is no figure when it is ${typeof nothing === 'string' ? 'a text' : String(nothing)}`, async () => {
      const made = source({
        mem: { available: nothing, swaptotal: 2 * MB, swapused: nothing },
        fsStats: { rx: nothing, wx: nothing },
        networkStats: [{ iface: 'made0', operstate: 'up', rx_bytes: nothing, tx_bytes: 4 }],
        cpuTemperature: { main: nothing },
        cpuCurrentSpeed: { avg: nothing },
        processes: {
          all: 3,
          list: [
            { pid: 1, name: 'no cpu', cpu: nothing, memRss: 1 },
            { pid: 2, name: 'no memory', cpu: 1, memRss: nothing },
            { pid: nothing, name: 'no id', cpu: 1, memRss: 1 },
            { pid: 4, name: 'known', cpu: 0, memRss: 0 },
          ],
        },
      });
      assert.deepEqual(await made.measureMemory(), {
        availableMB: undefined,
        swapTotalMB: 2,
        swapUsedMB: undefined,
      });
      assert.equal(await made.diskCounters(), undefined);
      const [row] = (await made.traffic()) ?? [];
      assert.deepEqual([row?.rxBytes, row?.txBytes], [undefined, 4]);
      assert.deepEqual([await made.temperatureC(), await made.frequencyMHz()], [undefined, undefined]);
      assert.deepEqual(
        (await made.processes())?.list.map(({ name }) => name),
        ['known'],
      );
      const uncounted = source({ processes: { all: nothing, list: [] } });
      assert.equal(await uncounted.processes(), undefined);
    });
  }

  it('has no disk counters on systems that do not count', async () => {
    assert.equal(await source({ fsStats: null }).diskCounters(), undefined);
  });
});

import assert from 'node:assert/strict';
import os from 'node:os';
import { PortableSampler } from '../../../../src/services/metrics/portable/portableSampler';
import { systemSource } from '../../../../src/services/metrics/portable/systemSource';
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

import assert from 'node:assert/strict';
import { LinuxSampler } from '../../../../src/services/metrics/linux/linuxSampler';
import { metricsWorkerProtocol } from '../../../../src/shared/protocol/metricsWorker';
import { FakeClock, settle } from '../../support/fakeClock';
import { ManualVolumes } from '../support/manualVolumes';
import { seededRandom } from '../support/random';
import { recordedFile, recordedFiles, recordedTree } from '../support/recorded';
import { linkOwnNamespaces, type SystemTree } from '../support/systemTree';

describe('LinuxSampler', () => {
  let clock: FakeClock;
  let tree: SystemTree;
  let volumes: ManualVolumes;
  let sampler: LinuxSampler;
  beforeEach(() => {
    clock = new FakeClock();
    tree = recordedTree();
    volumes = new ManualVolumes();
    sampler = create();
  });
  afterEach(() => {
    sampler.dispose();
    tree.dispose();
    assert.equal(clock.pendingTimers, 0, 'no timer is left');
  });

  function create(): LinuxSampler {
    return new LinuxSampler({ clock, ...tree.roots, statfs: volumes.statfs, addresses: () => ({}) });
  }

  it('names in the first sample what needs a second one or a slower tier, and leaves it out', () => {
    const first = sampler.sample('never');
    assert.equal(first.elapsedMs, undefined);
    assert.equal(first.cpu.count, 2);
    assert.equal(first.disk.totalMB, undefined);
    assert.deepEqual(first.absent, {
      'cpu.percent': 'notAvailableYet',
      'cpu.cores': 'notAvailableYet',
      'cpu.temperatureC': 'unsupported',
      'cpu.frequencyMHz': 'unsupported',
      'disk.totalMB': 'notAvailableYet',
      'disk.usedMB': 'notAvailableYet',
      'disk.percent': 'notAvailableYet',
      'disk.readBytesPerSec': 'notAvailableYet',
      'disk.writeBytesPerSec': 'notAvailableYet',
      'network.rxBytesPerSec': 'notAvailableYet',
      'network.txBytesPerSec': 'notAvailableYet',
      processes: 'notStarted',
      'sentinel.cpuPercent': 'unsupported',
    });
  });

  it('has every figure of the recorded machine in the second one', async () => {
    sampler.sample('everyTick');
    volumes.answer('/');
    clock.suspend(3_000);
    await settle();
    tree.write('proc/net/dev', recordedFile('proc/net/dev').replace(/eth0: \d+/, 'eth0: 9000000000'));
    tree.write('proc/stat', 'cpu  9000000 0 0 0\ncpu0 4500000 0 0 0\ncpu1 4500000 0 0 0\n');
    const second = sampler.sample('everyTick');
    assert.equal(second.elapsedMs, 3_000);
    assert.equal(second.cpu.percent, 100);
    assert.equal(second.disk.totalMB, 100);
    assert.equal(second.disk.readBytesPerSec, 0);
    assert.ok((second.network.rxBytesPerSec ?? 0) > 0);
    assert.deepEqual(
      second.network.interfaces.map(({ name, up }) => [name, up]),
      [
        ['lo', true],
        ['ifb0', false],
        ['ifb1', false],
        ['eth0', true],
      ],
    );
    assert.equal(second.processes?.count, 1);
    assert.equal(second.machine.container, undefined);
    assert.deepEqual(Object.keys(second.absent), [
      'cpu.temperatureC',
      'cpu.frequencyMHz',
      'sentinel.cpuPercent',
    ]);
  });

  it('shows no spike after an hour of sleep', () => {
    tree.write('proc/thread-self/schedstat', '0 0 0\n');
    sampler.sample('never');
    clock.suspend(3_600_000);
    tree.write('proc/diskstats', ' 254 0 vda 0 0 12261282 0 0 0 6942488 0\n');
    tree.write('proc/thread-self/schedstat', '3600000000 0 0\n');
    const { disk, elapsedMs, sentinel } = sampler.sample('never');
    assert.equal(elapsedMs, 3_600_000);
    assert.equal(disk.readBytesPerSec, (7_200_000 * 512) / 3_600);
    assert.equal(sentinel.cpuPercent, 0.1);
  });

  it('answers two askers within moments with the same sample', () => {
    const first = sampler.sample('never');
    clock.suspend(100);
    assert.equal(sampler.sample('never'), first);
    clock.suspend(100);
    assert.notEqual(sampler.sample('never'), first);
  });

  it('stamps the wall clock, and takes rates from the other one', () => {
    sampler.sample('never');
    clock.suspend(3_000);
    clock.adjustWallClock(-3_600_000);
    const { timestamp, elapsedMs, disk } = sampler.sample('never');
    assert.equal(timestamp, '2024-01-15T09:30:48.000Z');
    assert.equal(elapsedMs, 3_000);
    assert.equal(disk.readBytesPerSec, 0);
  });

  it('looks at volumes, interfaces and sensors on their slower tiers only', async () => {
    for (let second = 0; second < 60; second += 3) {
      sampler.sample('never');
      if (volumes.openQuestions.length > 0) volumes.answer('/');
      await clock.advance(3_000);
    }
    assert.deepEqual(volumes.asked, ['/', '/']);
    tree.write('sys/class/net/eth0/operstate', 'down\n');
    const { network, disk } = sampler.sample('never');
    assert.equal(network.interfacesAt, '2024-01-15T10:31:45.000Z');
    assert.equal(network.interfaces.at(-1)?.up, false);
    assert.equal(disk.volumesAt, '2024-01-15T10:31:15.000Z');
    volumes.answer('/');
    await settle();
  });

  it('lists processes while someone looks: slowly for a tooltip, at every tick for a list', () => {
    assert.equal(sampler.sample('slow').processes, undefined);
    clock.suspend(3_000);
    const second = sampler.sample('slow');
    assert.equal(second.processes?.count, 1, 'the tooltip need not wait for the next turn');
    clock.suspend(3_000);
    assert.equal(sampler.sample('slow').processes, second.processes);
    clock.suspend(27_000);
    assert.notEqual(sampler.sample('slow').processes, second.processes);
    const fast = [1, 2, 3].map(() => {
      clock.suspend(3_000);
      return sampler.sample('everyTick').processes?.sampledAt;
    });
    assert.equal(new Set(fast).size, 3);
    clock.suspend(3_000);
    const none = sampler.sample('never');
    assert.deepEqual([none.processes, none.absent['processes']], [undefined, 'notStarted']);
    clock.suspend(3_000);
    assert.equal(sampler.sample('everyTick').absent['processes'], 'notAvailableYet', 'begins anew');
  });

  it('looks at the processes of a crowded machine seldom enough to stay cheap', () => {
    // A clock on which the third look of a sample comes 40 ms later, as reading a table of thousands of processes does.
    let looks = 0;
    const busy = new (class extends FakeClock {
      override monotonicMs(): number {
        if (looks++ % 3 === 2) this.suspend(40);
        return super.monotonicMs();
      }
    })();
    const crowded = new LinuxSampler({
      clock: busy,
      ...tree.roots,
      statfs: volumes.statfs,
      addresses: () => ({}),
    });
    const stamps = new Set<string>();
    for (let tick = 0; tick < 40; tick++) {
      busy.suspend(3_000);
      looks = 0;
      const { processes } = crowded.sample('everyTick');
      if (processes !== undefined) stamps.add(processes.sampledAt);
    }
    crowded.dispose();
    assert.ok(stamps.size >= 3 && stamps.size <= 15, `${stamps.size} lists in two minutes`);
  });

  it('says so where the system has no volume of its own', async () => {
    tree.write('proc/self/mountinfo', '');
    sampler.sample('never');
    await settle();
    clock.suspend(3_000);
    const { absent, disk } = sampler.sample('never');
    assert.equal(absent['disk.totalMB'], 'unsupported');
    assert.deepEqual(disk.volumes, []);
  });

  it("shows a container's limits beside the machine's figures", () => {
    linkOwnNamespaces(tree).write('root/.dockerenv', '');
    tree.write('sys/fs/cgroup/cgroup.controllers', '').write('proc/self/cgroup', '0::/\n');
    tree.write('sys/fs/cgroup/cpu.max', '100000 100000\n');
    tree.write('sys/fs/cgroup/memory.max', `${1_024 ** 3}\n`);
    tree.write('sys/fs/cgroup/memory.current', `${512 * 1_024 ** 2}\n`);
    const inside = create();
    const { machine, memory } = inside.sample('never');
    inside.dispose();
    assert.deepEqual(machine.container, {
      runtime: 'docker',
      cpuLimit: 1,
      memoryLimitMB: 1_024,
      memoryUsedMB: 512,
    });
    assert.ok((memory.totalMB ?? 0) > 20_000, "the machine's");
  });

  it('sends a snapshot that its owner accepts, whatever the files hold', async () => {
    const seed = Number(process.env['SENTINEL_TEST_SEED'] ?? Date.now() % 1_000_000);
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const damage = (text: string): string | Buffer => {
      const at = Math.floor(random() * text.length);
      const numbers = ['0', '-1', '18446744073709551615', '9'.repeat(350), 'NaN', '', ' ', '\0', '1e300'];
      return pick<() => string | Buffer>([
        () => '',
        () => text.slice(0, at),
        () => text.slice(at),
        () => Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256))),
        () => text.replaceAll('\n', '\r\n'),
        () => text.replaceAll(' ', pick(['  ', '\t', ''])),
        () => text.replace(/\d+/g, (digits) => (random() < 0.2 ? pick(numbers) : digits)),
        () => text.slice(0, at) + String.fromCharCode(Math.floor(random() * 65_536)) + text.slice(at + 1),
        () => text + text,
      ])();
    };
    for (let round = 0; round < 400; round++) {
      for (const file of recordedFiles) {
        if (random() < 0.4) tree.write(file, damage(recordedFile(file)));
        else if (random() < 0.05) tree.remove(file);
        else tree.write(file, recordedFile(file));
      }
      const snapshot = sampler.sample(pick(['never', 'slow', 'everyTick']));
      const parsed = metricsWorkerProtocol.push(snapshot);
      assert.ok(
        'value' in parsed,
        `seed ${seed}, round ${round}: ${'problem' in parsed ? parsed.problem : ''}`,
      );
      if (volumes.openQuestions.includes('/')) {
        volumes.answer('/', {
          bfree: pick([0, 50, 1e19]),
          bavail: pick([0, 50, 1.8e19, -3]),
          blocks: pick([0, 100]),
        });
      }
      await clock.advance(pick([0, 150, 1_000, 31_000]));
    }
  }).timeout(20_000);

  it('opens again after it was disposed and leaks nothing when disposed twice', () => {
    sampler.sample('never');
    sampler.dispose();
    sampler.dispose();
    sampler = create();
    assert.equal(sampler.sample('never').cpu.count, 2);
  });
});

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LinuxSampler } from '../../../../src/services/metrics/linux/linuxSampler';
import { systemClock } from '../../../../src/shared/clock';
import type { MachineSnapshot } from '../../../../src/shared/metrics/snapshot';
import { metricsWorkerProtocol } from '../../../../src/shared/protocol/metricsWorker';
import { skip } from '../../../support/skip';
import { until } from '../support/until';

/** The sampler on this machine, against what is read independently at the same moment. Real time throughout. */
describe('LinuxSampler on this machine', function () {
  this.timeout(30_000);
  let sampler: LinuxSampler;
  before(function () {
    if (process.platform !== 'linux') skip(this, 'reads /proc of Linux');
  });
  beforeEach(() => {
    sampler = new LinuxSampler({ clock: systemClock });
  });
  afterEach(() => {
    sampler.dispose();
  });

  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  function near(actual: number | undefined, expected: number, tolerance: number, what: string): void {
    assert.ok(
      actual !== undefined && Math.abs(actual - expected) <= tolerance,
      `${what}: ${actual} against ${expected}`,
    );
  }

  /** What a tool prints, or undefined where it is not installed. */
  function output(tool: string, ...args: string[]): string | undefined {
    try {
      return execFileSync(tool, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    } catch {
      return undefined;
    }
  }

  async function twoSamples(): Promise<MachineSnapshot> {
    sampler.sample('everyTick');
    await pause(600);
    return sampler.sample('everyTick');
  }

  it('agrees with free, df, nproc and /proc read by others', async () => {
    const { memory, disk, cpu, absent, ...rest } = await twoSamples();
    const meminfo = readFileSync('/proc/meminfo', 'utf8');
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(meminfo)?.[1]);
    assert.equal(memory.totalMB, kilobytes('MemTotal') / 1_024);
    near(memory.usedMB, (kilobytes('MemTotal') - kilobytes('MemAvailable')) / 1_024, 300, 'used memory');
    const free = output('free', '-m')?.split('\n')[1]?.split(/ +/).map(Number);
    if (free?.[1] !== undefined && free[6] !== undefined) {
      near(memory.totalMB, free[1], 1, 'total memory of free');
      near(memory.availableMB, free[6], 300, 'available memory of free');
    }

    const df = output('df', '-P', '-k', '/')?.split('\n')[1]?.split(/ +/);
    if (df !== undefined && !absent['disk.totalMB']) {
      near(disk.totalMB, Number(df[1]) / 1_024, 1, 'size of /');
      near(disk.usedMB, Number(df[2]) / 1_024, 500, 'use of /');
      near(disk.percent, parseInt(df[4] ?? '', 10), 1.1, 'percentage of /');
      assert.equal(disk.volumes[0]?.mount, '/');
    }

    assert.equal(
      cpu.count,
      readFileSync('/proc/cpuinfo', 'utf8').match(/^processor\s*:/gm)?.length ?? cpu.count,
    );
    assert.equal(cpu.cores?.length, cpu.count);
    near(cpu.loadAverage?.[0], Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]), 1, 'load');
    assert.ok('value' in metricsWorkerProtocol.push({ memory, disk, cpu, absent, ...rest }));
  });

  it('lists as many processes as /proc holds, and the busiest one on top', async () => {
    const busy = spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' });
    try {
      await pause(200);
      const { processes } = await twoSamples();
      const count = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
      near(processes?.count, count, 15, 'processes');
      const found = processes?.top.find(({ pid }) => pid === busy.pid);
      assert.ok(found !== undefined, 'a busy process is among the busiest');
      assert.ok(found.cpuPercent > 20 && found.cpuPercent < 250, `${found.cpuPercent} %`);
      assert.ok(found.rssMB > 5);
    } finally {
      busy.kill('SIGKILL');
    }
  });

  it('sees a processor that is kept busy', async () => {
    // Two seconds of real time: shorter ones drown in what else the machine does.
    sampler.sample('never');
    const busy = spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' });
    try {
      await pause(2_000);
      const { cpu } = sampler.sample('never');
      // Others may keep all processors busy as well: only the lower bound is sure.
      assert.ok((cpu.percent ?? 0) >= 70 / cpu.count, `${cpu.percent} % of ${cpu.count} processors`);
      assert.ok(Math.max(...(cpu.cores ?? [])) >= 50);
    } finally {
      busy.kill('SIGKILL');
    }
  });

  it('sees what is written to a disk', async function () {
    const folder = mkdtempSync(path.join(tmpdir(), 'sentinel-write-'));
    try {
      sampler.sample('never');
      await pause(300);
      const rates = sampler.sample('never');
      if (rates.absent['disk.writeBytesPerSec'] === 'unsupported')
        skip(this, 'no disk is counted on this machine');
      const type = output('stat', '-f', '-c', '%T', folder)?.trim() ?? 'unknown';
      if (!/^(ext|xfs|btrfs|f2fs|jfs)/.test(type))
        skip(this, `the temporary folder is on ${type}, not on a disk`);
      const writtenMB = 48;
      const descriptor = openSync(path.join(folder, 'data'), 'w');
      for (let megabyte = 0; megabyte < writtenMB; megabyte++) {
        writeSync(descriptor, Buffer.alloc(1_024 * 1_024, megabyte + 1));
      }
      fsyncSync(descriptor);
      closeSync(descriptor);
      // Closer samples share their rates.
      await pause(300);
      const { disk, elapsedMs = 0 } = sampler.sample('never');
      const seenMB = ((disk.writeBytesPerSec ?? 0) * elapsedMs) / 1_000 / 1_024 / 1_024;
      assert.ok(seenMB >= writtenMB * 0.9, `${seenMB.toFixed(1)} of ${writtenMB} MB`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('knows its own thread', async () => {
    const { sentinel, machine } = await twoSamples();
    assert.ok((sentinel.rssMB ?? 0) > 1 && (sentinel.rssMB ?? 0) < 2_000);
    assert.equal(machine.platform, 'linux');
    assert.notEqual(machine.hostname, '');
  });

  it('keeps as many descriptors open after 200 samples as after one', async () => {
    const count = (): number => readdirSync('/proc/self/fd').length;
    sampler.sample('everyTick');
    await until(
      () => sampler.sample('everyTick').disk.volumesAt !== undefined,
      'the first turn of the volumes',
    );
    const before = count();
    let now = performance.now();
    const fast = new LinuxSampler({ clock: { ...systemClock, monotonicMs: () => (now += 1_000) } });
    for (let turn = 0; turn < 200; turn++) fast.sample('everyTick');
    fast.dispose();
    await until(() => count() <= before, 'no more descriptors than before');
  });
});

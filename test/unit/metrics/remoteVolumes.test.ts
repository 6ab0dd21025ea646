import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readAnswer, RemoteVolumes, statFinder } from '../../../src/services/metrics/remoteVolumes';
import type { ProcessEnd } from '../../../src/services/process/processCommand';
import { RunningProcess } from '../../../src/services/process/runningProcess';
import { systemClock } from '../../../src/shared/clock';
import { toDisposable } from '../../../src/shared/disposable';
import { nullLogger } from '../../../src/shared/logger';
import type { VolumeMetrics } from '../../../src/shared/metrics/snapshot';
import { skip } from '../../support/skip';
import { FakeClock, settle } from '../support/fakeClock';
import { FakeStat } from './support/fakeStat';

const minuteMs = 60_000;
const share = (mount: string): VolumeMetrics => ({
  mount,
  fs: 'nfs4',
  remote: true,
  absent: 'notAvailableYet',
});
const disk: VolumeMetrics = { mount: '/', fs: 'ext4', totalMB: 10, usedMB: 1, percent: 10 };

describe('RemoteVolumes', () => {
  let clock: FakeClock;
  let stat: FakeStat;
  let file: string | undefined;
  let volumes: RemoteVolumes;
  beforeEach(() => {
    clock = new FakeClock();
    stat = new FakeStat();
    file = '/usr/bin/stat';
    volumes = new RemoteVolumes({ runner: stat, findStat: () => Promise.resolve(file), clock });
    volumes.follow(true);
  });
  afterEach(() => {
    volumes.dispose();
    assert.equal(clock.pendingTimers, 0, 'no timer is left');
  });

  /** What is shown of each volume: its percentage, or why there is none. */
  const shown = (...list: VolumeMetrics[]): (number | string | undefined)[] =>
    volumes.merge(list).map(({ percent, absent }) => absent ?? percent);

  /** Snapshots every 3 s for a while. */
  async function run(ms: number, ...list: VolumeMetrics[]): Promise<void> {
    for (let passed = 0; passed < ms; passed += 3_000) {
      volumes.merge(list);
      await clock.advance(3_000);
    }
  }

  /** Answers whatever is asked while snapshots go on. */
  async function runAnswering(ms: number, ...list: VolumeMetrics[]): Promise<void> {
    for (let passed = 0; passed < ms; passed += 3_000) {
      volumes.merge(list);
      await settle();
      while (stat.openMounts.length > 0) {
        stat.answer(stat.openMounts[0]!);
        await settle();
      }
      await clock.advance(3_000);
    }
  }

  it('asks by a program that takes nothing for an option, and shows the sizes', async () => {
    assert.deepEqual(volumes.merge([disk, share('-f')]), [disk, share('-f')]);
    await settle();
    const { command } = stat.asked[0]!;
    assert.equal(command.file, '/usr/bin/stat');
    assert.deepEqual(command.args, ['-f', '-c', '%S %b %f %a', '--', '-f']);
    stat.answer('-f');
    await settle();
    assert.deepEqual(volumes.merge([disk, share('-f')]), [
      disk,
      { mount: '-f', fs: 'nfs4', remote: true, totalMB: 100, usedMB: 50, percent: 50 },
    ]);
  });

  it('asks one at a time, without waiting for snapshots in between', async () => {
    volumes.merge([share('/a'), share('/b'), share('/c')]);
    await settle();
    volumes.merge([share('/a'), share('/b'), share('/c')]);
    for (const mount of ['/a', '/b', '/c']) {
      await settle();
      assert.deepEqual(stat.openMounts, [mount]);
      stat.answer(mount);
    }
    await settle();
    assert.deepEqual(stat.openMounts, []);
  });

  it('asks a volume once a minute at most', async () => {
    await runAnswering(5 * minuteMs, share('/a'), share('/b'));
    assert.deepEqual(stat.askedMounts, ['/a', '/b', '/a', '/b', '/a', '/b', '/a', '/b', '/a', '/b']);
  });

  it('asks only while somebody looks, and shows no sizes that are old', async () => {
    volumes.follow(false);
    await run(5 * minuteMs, share('/a'));
    assert.deepEqual(stat.askedMounts, []);
    volumes.follow(true);
    await runAnswering(3_000, share('/a'), share('/b'));
    volumes.follow(false);
    await run(5 * minuteMs - 3_000, share('/a'));
    assert.deepEqual(shown(share('/a')), [50]);
    await run(6_000, share('/a'));
    assert.deepEqual(shown(share('/a')), ['notAvailableYet']);
    assert.equal(stat.asked.length, 2);
  });

  it('does not go on to the next volume when nobody looks any more', async () => {
    volumes.merge([share('/a'), share('/b')]);
    await settle();
    volumes.follow(false);
    stat.answer('/a');
    await settle();
    assert.deepEqual(stat.askedMounts, ['/a']);
  });

  it('runs nothing where no volume is remote', async () => {
    await run(5 * minuteMs, disk, { mount: '/usb', fs: 'vfat', absent: 'notAvailableYet' });
    assert.equal(stat.asked.length, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it('kills a question after two seconds, goes on with the others and leaves the volume alone for longer and longer', async () => {
    const list = [share('/dead'), share('/fine')];
    const askedAt: number[] = [];
    for (let passed = 0; passed < 300 * minuteMs; passed += 1_000) {
      volumes.merge(list);
      await settle();
      if (stat.openMounts.includes('/fine')) stat.answer('/fine');
      const count = stat.askedMounts.filter((mount) => mount === '/dead').length;
      if (count > askedAt.length) askedAt.push(clock.monotonicMs());
      await clock.advance(1_000);
    }
    const pauses = askedAt.slice(1).map((atMs, index) => Math.round((atMs - askedAt[index]!) / minuteMs));
    assert.deepEqual(pauses, [5, 10, 20, 40, 60, 60, 60]);
    assert.deepEqual(shown(...list), ['timedOut', 50]);
    assert.ok(
      stat.asked.filter(({ command }) => command.args.at(-1) === '/dead').every(({ killed }) => killed),
    );
    assert.equal(stat.askedMounts.filter((mount) => mount === '/fine').length, 300);
  }).timeout(20_000);

  it('shows it as soon as it answers again, and forgives', async () => {
    const ask = async (): Promise<void> => {
      volumes.merge([share('/a')]);
      await clock.advance(2_000);
    };
    await ask();
    await clock.advance(5 * minuteMs);
    volumes.merge([share('/a')]);
    await settle();
    stat.answer('/a');
    await settle();
    assert.deepEqual(shown(share('/a')), [50]);
    await clock.advance(minuteMs);
    await ask();
    assert.deepEqual(shown(share('/a')), ['timedOut']);
    await clock.advance(5 * minuteMs);
    await ask();
    assert.equal(stat.asked.length, 4, 'the first rest again, not the second');
  });

  it('has one process per volume at most, also where the kernel lets none go', async () => {
    stat.unkillable = true;
    await run(300 * minuteMs, share('/dead'), share('/dead2'));
    assert.deepEqual(stat.openMounts, ['/dead', '/dead2']);
    assert.equal(stat.asked.length, 2);
    assert.deepEqual(shown(share('/dead'), share('/dead2')), ['timedOut', 'timedOut']);
    assert.equal(clock.pendingTimers, 0);
    stat.endAs('/dead', { status: 'cancelled' });
    await settle();
    volumes.merge([share('/dead'), share('/dead2')]);
    await settle();
    stat.answer('/dead');
    await settle();
    assert.deepEqual(shown(share('/dead'), share('/dead2')), [50, 'timedOut']);
  }).timeout(20_000);

  it('forgets a volume that was unmounted', async () => {
    await runAnswering(3_000, share('/a'));
    assert.deepEqual(shown(share('/a')), [50]);
    volumes.merge([disk]);
    assert.deepEqual(shown(share('/a')), ['notAvailableYet']);
  });

  it('says so where there is no such program, and finds it later', async () => {
    file = undefined;
    await run(3_000, share('/a'));
    assert.deepEqual(shown(share('/a')), ['unsupported']);
    file = '/bin/stat';
    await runAnswering(2 * minuteMs, share('/a'));
    assert.deepEqual(shown(share('/a')), [50]);
  });

  it('survives a look for the program that fails', async () => {
    volumes = new RemoteVolumes({ runner: stat, findStat: () => Promise.reject(new Error('x')), clock });
    volumes.follow(true);
    await run(3_000, share('/a'));
    assert.deepEqual(shown(share('/a')), ['unsupported']);
  });

  it('kills what runs when disposed, and asks nothing more', async () => {
    volumes.merge([share('/a'), share('/b')]);
    await settle();
    volumes.dispose();
    volumes.dispose();
    assert.equal(clock.pendingTimers, 0);
    assert.equal(stat.asked[0]?.killed, true);
    await run(2 * minuteMs, share('/a'), share('/b'));
    assert.deepEqual(stat.askedMounts, ['/a']);
  });

  it('starts nothing when it was disposed while the program was looked for', async () => {
    volumes.merge([share('/a')]);
    volumes.dispose();
    await settle();
    assert.equal(stat.asked.length, 0);
  });
});

describe('the answer of stat', () => {
  const exited = (exitCode: number): ProcessEnd => ({ status: 'exited', exitCode });
  const read = (text: string, end: ProcessEnd = exited(0), stderr = '', truncated = false) =>
    readAnswer({
      end,
      stdout: { text, truncated },
      stderr: { text: stderr, truncated: false },
      durationMs: 1,
    });

  it('has four numbers', () => {
    assert.deepEqual(read('1048576 100 50 40\n'), { totalMB: 100, usedMB: 50, percent: (100 * 50) / 90 });
    assert.deepEqual(
      read('4096 0 0 0'),
      { absent: 'unsupported' },
      'a file system without a size of its own',
    );
  });

  it('is believed only as far as it makes sense', () => {
    const huge = '18446744073709551615';
    for (const text of [
      '',
      '\n',
      '1 2 3',
      '1 2 3 4 5',
      '1 2 3 -4',
      '1.5 2 3 4',
      '1e3 2 3 4',
      '0x1 2 3 4',
      'NaN 2 3 4',
      '1  2 3 4',
      '1 2 3 4\n\n',
      '1 2 3 4\n1 2 3 4\n',
      ' 1 2 3 4',
      `1 2 3 ${huge}0`,
      '0 2 1 1',
      '\u0661 2 3 4',
    ]) {
      assert.deepEqual(read(text), { absent: 'failed' }, JSON.stringify(text));
    }
    assert.deepEqual(read('1 2 3 4', exited(0), '', true), { absent: 'failed' }, 'cut off');
    for (const text of [
      `${huge} ${huge} ${huge} ${huge}`,
      `4096 100 ${huge} ${huge}`,
      `4096 100 50 ${huge}`,
    ]) {
      const { totalMB = NaN, usedMB = NaN, percent = NaN } = read(text);
      assert.ok(Number.isFinite(totalMB) && usedMB >= 0 && usedMB <= totalMB, text);
      assert.ok(percent >= 0 && percent <= 100, text);
    }
  });

  it('may be why there is none', () => {
    for (const [end, stderr, absent] of [
      [{ status: 'notStarted', code: 'ENOENT', message: '' }, '', 'unsupported'],
      [{ status: 'notStarted', code: 'EAGAIN', message: '' }, '', 'failed'],
      [{ status: 'signalled', signal: 'SIGSEGV' }, '', 'failed'],
      [{ status: 'cancelled' }, '', 'failed'],
      [
        exited(1),
        "stat: cannot read file system information for '/a': Permission denied",
        'permissionDenied',
      ],
      [exited(1), "stat: can't read file system information for '/a': Stale file handle", 'failed'],
      [exited(127), '', 'failed'],
    ] as const) {
      assert.deepEqual(read('', end, stderr), { absent }, stderr);
    }
    assert.deepEqual(read('1 2 3 4', exited(1)), { absent: 'failed' }, 'figures of a failure');
  });

  it('is understood on this machine', async function () {
    const file = await statFinder()();
    if (file === undefined) skip(this, 'this machine has no program called stat');
    if (process.platform !== 'linux') skip(this, 'stat of other systems takes other options');
    assert.ok(existsSync(file));
    const args = ['-f', '-c', '%S %b %f %a', '--', '/'];
    const services = { clock: systemClock, logger: nullLogger, guard: () => toDisposable(() => undefined) };
    const { totalMB = 0, percent = NaN } = readAnswer(
      await new RunningProcess({ file, args }, services).result,
    );
    assert.ok(totalMB > 0 && percent >= 0 && percent <= 100);
  });
});

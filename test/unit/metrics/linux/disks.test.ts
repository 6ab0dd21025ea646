import assert from 'node:assert/strict';
import { Absences } from '../../../../src/services/metrics/absences';
import { DiskActivity, parseDiskstats } from '../../../../src/services/metrics/linux/disks';
import { recordedFile, recordedTree } from '../support/recorded';
import { SystemTree } from '../support/systemTree';

const kB = 1_024;

/** One line of /proc/diskstats; two sectors are 1 kB. */
function line(name: string, readKB: number, writtenKB: number): string {
  return `   8       0 ${name} 9 9 ${readKB * 2} 9 9 9 ${writtenKB * 2} 9 0 0 0\n`;
}

describe('DiskActivity', () => {
  let tree: SystemTree;
  let disks: DiskActivity;
  beforeEach(() => {
    tree = new SystemTree();
    disks = new DiskActivity(tree.roots.sysRoot);
  });
  afterEach(() => {
    tree.dispose();
  });

  function plug(...names: string[]): void {
    for (const name of names) tree.write(`sys/block/${name}/size`, '1\n');
    disks.refreshDisks();
  }

  function update(text: string, elapsedMs?: number): Record<string, unknown> {
    const absences = new Absences();
    return { ...disks.update({ text }, elapsedMs, absences), absent: absences.figures };
  }

  it('reads the recorded machine', () => {
    const counters = parseDiskstats(recordedFile('proc/diskstats'));
    assert.deepEqual(
      counters.find(({ name }) => name === 'vda'),
      { name: 'vda', sectorsRead: 5_061_282, sectorsWritten: 6_942_488 },
    );
    const recorded = recordedTree();
    const own = new DiskActivity(recorded.roots.sysRoot);
    own.refreshDisks();
    own.update({ text: recordedFile('proc/diskstats') }, undefined, new Absences());
    const rates = own.update({ text: recordedFile('proc/diskstats') }, 3_000, new Absences());
    recorded.dispose();
    assert.deepEqual(rates, { readBytesPerSec: 0, writeBytesPerSec: 0 });
  });

  it('gives rates over the real time between two samples', () => {
    plug('sda');
    assert.deepEqual(update(line('sda', 100, 100)), {
      absent: { 'disk.readBytesPerSec': 'notAvailableYet', 'disk.writeBytesPerSec': 'notAvailableYet' },
    });
    assert.deepEqual(update(line('sda', 130, 160), 3_000), {
      readBytesPerSec: 10 * kB,
      writeBytesPerSec: 20 * kB,
      absent: {},
    });
    const afterSuspend = update(line('sda', 3_730, 160), 3_600_000);
    assert.equal(afterSuspend['readBytesPerSec'], kB, 'an hour later, no spike');
  });

  it('counts each byte once: no partitions, no stacked, loop or memory devices', () => {
    plug('sda', 'nvme0n1', 'dm-0', 'md0', 'loop7', 'zram0', 'ram0');
    tree.write('sys/block/dm-0/slaves/sda2/size', '1').write('sys/block/md0/slaves/nvme0n1/size', '1');
    disks.refreshDisks();
    const all = ['sda', 'sda1', 'sda2', 'nvme0n1', 'nvme0n1p1', 'dm-0', 'md0', 'loop7', 'zram0', 'ram0'];
    update(all.map((name) => line(name, 0, 0)).join(''));
    const rates = update(all.map((name) => line(name, 10, 10)).join(''), 1_000);
    assert.equal(rates['readBytesPerSec'], 20 * kB);
  });

  it('knows disks whose names hold a slash, which the folder writes as "!"', () => {
    plug('cciss!c0d0');
    update(line('cciss/c0d0', 0, 0));
    assert.equal(update(line('cciss/c0d0', 5, 5), 1_000)['readBytesPerSec'], 5 * kB);
  });

  it('makes no spike of a disk that is plugged in, or unplugged and plugged in again', () => {
    plug('sda', 'sdb');
    update(line('sda', 0, 0) + line('sdb', 1_000, 1_000));
    assert.equal(update(line('sda', 1, 1), 1_000)['readBytesPerSec'], kB);
    assert.equal(update(line('sda', 2, 2) + line('sdb', 500, 500), 1_000)['readBytesPerSec'], kB);
    assert.equal(update(line('sda', 3, 3) + line('sdb', 501, 501), 1_000)['readBytesPerSec'], 2 * kB);
    assert.equal(update(line('sda', 4, 4) + line('sdb', 7, 7), 1_000)['readBytesPerSec'], kB, 'reset');
  });

  it('says so where no disk is counted', () => {
    plug('loop0');
    assert.deepEqual(update(line('loop0', 1, 1), 1_000), {
      absent: { 'disk.readBytesPerSec': 'unsupported', 'disk.writeBytesPerSec': 'unsupported' },
    });
    const absences = new Absences();
    disks.update({ absent: 'permissionDenied' }, 1_000, absences);
    assert.equal(absences.figures['disk.readBytesPerSec'], 'permissionDenied');
  });

  it('takes broken lines for none', () => {
    plug('sda');
    for (const text of [
      '',
      '\0\u00ff\u00fe',
      '   8 0 sda 1 2',
      '   8 0 sda a b c d e f g h\n',
      `   8 0 sda 1 1 ${'9'.repeat(400)} 1 1 1 1 1\n`,
      '\r\n\r\n',
    ]) {
      assert.deepEqual(parseDiskstats(text), [], JSON.stringify(text));
    }
    assert.equal(parseDiskstats(line('sda', 1, 1).replace('\n', '\r\n')).length, 1);
  });

  it('handles hundreds of disks', () => {
    const names = Array.from({ length: 500 }, (_, index) => `sd${index}`);
    plug(...names);
    update(names.map((name) => line(name, 0, 0)).join(''));
    assert.equal(update(names.map((name) => line(name, 1, 1)).join(''), 1_000)['readBytesPerSec'], 500 * kB);
  });
});

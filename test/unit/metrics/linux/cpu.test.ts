import assert from 'node:assert/strict';
import { Absences } from '../../../../src/services/metrics/absences';
import { CpuUsage, parseCpuTimes } from '../../../../src/services/metrics/linux/cpu';
import type { CpuMetrics } from '../../../../src/shared/metrics/snapshot';
import { recordedFile } from '../support/recorded';

/** One line of /proc/stat: the given ticks busy and idle. */
function line(name: string, busy: number, idle: number): string {
  return `${name}  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n`;
}

function update(cpu: CpuUsage, text: string): Partial<CpuMetrics> & { absent: Record<string, string> } {
  const absences = new Absences();
  return { ...cpu.update({ text }, absences), absent: absences.figures };
}

describe('CpuUsage', () => {
  it('reads the recorded machine: two processors, sums that fit', () => {
    const times = parseCpuTimes(recordedFile('proc/stat'));
    assert.deepEqual([...times.keys()], ['cpu', 'cpu0', 'cpu1']);
    const total = (name: string): number => times.get(name)?.total ?? NaN;
    assert.ok(Math.abs(total('cpu') - total('cpu0') - total('cpu1')) <= 20);
  });

  it('has no figure before the second sample, then the share of the time between', () => {
    const cpu = new CpuUsage();
    assert.deepEqual(update(cpu, line('cpu', 100, 100) + line('cpu0', 100, 100)), {
      count: 1,
      absent: { 'cpu.percent': 'notAvailableYet', 'cpu.cores': 'notAvailableYet' },
    });
    assert.deepEqual(update(cpu, line('cpu', 125, 175) + line('cpu0', 125, 175)), {
      percent: 25,
      cores: [25],
      count: 1,
      absent: {},
    });
  });

  it('counts waiting for I/O as idle, stolen time as busy, and guests once', () => {
    const cpu = new CpuUsage();
    // user nice system idle iowait irq softirq steal guest guest_nice; guest is part of user already.
    update(cpu, 'cpu 0 0 0 0 0 0 0 0 0 0\n');
    assert.equal(update(cpu, 'cpu 10 0 0 40 30 0 0 20 10 0\n').percent, 30);
  });

  it('shows nothing false when counters stand still, go back, or a machine was moved', () => {
    const cpu = new CpuUsage();
    update(cpu, line('cpu', 100, 100));
    assert.equal(update(cpu, line('cpu', 100, 100)).percent, undefined, 'stood still');
    assert.equal(update(cpu, line('cpu', 5, 5)).percent, undefined, 'went back');
    assert.equal(update(cpu, line('cpu', 15, 35)).percent, 25, 'goes on from there');
    // iowait alone may go back.
    update(cpu, 'cpu 100 0 0 100 50 0 0 0\n');
    assert.equal(update(cpu, 'cpu 200 0 0 100 49 0 0 0\n').percent, 100);
  });

  it('follows a processor that is unplugged and plugged in again', () => {
    const cpu = new CpuUsage();
    const all = line('cpu', 0, 0) + line('cpu0', 0, 0) + line('cpu1', 0, 0);
    update(cpu, all);
    const one = update(cpu, line('cpu', 10, 10) + line('cpu0', 10, 10));
    assert.deepEqual([one.count, one.cores], [1, [50]]);
    const back = update(cpu, line('cpu', 20, 20) + line('cpu0', 20, 20) + line('cpu1', 900, 100));
    assert.equal(back.count, 2);
    assert.equal(back.cores, undefined, 'the new one has no figure, and the strip keeps its order');
    assert.equal(back.absent['cpu.cores'], 'notAvailableYet');
    assert.equal(back.percent, 50);
    const next = update(cpu, line('cpu', 40, 20) + line('cpu0', 30, 20) + line('cpu1', 910, 100));
    assert.deepEqual(next.cores, [100, 100]);
  });

  it('handles thousands of processors in their order', () => {
    const stat = (busy: number, idle: number): string =>
      line('cpu', busy * 4_096, idle * 4_096) +
      Array.from({ length: 4_096 }, (_, index) => line(`cpu${index}`, busy, idle)).join('');
    const cpu = new CpuUsage();
    update(cpu, stat(0, 0));
    const result = update(cpu, stat(1, 3));
    assert.equal(result.count, 4_096);
    assert.ok(result.cores?.every((percent) => percent === 25));
  });

  for (const [name, text] of Object.entries({
    empty: '',
    binary: '\0\u0001\u00ff\u00fecpu\0\0',
    'cut in mid line': 'cpu  12 3',
    'missing columns': 'cpu 1 2\ncpu0 1 2\n',
    'words for numbers': 'cpu a b c d e f g h\n',
    'beyond any number': `cpu ${'9'.repeat(400)} 0 0 0\n`,
  })) {
    it(`takes ${name} for no figure`, () => {
      const cpu = new CpuUsage();
      update(cpu, text);
      const result = update(cpu, text);
      assert.equal(result.percent, undefined);
      assert.equal(result.cores, undefined);
      assert.equal(result.absent['cpu.percent'], 'notAvailableYet');
    });
  }

  it('reads lines that end in CR LF, and old kernels with four columns', () => {
    const cpu = new CpuUsage();
    update(cpu, 'cpu 0 0 0 0\r\ncpu0 0 0 0 0\r\n');
    assert.equal(update(cpu, 'cpu 1 0 0 3\r\ncpu0 1 0 0 3\r\n').percent, 25);
  });

  it('says why where the file is closed to it, and still how many processors there are', () => {
    const absences = new Absences();
    const result = new CpuUsage().update({ absent: 'permissionDenied' }, absences);
    assert.ok(result.count > 0, 'never 0: nothing runs without a processor');
    assert.deepEqual(absences.figures, {
      'cpu.percent': 'permissionDenied',
      'cpu.cores': 'permissionDenied',
    });
  });
});

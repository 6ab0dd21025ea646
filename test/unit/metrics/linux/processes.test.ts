import assert from 'node:assert/strict';
import { parseProcessStat, ProcessTable } from '../../../../src/services/metrics/linux/processes';
import { ReadBuffer } from '../../../../src/services/metrics/linux/systemFile';
import { recordedFile } from '../support/recorded';
import { SystemTree } from '../support/systemTree';

function stat(
  pid: number,
  {
    name = 'worker',
    ticks = 0,
    start = 1_000,
    pages = 256,
  }: { name?: string; ticks?: number; start?: number; pages?: number } = {},
): string {
  return `${pid} (${name}) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} 9999 ${pages} 0 0\n`;
}

const at = '2024-01-15T10:30:45.000Z';

describe('parseProcessStat', () => {
  it('reads the recorded process', () => {
    assert.deepEqual(parseProcessStat(recordedFile('proc/1/stat')), {
      pid: 1,
      name: 'init',
      cpuTicks: 118 + 586,
      startTicks: 24,
      residentPages: 4_316,
    });
  });

  it('reads names with spaces, parentheses, newlines and colons', () => {
    for (const name of ['Web Content', ') S 1 (', 'a\nb', 'x:y', '', '((', 'ümläut', 'tmux: server']) {
      assert.deepEqual(parseProcessStat(stat(7, { name, ticks: 3 })), {
        pid: 7,
        name,
        cpuTicks: 3,
        startTicks: 1_000,
        residentPages: 256,
      });
    }
  });

  it('takes broken text for no process', () => {
    const sound = stat(7);
    assert.notEqual(parseProcessStat(sound), undefined);
    const badIds = ['-1', '0', '', '1.5', '1e300', 'x'].map((id) => sound.replace(/^7/, id));
    const broken = ['', '\0\u00ff', '12 (x', '12 x) S', '12 (x) S 1 2 3', `1 (x) ${'a '.repeat(30)}`];
    for (const text of [...broken, ...badIds]) {
      assert.equal(parseProcessStat(text), undefined, JSON.stringify(text));
    }
  });
});

describe('ProcessTable', () => {
  let tree: SystemTree;
  let table: ProcessTable;
  beforeEach(() => {
    tree = new SystemTree();
    table = new ProcessTable(tree.roots.procRoot, new ReadBuffer(1_024), 4_096);
  });
  afterEach(() => {
    tree.dispose();
  });

  it('lists the busiest first, as shares of one processor over real time', () => {
    tree.writeAll({ 'proc/1/stat': stat(1), 'proc/2/stat': stat(2), 'proc/3/stat': stat(3, { pages: 512 }) });
    tree.write('proc/cpuinfo', '').write('proc/0x1/stat', stat(9)).write('proc/self/stat', stat(1));
    assert.equal(table.update(0, at, 2), undefined, 'nothing to compare with yet');
    tree.write('proc/2/stat', stat(2, { ticks: 400 }));
    assert.deepEqual(table.update(2_000, at, 2), {
      count: 3,
      top: [
        { pid: 2, name: 'worker', cpuPercent: 200, rssMB: 1 },
        { pid: 3, name: 'worker', cpuPercent: 0, rssMB: 2 },
      ],
      sampledAt: at,
    });
    tree.write('proc/2/stat', stat(2, { ticks: 400 + 360_000 }));
    assert.equal(table.update(3_602_000, at, 1)?.top[0]?.cpuPercent, 100, 'after an hour of sleep');
  });

  it('tells a process from a later one with the same number, and forgets one that ended', () => {
    tree.write('proc/5/stat', stat(5, { ticks: 90_000, start: 10 }));
    table.update(0, at, 5);
    tree.write('proc/5/stat', stat(5, { ticks: 50, start: 900_000 }));
    assert.equal(table.update(1_000, at, 5)?.top[0]?.cpuPercent, 50);
    tree.remove('proc/5').write('proc/6/stat', stat(6));
    assert.deepEqual(
      table.update(2_000, at, 5)?.top.map(({ pid }) => pid),
      [6],
    );
  });

  it('never shows less than nothing when the kernel corrects its counts', () => {
    tree.write('proc/5/stat', stat(5, { ticks: 100 }));
    table.update(0, at, 5);
    tree.write('proc/5/stat', stat(5, { ticks: 90 }));
    assert.equal(table.update(1_000, at, 5)?.top[0]?.cpuPercent, 0);
  });

  it('begins anew after a time in which nobody looked', () => {
    tree.write('proc/5/stat', stat(5));
    table.update(0, at, 5);
    table.reset();
    tree.write('proc/5/stat', stat(5, { ticks: 100 }));
    assert.equal(table.update(1_000, at, 5), undefined);
  });

  it('is empty, not broken, where /proc cannot be listed', () => {
    table.update(0, at, 5);
    assert.deepEqual(table.update(1_000, at, 5), undefined);
  });
});

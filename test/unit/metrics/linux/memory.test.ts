import assert from 'node:assert/strict';
import { Absences } from '../../../../src/services/metrics/absences';
import { memoryMetrics } from '../../../../src/services/metrics/linux/memory';
import type { Reading } from '../../../../src/services/metrics/linux/systemFile';
import type { MemoryMetrics } from '../../../../src/shared/metrics/snapshot';
import { recordedFile } from '../support/recorded';

function read(reading: string | Reading): { memory: MemoryMetrics; absent: Record<string, string> } {
  const absences = new Absences();
  const memory = memoryMetrics(typeof reading === 'string' ? { text: reading } : reading, absences);
  return { memory, absent: absences.figures };
}

describe('memoryMetrics', () => {
  it('reads the recorded machine', () => {
    const text = recordedFile('proc/meminfo');
    const kilobytes = (name: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name}:`))
          ?.replace(/\D/g, ''),
      );
    const { memory, absent } = read(text);
    assert.deepEqual(absent, {});
    assert.equal(memory.totalMB, kilobytes('MemTotal') / 1_024);
    assert.equal(memory.usedMB, (kilobytes('MemTotal') - kilobytes('MemAvailable')) / 1_024);
    assert.equal(memory.swapTotalMB, kilobytes('SwapTotal') / 1_024);
  });

  it('guesses nothing on kernels without MemAvailable', () => {
    const { memory, absent } = read(
      'MemTotal:  4096 kB\nMemFree: 1024 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    );
    assert.deepEqual(memory, { totalMB: 4, swapTotalMB: 0, swapUsedMB: 0 });
    assert.deepEqual(absent, {
      'memory.usedMB': 'unsupported',
      'memory.availableMB': 'unsupported',
      'memory.percent': 'unsupported',
    });
  });

  it('never shows less than nothing in use', () => {
    const { memory } = read('MemTotal: 1024 kB\nMemAvailable: 2048 kB\nSwapTotal: 0 kB\nSwapFree: 8 kB\n');
    assert.deepEqual([memory.usedMB, memory.percent, memory.swapUsedMB], [0, 0, 0]);
  });

  for (const [name, text] of Object.entries({
    empty: '',
    binary: '\0\u00ff\u00fe\u0001',
    'cut in mid line': 'MemTot',
    'words for numbers': 'MemTotal: much kB\n',
    'beyond any number': `MemTotal: ${'9'.repeat(400)} kB\nMemAvailable: ${'9'.repeat(400)} kB\n`,
  })) {
    it(`takes ${name} for no figure`, () => {
      const { memory, absent } = read(text);
      assert.deepEqual(memory, {});
      assert.equal(absent['memory.totalMB'], 'failed');
    });
  }

  it('reads lines that end in CR LF', () => {
    assert.equal(read('MemTotal: 2048 kB\r\nMemAvailable: 1024 kB\r\n').memory.percent, 50);
  });

  it('passes on why the file could not be read', () => {
    const { memory, absent } = read({ absent: 'permissionDenied' });
    assert.deepEqual(memory, {});
    assert.equal(Object.keys(absent).length, 6);
    assert.ok(Object.values(absent).every((reason) => reason === 'permissionDenied'));
  });
});

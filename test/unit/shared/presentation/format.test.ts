import assert from 'node:assert/strict';
import {
  formatBytes,
  formatCount,
  formatExactBytes,
  formatFrequency,
  formatInteger,
  formatInterval,
  formatPercent,
  formatPower,
  formatProcessPercent,
  formatRate,
  formatSize,
  formatSmallPercent,
  formatTemperature,
  rateCeiling,
  shortProcessName,
  sizePair,
} from '../../../../src/shared/presentation/format';

const kb = 1024;
const mb = 1024 * kb;

function table<T>(format: (value: T) => string, rows: readonly (readonly [T, string])[]): void {
  for (const [value, text] of rows) assert.equal(format(value), text, `of ${String(value)}`);
}

describe('formatting of figures', () => {
  it('bytes: from one upwards, and exactly where the short figure is rounded', () => {
    table(formatBytes, [
      [0, '0 bytes'],
      [1, '1 byte'],
      [999, '999 bytes'],
      [1_000, '1 KB'],
      [2_412, '2.4 KB'],
      [kb * 1_000, '1 MB'],
      [4.2 * mb, '4.2 MB'],
      [150 * mb, '150 MB'],
      [Number.MAX_SAFE_INTEGER, '8 PB'],
    ]);
    table(formatExactBytes, [
      [412, '412 bytes'],
      [2_412, '2.4 KB (2\u202f412 bytes)'],
    ]);
  });

  it('sizes: three digits at most, the unit that fits', () => {
    table(formatSize, [
      [0, '0 MB'],
      [0.4, '0 MB'],
      [46.2, '46 MB'],
      [999.4, '999 MB'],
      [999.6, '1 GB'],
      [1024, '1 GB'],
      [32051, '31.3 GB'],
      [387072, '378 GB'],
      [1048575, '1 TB'],
      [3879731, '3.7 TB'],
      [5 * 1024 ** 3, '5 PB'],
    ]);
  });

  it('used and total share the total’s unit, unless nothing would be left of the used part', () => {
    assert.deepEqual(sizePair(12083, 32051), { used: '11.8', total: '31.3 GB' });
    assert.deepEqual(sizePair(933233, 1048576), { used: '0.89', total: '1 TB' });
    assert.deepEqual(sizePair(200, 4 * 1024 ** 2), { used: '200 MB', total: '4 TB' });
    assert.deepEqual(sizePair(0, 4 * 1024 ** 2), { used: '0', total: '4 TB' });
    assert.deepEqual(sizePair(128, 512), { used: '128', total: '512 MB' });
  });

  it('rates', () => {
    table(formatRate, [
      [0, '0 B/s'],
      [512, '512 B/s'],
      [1000, '1 KB/s'],
      [9.95 * kb, '9.9 KB/s'],
      [310 * kb, '310 KB/s'],
      [4.2 * mb, '4.2 MB/s'],
      [12.4 * mb, '12 MB/s'],
      [2.5 * 1024 * mb, '2.5 GB/s'],
    ]);
  });

  it('percentages tell a trace from nothing', () => {
    table(formatPercent, [
      [0, '0 %'],
      [0.2, '<1 %'],
      [31.4, '31 %'],
      [99.6, '100 %'],
    ]);
    table(formatSmallPercent, [
      [0, '0 %'],
      [0.001, '<0.01 %'],
      [0.04, '0.04 %'],
      [0.21, '0.2 %'],
      [12, '12 %'],
    ]);
    table(formatProcessPercent, [
      [24.14, '24.1 %'],
      [0, '0.0 %'],
      [99.97, '100 %'],
      [4821.4, '4821 %'],
    ]);
  });

  it('frequencies, temperatures, power, intervals', () => {
    table(formatFrequency, [
      [800, '800 MHz'],
      [3400, '3.4 GHz'],
    ]);
    table(formatTemperature, [
      [61.4, '61 °C'],
      [-0.2, '0 °C'],
    ]);
    table(formatPower, [
      [4.56, '4.6 W'],
      [412.3, '412 W'],
    ]);
    table(formatInterval, [
      [3000, 'every 3 s'],
      [1500, 'every 1.5 s'],
    ]);
  });

  it('counts', () => {
    assert.equal(formatCount(1, 'core'), '1 core');
    assert.equal(formatCount(214, 'process', 'processes'), '214 processes');
    assert.equal(formatInteger(1234567), '1\u202f234\u202f567');
  });

  it('the top of an open-ended chart is a round figure above all values', () => {
    assert.equal(rateCeiling(Number.NEGATIVE_INFINITY), 10 * kb);
    assert.equal(rateCeiling(0), 10 * kb);
    assert.equal(rateCeiling(4.2 * mb), 5 * mb);
    assert.equal(rateCeiling(10 * mb), 10 * mb);
    assert.equal(rateCeiling(10.1 * mb), 20 * mb);
    for (let bytes = 1; bytes < 1e12; bytes *= 1.7) assert.ok(rateCeiling(bytes) >= bytes, `of ${bytes}`);
  });

  it('a command is known by its program, not by its folders', () => {
    assert.equal(
      shortProcessName('/opt/env/bin/python train.py --data /srv/set'),
      'python train.py --data /srv/set',
    );
    assert.equal(shortProcessName('C:\\Program Files\\App\\app.exe'), 'app.exe');
    assert.equal(shortProcessName('ollama'), 'ollama');
    assert.equal(shortProcessName('/opt/env/'), '/opt/env/');
  });
});

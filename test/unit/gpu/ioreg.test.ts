import assert from 'node:assert/strict';
import { parseIoreg } from '../../../src/gpu/providers/ioreg';
import { fixtureText } from './support/gpuFixtures';

describe('parseIoreg', () => {
  it("reads Apple's own graphics, whose memory is shared", () => {
    const [card, ...others] = parseIoreg(fixtureText('ioreg-apple-silicon.txt'));
    assert.equal(others.length, 0);
    assert.equal(card?.id, '0x100000481');
    assert.equal(card.name, 'Apple M3 Pro');
    assert.equal(card.vendor, 'apple');
    assert.deepEqual(card.metrics.utilizationPercent, { status: 'ok', value: 16 });
    assert.deepEqual(card.metrics.memoryUsedMB, { status: 'ok', value: 542 });
    assert.deepEqual(card.metrics.memoryTotalMB, { status: 'unsupported' });
    assert.deepEqual(card.metrics.temperatureC, { status: 'unsupported' });
  });

  it('reads two cards side by side and leaves out what measures nothing', () => {
    const cards = parseIoreg(fixtureText('ioreg-radeon.txt'));
    assert.deepEqual(
      cards.map(({ name, vendor }) => [name, vendor]),
      [
        ['IntelAccelerator', 'intel'],
        ['AMD Radeon Pro 5500 M', 'amd'],
      ],
    );
    const { metrics } = cards[1]!;
    assert.deepEqual(metrics.utilizationPercent, { status: 'ok', value: 13 });
    assert.deepEqual(metrics.memoryTotalMB, { status: 'ok', value: 4096 });
    assert.deepEqual(metrics.temperatureC, { status: 'ok', value: 49 });
    assert.deepEqual(metrics.fanPercent, { status: 'unsupported' }, 'revolutions are no percentage');
  });

  it('finds nothing in nothing', () => {
    assert.deepEqual(parseIoreg(''), []);
    assert.deepEqual(parseIoreg('garbage\n+-o \n'), []);
  });
});

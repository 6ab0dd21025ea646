import assert from 'node:assert/strict';
import { ByteHistogram } from '../../../../src/services/scan/content/byteHistogram';

function entropyOf(bytes: Uint8Array): number {
  const histogram = new ByteHistogram();
  histogram.add(bytes);
  return histogram.entropy();
}

describe('entropy', () => {
  it('is nothing for nothing and for one kind of byte, and 8 for all kinds', () => {
    assert.equal(entropyOf(Buffer.alloc(0)), 0);
    assert.equal(entropyOf(Buffer.alloc(1000, 7)), 0);
    assert.equal(entropyOf(Buffer.from('abababab')), 1);
    assert.equal(entropyOf(Uint8Array.from({ length: 4096 }, (_, index) => index % 256)), 8);
  });

  it('does not depend on the parts in which the content passes', () => {
    const bytes = Buffer.from('some text, and a number: 12345');
    const histogram = new ByteHistogram();
    for (const byte of bytes) histogram.add(Uint8Array.of(byte));
    assert.ok(Math.abs(histogram.entropy() - entropyOf(bytes)) < 1e-12);
    assert.ok(entropyOf(bytes) > 3 && entropyOf(bytes) < 5);
  });
});

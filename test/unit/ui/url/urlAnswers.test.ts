import assert from 'node:assert/strict';
import { scannedText } from '../../../../src/ui/url/urlTexts';
import { english } from '../../support/translate';

describe('the age of an answer about a link', () => {
  for (const [ageMs, text] of [
    [0, 'Scanned just now.'],
    [59_999, 'Scanned just now.'],
    [60_000, 'Scanned 1 minute ago.'],
    [119_999, 'Scanned 1 minute ago.'],
    [59 * 60_000, 'Scanned 59 minutes ago.'],
  ] as const) {
    it(`is told as "${text}" after ${ageMs} ms`, () => {
      assert.equal(scannedText(ageMs, english), text);
    });
  }
});

import assert from 'node:assert/strict';
import { alarmingFileText, quietFileText, scannedText } from '../../../../src/ui/url/urlTexts';
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

describe('what is said of the links of a file', () => {
  const gravest = 'It leads elsewhere.';

  it('counts them as people do', () => {
    assert.equal(quietFileText('a.md', 1, english), 'a.md: nothing speaks against its link.');
    assert.equal(quietFileText('a.md', 12, english), 'a.md: nothing speaks against its 12 links.');
    assert.equal(
      alarmingFileText('a.md', { alarms: 1, links: 1, gravest }, english),
      'a.md: its link is not to be trusted. It leads elsewhere.',
    );
    assert.equal(
      alarmingFileText('a.md', { alarms: 1, links: 3, gravest }, english),
      'a.md: 1 of 3 links is not to be trusted. It leads elsewhere.',
    );
    assert.equal(
      alarmingFileText('a.md', { alarms: 2, links: 3, gravest }, english),
      'a.md: 2 of 3 links are not to be trusted. The gravest: It leads elsewhere.',
    );
  });
});

import assert from 'node:assert/strict';
import { eventDocument, eventLine } from '../../../../src/ui/events/eventDocument';
import { DateTexts } from '../../../../src/ui/dateTexts';
import { sampleEvent } from '../../events/support/events';
import { english } from '../../support/translate';

const dates = new DateTexts('en');

describe('an event as a document', () => {
  it('has all that is known of it, with what hides or turns direction marked', () => {
    const event = sampleEvent({
      message: 'one\n\u202etwo\u0007',
      truncated: true,
      details: [
        ['_EXE', '/bin/x'],
        ['NOTE', 'a\nMessage'],
      ],
    });
    const text = eventDocument(event, english, dates);
    assert.ok(text.includes('2024-01-15T10:30:45.000Z'));
    assert.ok(text.includes('Message\n\n  one\n  [U+202E]two[U+0007]\n'));
    assert.ok(text.includes('Details\n\n  NOTE  a\n        Message\n  _EXE  /bin/x\n'));
    assert.ok(text.includes('too long and are cut'));
    for (const hidden of ['\u202e', '\u0007']) assert.ok(!text.includes(hidden));
  });

  it('begins with what it means where that is known', () => {
    const event = sampleEvent({ source: 'disk', eventId: 7 });
    assert.match(eventDocument(event, english, dates), /^Disk error: a bad block\n\n {2}Time/);
  });

  it('is a line for the clipboard', () => {
    assert.equal(eventLine(sampleEvent(), english), '2024-01-15T10:30:45.000Z Information program: text');
    const lines = eventLine(
      sampleEvent({ message: ' first\n\tsecond\r\n\u001b[31m\u202ethird\n', source: 'a\nb' }),
      english,
    );
    assert.equal(
      lines,
      '2024-01-15T10:30:45.000Z Information a[U+000A]b: first second [U+001B][31m[U+202E]third',
    );
    const long = 'x'.repeat(5_000);
    assert.ok(eventLine(sampleEvent({ message: long }), english).endsWith(long));
  });
});

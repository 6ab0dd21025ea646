import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { SystemEvent } from '../../../src/shared/events/systemEvent';
import { type Line, LineSplitter } from '../../../src/services/process/lineSplitter';
import { journalEvent } from '../../../src/services/events/journald/journalEvent';
import { unifiedLogLine } from '../../../src/services/events/macos/unifiedLog';
import { eventsOfJson } from '../../../src/services/events/windows/eventJson';
import { EventXmlReader } from '../../../src/services/events/windows/eventXml';
import { Random, testSeed } from '../support/random';

const keep = 10_000;
const whole = (text: string): Line => ({ text, truncated: false });
const fixture = (name: string): string => readFileSync(`test/fixtures/events/${name}`, 'utf8');
const journal = (fields: object, line: Partial<Line> = {}): SystemEvent | undefined =>
  journalEvent(
    { ...whole(JSON.stringify({ __REALTIME_TIMESTAMP: '1705314645123456', ...fields })), ...line },
    keep,
    7,
  );

function xmlEvents(chunks: readonly Uint8Array[]): (SystemEvent | undefined)[] {
  const events: (SystemEvent | undefined)[] = [];
  const reader = new EventXmlReader(keep, (event) => events.push(event));
  const splitter = new LineSplitter(reader.read, 1024 * 1024, undefined, 'detected');
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  reader.end();
  return events;
}

describe('a line of the journal', () => {
  it('has a message that is a text, bytes, nothing, several of them, or absent', () => {
    const messages = ['text', [0xc3, 0xa9, 10, 0xff], null, ['one', [0x74, 0x77, 0x6f]], undefined];
    assert.deepEqual(
      messages.map((MESSAGE) => journal({ MESSAGE })?.message),
      ['text', 'é\n\ufffd', '', 'one\ntwo', ''],
    );
  });

  it('has a level by its priority and the best name there is of its source', () => {
    const levels = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '', undefined];
    assert.deepEqual(
      levels.map((PRIORITY) => journal({ PRIORITY })?.level),
      [
        'critical',
        'critical',
        'critical',
        'error',
        'warning',
        'info',
        'info',
        'debug',
        'info',
        'info',
        'info',
      ],
    );
    assert.equal(journal({ _COMM: 'a', SYSLOG_IDENTIFIER: 'b' })?.source, 'b');
    assert.equal(journal({ _COMM: 'a', _SYSTEMD_UNIT: 'c' })?.source, 'a');
    assert.equal(journal({ _SYSTEMD_UNIT: 'c' })?.source, 'c');
    assert.equal(journal({})?.source, '');
    assert.equal(journal({})?.timestamp, 1_705_314_645_123.456);
  });

  it('is no event where it is no object, or tells no time', () => {
    for (const text of ['[]', 'null', '3', '{"MESSAGE":"x"}', '{', 'x', '{"__REALTIME_TIMESTAMP":"abc"}']) {
      assert.equal(journalEvent(whole(text), keep, 7), undefined, text);
    }
  });

  it('is kept as far as it goes where it was cut, with the time of its cursor or its neighbour', () => {
    const text = JSON.stringify({
      PRIORITY: '3',
      __CURSOR: 's=1;t=60a24181e4000;x=2',
      MESSAGE: 'beginning\nand more',
    });
    const cut = journalEvent({ text: text.slice(0, -7), truncated: true }, keep, 7);
    assert.deepEqual([cut?.message, cut?.level, cut?.truncated], ['beginning\nand', 'error', true]);
    assert.equal(cut?.timestamp, 0x60a24181e4000 / 1_000);
    const early = journalEvent({ text: '{"PRIORITY":"2","MESSAGE":"x\\u00', truncated: true }, keep, 7);
    assert.deepEqual([early?.message, early?.timestamp], ['x', 7]);
  });

  it('reads long lines as the engine does, as far as they are kept', () => {
    const fields = {
      _EXE: 'a"]}\\',
      MESSAGE: 'é"\\'.repeat(30_000),
      LIST: ['x', [1, 2], 'y'],
      NOTHING: null,
      N: 12,
    };
    const event = journal(fields);
    assert.equal(event?.message.length, (3 / 4) * keep);
    assert.ok(fields.MESSAGE.startsWith(event.message));
    assert.deepEqual(event.details, [
      ['_EXE', 'a"]}\\'],
      ['LIST', 'x\n\u0001\u0002\ny'],
      ['NOTHING', ''],
      ['N', '12'],
    ]);
    assert.equal(event.truncated, true);
  });
});

describe('output of wevtutil', () => {
  const text = fixture('wevtutil.xml');

  it('is read in UTF-8 and in UTF-16, in several languages, wherever it is cut', () => {
    const events = xmlEvents([Buffer.from(text)]);
    assert.deepEqual(
      events.map((event) => [event?.source, event?.eventId, event?.level, event?.log]),
      [
        ['Microsoft-Windows-Security-Auditing', 4625, 'warning', 'Security'],
        ['Service Control Manager', 7045, 'info', 'System'],
        ['disk', 7, 'error', 'System'],
        ['Application Error', 1000, 'error', 'Application'],
      ],
    );
    assert.deepEqual(
      events.map((event) => event?.message),
      [
        'An account failed to log on.\n\nSubject:\n\tSecurity ID: S-1-0-0',
        'Im System wurde ein Dienst für Prüfungen installiert: <Prüfdienst> & mehr',
        'Data: \\Device\\Harddisk0\\DR0',
        '障害が発生しているアプリケーション名: app.exe',
      ],
    );
    assert.equal(events[0]?.timestamp, Date.parse('2024-01-15T10:30:45.123Z'));
    assert.equal(events[0].id, 'Security/987');
    assert.ok(events[0].details.some(([name, value]) => name === 'TargetUserName' && value === 'eve'));
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    assert.deepEqual(xmlEvents([utf16]), events);
    assert.deepEqual(xmlEvents([Buffer.from(text, 'utf16le')]), events);
    assert.deepEqual(xmlEvents([...utf16].map((byte) => Uint8Array.of(byte))), events);
    assert.deepEqual(xmlEvents([Buffer.from(text.replaceAll('\n<Event ', '<Event '))]), events);
  });

  it('resolves no entity but the five of XML', () => {
    const declared = '<!DOCTYPE Event [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "expanded">]>';
    const events = xmlEvents([Buffer.from(declared + text.replace('>eve<', '>&x;&y;&amp;<'))]);
    assert.equal(events.length, 4);
    assert.equal(events[0]?.eventId, 4625);
    assert.equal(events[0].truncated, true);
    assert.deepEqual(
      events[0].details.filter(([name]) => name === 'TargetUserName'),
      [],
    );
    assert.ok(!JSON.stringify(events).includes('expanded'));
  });

  it('keeps what there is of an event that breaks off', () => {
    const events = xmlEvents([Buffer.from(text.slice(0, text.indexOf('</Message>')))]);
    assert.equal(events.length, 1);
    assert.deepEqual([events[0]?.eventId, events[0]?.truncated], [4625, true]);
  });

  it('counts nothing twice where a line of an event was too long', () => {
    const events: (SystemEvent | undefined)[] = [];
    const reader = new EventXmlReader(keep, (event) => events.push(event));
    const [first = '', ...others] = text.split(/(?<=<\/Event>)\n/);
    const lines = first.split('\n');
    const cut = lines.findIndex((line) => line.includes('<Message>'));
    lines.forEach((line, index) => {
      reader.read({ text: line, truncated: index === cut });
    });
    for (const line of others.join('\n').split('\n')) reader.read(whole(line));
    reader.end();
    assert.deepEqual(
      events.map((event) => [event?.eventId, event?.truncated]),
      [
        [4625, true],
        [7045, undefined],
        [7, undefined],
        [1000, undefined],
      ],
    );
  });

  it('is read in time that grows with its length, of however many lines an event consists', function () {
    this.timeout(60_000);
    const millisecondsFor = (lines: number): number => {
      const reader = new EventXmlReader(keep, () => undefined);
      const startedMs = performance.now();
      for (let line = 0; line < lines; line++) reader.read(whole(line === 0 ? '<Event><a>' : ''));
      return performance.now() - startedMs;
    };
    millisecondsFor(20_000);
    // It is done in a second. Looking through everything again with each line took half an hour.
    assert.ok(millisecondsFor(500_000) < 30_000);
  });
});

describe('output of Get-WinEvent', () => {
  it('is an object for one event and a list for several, with times in either form', () => {
    const events = fixture('get-winevent.jsonl')
      .split('\n')
      .flatMap((line) => eventsOfJson(whole(line), keep));
    assert.deepEqual(
      events.map((event) => [event?.timestamp, event?.source, event?.level, event?.message, event?.eventId]),
      [
        [
          1_705_314_645_123,
          'Service Control Manager',
          'info',
          'The service entered the running state.',
          7036,
        ],
        [Date.parse('2024-01-15T10:30:46.5Z'), 'A', 'error', 'Zugriff verweigert: Schlüssel', 1],
        [1_705_314_647_000, 'B', 'warning', '', 2],
      ],
    );
  });
});

describe('output of log show', () => {
  it('has activities without a level, null messages, a heading and a closing count', () => {
    const lines = fixture('log-show.ndjson')
      .split('\n')
      .map((line) => unifiedLogLine(whole(line), keep));
    assert.deepEqual(
      lines.map((line) =>
        line.type === 'event' ? [line.event.source, line.event.level, line.event.message] : line.type,
      ),
      [
        'nothing',
        ['trustd', 'error', 'Cannot open file'],
        ['launchd', 'info', 'Activity'],
        ['kernel', 'critical', ''],
        'nothing',
        'nothing',
      ],
    );
    const [, first] = lines;
    assert.equal(first?.type === 'event' && first.event.timestamp, Date.parse('2024-01-15T10:30:45.123Z'));
  });
});

describe('hostile logs', () => {
  it('are read without an exception, in bounded memory, however they are broken', function () {
    this.timeout(20_000);
    const random = new Random(testSeed());
    const good = [
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1',
        MESSAGE: 'x'.repeat(200),
        L: [1, 2, ['a']],
        __proto__: 'p',
      }),
      ...fixture('wevtutil.xml').split('\n'),
      ...fixture('get-winevent.jsonl').split('\n'),
      ...fixture('log-show.ndjson').split('\n'),
    ];
    const noise = [
      '<',
      '>',
      '&',
      '"',
      '\\',
      '\\u',
      '{',
      '}',
      '[',
      ']',
      '\0',
      '\ud800',
      '</Event>',
      '<![CDATA[',
      '1e999',
      ',',
    ];
    for (let round = 0; round < 1_000; round++) {
      let text = random.pick(good);
      for (let change = random.below(6); change >= 0; change--) {
        const place = random.below(text.length + 1);
        const piece = random.chance(0.5) ? random.pick(noise) : text.slice(place, place + random.below(50));
        text = text.slice(0, place) + piece + text.slice(place + random.below(10));
      }
      const line = { text, truncated: random.chance(0.3) };
      const small = 100;
      const events = [
        journalEvent(line, small, 7),
        ...eventsOfJson(line, small),
        ...[unifiedLogLine(line, small)].map((read) => (read.type === 'event' ? read.event : undefined)),
      ];
      new EventXmlReader(small, (event) => events.push(event)).read(line);
      for (const event of events) {
        if (event === undefined) continue;
        assert.ok(Number.isFinite(event.timestamp), text);
        const length = event.message.length + event.details.reduce((sum, [, value]) => sum + value.length, 0);
        assert.ok(length <= small, text);
      }
    }
  });
});

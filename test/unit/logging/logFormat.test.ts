import assert from 'node:assert/strict';
import { logLevels } from '../../../src/shared/logger';
import {
  formatBody,
  formatRecord,
  formatRecordInColour,
  longestText,
} from '../../../src/services/logging/logFormat';
import type { LogRecord } from '../../../src/services/logging/logRecord';

/** Local time, so that the test says the same in every zone. */
const timeMs = new Date(2024, 0, 15, 10, 30, 45, 999).getTime();

function record(changes: Partial<LogRecord>): LogRecord {
  return { timeMs, level: 'info', area: 'area.name', message: 'message', ...changes };
}

describe('formatRecord', () => {
  it('writes exactly the line of the specification', () => {
    assert.equal(formatRecord(record({})), '[2024-01-15 10:30:45] [INFO    ] area.name: message');
  });

  it('pads each level to eight characters', () => {
    assert.deepEqual(
      logLevels.map((level) => formatRecord(record({ level })).slice(22, 33)),
      ['[TRACE   ] ', '[DEBUG   ] ', '[INFO    ] ', '[WARNING ] ', '[ERROR   ] '],
    );
  });

  it('pads every part of the time', () => {
    const early = new Date(2005, 2, 4, 5, 6, 7).getTime();
    assert.ok(formatRecord(record({ timeMs: early })).startsWith('[2005-03-04 05:06:07] '));
    const late = new Date(2031, 11, 31, 23, 59, 59).getTime();
    assert.ok(formatRecord(record({ timeMs: late })).startsWith('[2031-12-31 23:59:59] '));
  });

  it('uses the zone of the machine', () => {
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Asia/Kolkata';
      const timeMs = Date.parse('2024-01-15T20:30:45Z');
      assert.ok(formatRecord(record({ timeMs })).startsWith('[2024-01-16 02:00:45] '));
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('indents further lines and the stack', () => {
    assert.equal(
      formatBody(record({ message: 'one\ntwo\r\nthree', stack: 'Error: no\n    at f (x.js:1:2)' })),
      'area.name: one\n    two\n    three\n    Error: no\n        at f (x.js:1:2)',
    );
  });

  it('lets no text from outside begin a line', () => {
    const forged = '[2024-01-15 10:30:45] [INFO    ] scan: clean';
    const breaks = ['\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085', '\v', '\f'];
    for (const lineBreak of breaks) {
      for (const field of ['area', 'message', 'stack'] as const) {
        const lines = formatRecord(record({ [field]: `x${lineBreak}${forged}` })).split(
          /[\n\r\u2028\u2029\u0085\v\f]/u,
        );
        assert.ok(
          !lines.some((line, n) => n > 0 && line.startsWith('[')),
          JSON.stringify([lineBreak, field]),
        );
      }
    }
  });

  it('makes control and direction characters visible, and keeps tabs', () => {
    const text = formatBody(record({ message: '\u001b[2Ja\u0000b\u007fc\u009bd\u202Ee\u2066f\tg\rh' }));
    assert.equal(text, 'area.name: \\u001b[2Ja\\u0000b\\u007fc\\u009bd\\u202ee\\u2066f\tg\\u000dh');
  });

  it('keeps ordinary text of every script', () => {
    const message = 'Grüße, 你好, שלום, 👩‍💻 – C:\\Temp';
    assert.equal(formatBody(record({ message })), `area.name: ${message}`);
  });

  it('cuts text that is longer than the limit, and says how long it was', () => {
    const fits = 'x'.repeat(longestText);
    assert.equal(formatBody(record({ message: fits })), `area.name: ${fits}`);
    assert.equal(
      formatBody(record({ message: `${fits}y` })),
      `area.name: ${fits}… (${longestText + 1} characters)`,
    );
  });
});

describe('formatRecordInColour', () => {
  it('says the same between its colours, which differ by level', () => {
    const colour = /\p{Cc}\[\d+m/gu;
    const seen = new Set<string>();
    for (const level of logLevels) {
      const text = formatRecordInColour(record({ level }));
      const escapes = text.match(colour) ?? [];
      assert.equal(text.replaceAll(colour, ''), formatRecord(record({ level })));
      assert.equal(escapes.at(-1), '\u001b[0m');
      seen.add(escapes.join());
    }
    assert.equal(seen.size, logLevels.length);
  });
});

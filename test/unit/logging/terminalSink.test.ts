import assert from 'node:assert/strict';
import { formatRecord, formatRecordInColour } from '../../../src/services/logging/logFormat';
import type { LogRecord } from '../../../src/services/logging/logRecord';
import { TerminalSink, wantsColours } from '../../../src/services/logging/terminalSink';

const record: LogRecord = { timeMs: 0, level: 'error', area: 'test', message: 'two\nlines' };

function written(isTTY: boolean | undefined, env: Record<string, string>): string {
  let text = '';
  const stream = { write: (part: string) => (text += part), ...(isTTY === undefined ? {} : { isTTY }) };
  new TerminalSink(stream, env).write(record);
  return text;
}

describe('TerminalSink', () => {
  it('writes colours to a terminal', () => {
    assert.equal(written(true, { TERM: 'xterm' }), `${formatRecordInColour(record)}\n`);
  });

  it('writes plain text to anything else', () => {
    for (const isTTY of [false, undefined]) {
      assert.equal(written(isTTY, { TERM: 'xterm' }), `${formatRecord(record)}\n`);
    }
  });

  it('respects NO_COLOR when it holds anything, and a terminal without colours', () => {
    const stream = { isTTY: true, write: () => true };
    assert.equal(wantsColours(stream, { NO_COLOR: '1' }), false);
    assert.equal(wantsColours(stream, { NO_COLOR: '0' }), false);
    assert.equal(wantsColours(stream, { NO_COLOR: '' }), true);
    assert.equal(wantsColours(stream, { TERM: 'dumb' }), false);
    assert.equal(wantsColours(stream, {}), true);
  });
});

import assert from 'node:assert/strict';
import { logLevels } from '../../../../src/shared/logger';
import { LogHub } from '../../../../src/services/logging/logHub';
import { Redactor } from '../../../../src/services/logging/redactor';
import { OutputChannelSink } from '../../../../src/ui/logging/outputChannelSink';
import { FakeClock } from '../../support/fakeClock';

/** A log channel that keeps what it is given, whatever its level. */
function channelAt(logLevel: number) {
  const lines: string[] = [];
  const at = (method: string) => (text: string | Error) => void lines.push(`${method} ${String(text)}`);
  const channel = {
    logLevel,
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
  return { channel, lines };
}

function loggingTo(channel: ReturnType<typeof channelAt>['channel']) {
  const hub = new LogHub({ clock: new FakeClock(), redactor: new Redactor() });
  hub.addSink(new OutputChannelSink(channel));
  return hub.logger('area.name');
}

describe('OutputChannelSink', () => {
  it('writes by level, with the area and without time and level', () => {
    const { channel, lines } = channelAt(1);
    const logger = loggingTo(channel);
    for (const level of logLevels) logger[level](`a ${level}`);
    assert.deepEqual(lines, [
      'trace area.name: a trace',
      'debug area.name: a debug',
      'info area.name: a info',
      'warn area.name: a warning',
      'error area.name: a error',
    ]);
  });

  it('gives the channel what its own level asks for, in the numbers of vscode.LogLevel', () => {
    for (const [logLevel, expected] of [
      [0, 0],
      [1, 5],
      [2, 4],
      [3, 3],
      [4, 2],
      [5, 1],
    ] as const) {
      const { channel, lines } = channelAt(logLevel);
      const logger = loggingTo(channel);
      for (const level of logLevels) logger[level]('message');
      assert.equal(lines.length, expected, `logLevel ${logLevel}`);
    }
  });

  it('follows a change of the level', () => {
    const { channel, lines } = channelAt(3);
    const logger = loggingTo(channel);
    logger.debug('unseen');
    channel.logLevel = 2;
    logger.debug('seen');
    assert.deepEqual(lines, ['debug area.name: seen']);
  });

  it('indents further lines and the stack, and neutralises control characters', () => {
    const { channel, lines } = channelAt(3);
    const error = new Error('no');
    error.stack = 'Error: no\n    at f';
    loggingTo(channel).error('one\ntwo\u001b[2J', error);
    assert.deepEqual(lines, ['error area.name: one\n    two\\u001b[2J\n    Error: no\n        at f']);
  });
});

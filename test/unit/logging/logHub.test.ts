import assert from 'node:assert/strict';
import { logLevels } from '../../../src/shared/logger';
import { LogHub, type LogSink } from '../../../src/services/logging/logHub';
import type { LogRecord, LogThreshold } from '../../../src/services/logging/logRecord';
import { Redactor } from '../../../src/services/logging/redactor';
import { FakeClock } from '../support/fakeClock';

class MemorySink implements LogSink {
  readonly records: LogRecord[] = [];
  readonly level?: LogThreshold;

  constructor(level?: LogThreshold) {
    if (level !== undefined) this.level = level;
  }

  write(record: LogRecord): void {
    this.records.push(record);
  }

  get messages(): string[] {
    return this.records.map(({ message }) => message);
  }
}

function setUp() {
  const clock = new FakeClock();
  const redactor = new Redactor();
  const hub = new LogHub({ clock, redactor });
  const sink = new MemorySink();
  hub.addSink(sink);
  return { clock, redactor, hub, sink };
}

function logAll(hub: LogHub): void {
  const logger = hub.logger('test');
  for (const level of logLevels) logger[level](level);
}

describe('LogHub', () => {
  it('gives sinks and listeners the record', () => {
    const { hub, sink, clock } = setUp();
    const told: LogRecord[] = [];
    hub.onRecord((record) => told.push(record));
    hub.logger('metrics.worker').warning('slow');
    const expected = { timeMs: clock.now(), level: 'warning', area: 'metrics.worker', message: 'slow' };
    assert.deepEqual(sink.records, [expected]);
    assert.deepEqual(told, [expected]);
  });

  describe('levels', () => {
    it('begin at info', () => {
      const { hub, sink } = setUp();
      logAll(hub);
      assert.deepEqual(sink.messages, ['info', 'warning', 'error']);
    });

    for (const [index, level] of logLevels.entries()) {
      it(`let ${level} and above through`, () => {
        const { hub, sink } = setUp();
        hub.level = level;
        const told: string[] = [];
        hub.onRecord(({ message }) => told.push(message));
        logAll(hub);
        assert.deepEqual(sink.messages, logLevels.slice(index));
        assert.deepEqual(told, logLevels.slice(index));
      });
    }

    it('of a sink count for that sink alone', () => {
      const { hub, sink } = setUp();
      const chatty = new MemorySink('trace');
      const terse = new MemorySink('error');
      const off = new MemorySink('off');
      for (const other of [chatty, terse, off]) hub.addSink(other);
      logAll(hub);
      assert.deepEqual(sink.messages, ['info', 'warning', 'error']);
      assert.deepEqual(chatty.messages, logLevels);
      assert.deepEqual(terse.messages, ['error']);
      assert.deepEqual(off.messages, []);
    });

    it('cost nothing below all of them', () => {
      const clock = new FakeClock();
      clock.now = () => assert.fail('a record was made');
      const hub = new LogHub({ clock, redactor: new Redactor() });
      hub.addSink(new MemorySink());
      hub.logger('test').debug('unseen');
    });
  });

  describe('errors', () => {
    it('come with the stack of what was thrown and of its causes', () => {
      const { hub, sink } = setUp();
      const cause = new Error('disk full');
      hub.logger('test').error('not saved', new Error('write failed', { cause }));
      const stack = sink.records[0]?.stack ?? '';
      assert.match(stack, /^Error: write failed\n {4}at [^]*\nCaused by: Error: disk full\n {4}at /u);
    });

    it('end at some depth, also when a cause is its own', () => {
      const { hub, sink } = setUp();
      const error = new Error('loop');
      error.cause = error;
      error.stack = 'S';
      hub.logger('test').error('failed', error);
      assert.equal(sink.records[0]?.stack?.split('Caused by').length, 6);
    });

    it('have no stack without a cause', () => {
      const { hub, sink } = setUp();
      hub.logger('test').error('failed');
      assert.ok(!('stack' in sink.records[0]!));
    });

    it('may be about anything', () => {
      const { hub, sink } = setUp();
      const hostile = new Error();
      Object.defineProperty(hostile, 'stack', {
        get() {
          throw new Error('no stack for you');
        },
      });
      for (const thrown of [null, 'text', 7, Object.create(null), hostile])
        hub.logger('test').error('x', thrown);
      assert.deepEqual(
        sink.records.map(({ stack }) => stack),
        ['null', 'text', '7', '(an error that has no text)', '(an error that has no text)'],
      );
    });
  });

  it('takes secrets out of everything before any sink or listener sees it', () => {
    const { hub, sink, redactor } = setUp();
    redactor.register('s3cr3t');
    let told = '';
    hub.onRecord((record) => (told = JSON.stringify(record)));
    hub.logger('area.s3cr3t').error('key s3cr3t', new Error('bad s3cr3t', { cause: 's3cr3t' }));
    for (const text of [JSON.stringify(sink.records), told]) {
      assert.ok(text.includes('‹redacted›'));
      assert.ok(!text.includes('s3cr3t'), text);
    }
  });

  it('keeps the order over all loggers', () => {
    const { hub, sink } = setUp();
    const [a, b] = [hub.logger('a'), hub.logger('b')];
    a.info('1');
    b.info('2');
    a.info('3');
    assert.deepEqual(sink.messages, ['1', '2', '3']);
  });

  it('survives a sink that throws, and tells the others once', () => {
    const { hub, sink } = setUp();
    hub.addSink({
      write() {
        throw new Error('broken sink');
      },
    });
    hub.logger('test').info('1');
    hub.logger('test').info('2');
    assert.deepEqual(sink.messages, ['1', 'A place where the log is written failed', '2']);
    assert.match(sink.records[1]?.stack ?? '', /broken sink/u);
  });

  it('survives a listener that throws or logs', () => {
    const { hub, sink } = setUp();
    const told: string[] = [];
    hub.onRecord(() => {
      hub.logger('listener').info('told');
      throw new Error('broken listener');
    });
    hub.onRecord(({ message }) => told.push(message));
    hub.logger('test').info('1');
    hub.logger('test').info('2');
    assert.deepEqual(sink.messages, [
      '1',
      'told',
      'A listener of the log failed',
      '2',
      'told',
      'A listener of the log failed',
    ]);
    assert.deepEqual(told, ['1', '2']);
  });

  it('stops writing to a sink that was removed', () => {
    const { hub } = setUp();
    const sink = new MemorySink();
    const removal = hub.addSink(sink);
    hub.logger('test').info('1');
    removal.dispose();
    hub.logger('test').info('2');
    assert.deepEqual(sink.messages, ['1']);
  });

  it('flushes every sink', async () => {
    const { hub } = setUp();
    let flushed = 0;
    for (let n = 0; n < 2; n++) {
      hub.addSink({
        write: () => undefined,
        flush: () => {
          flushed++;
          return Promise.resolve();
        },
      });
    }
    await hub.flush();
    assert.equal(flushed, 2);
  });

  it('writes nothing after disposal', () => {
    const { hub, sink } = setUp();
    let told = 0;
    hub.onRecord(() => told++);
    const logger = hub.logger('test');
    hub.dispose();
    hub.dispose();
    hub.addSink(sink);
    logger.error('late');
    assert.deepEqual(sink.messages, []);
    assert.equal(told, 0);
  });
});

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { observeOwnErrors, stackWithin } from '../../../src/services/logging/ownErrors';
import { RecordingLogger } from '../support/recordingLogger';

const own = new Error('ours');
own.stack = 'Error: ours\n    at f (/ext/sentinel/dist/extension.js:1:2)';
const foreign = new Error('theirs');
foreign.stack = 'Error: theirs\n    at f (/ext/other/dist/extension.js:1:2)';

function setUp(process = new EventEmitter()) {
  const logger = new RecordingLogger();
  const observation = observeOwnErrors({ process, logger, isOwn: stackWithin('/ext/sentinel') });
  return { process, logger, observation };
}

describe('observeOwnErrors', () => {
  it('logs uncaught exceptions of its own and leaves others alone', () => {
    const { process, logger } = setUp();
    process.emit('uncaughtExceptionMonitor', own, 'uncaughtException');
    process.emit('uncaughtExceptionMonitor', foreign, 'uncaughtException');
    assert.deepEqual(logger.entries, [{ level: 'error', message: 'Uncaught exception', cause: own }]);
  });

  it('logs rejections where somebody else listens for them', () => {
    const process = new EventEmitter();
    process.on('unhandledRejection', () => undefined);
    const { logger } = setUp(process);
    process.emit('unhandledRejection', own);
    process.emit('unhandledRejection', foreign);
    assert.deepEqual(logger.entries, [{ level: 'error', message: 'Unhandled rejection', cause: own }]);
  });

  it('names a rejection that has become an exception what it was', () => {
    const { process, logger } = setUp();
    process.emit('uncaughtExceptionMonitor', own, 'unhandledRejection');
    assert.deepEqual(logger.of('error'), ['Unhandled rejection']);
  });

  it('ignores what is not an error', () => {
    const { process, logger } = setUp();
    for (const thrown of [undefined, null, '    at f (/ext/sentinel/x.js:1:1)', { stack: own.stack }]) {
      process.emit('uncaughtExceptionMonitor', thrown, 'uncaughtException');
    }
    assert.deepEqual(logger.entries, []);
  });

  it('tells about an error once', () => {
    const process = new EventEmitter();
    process.on('unhandledRejection', () => undefined);
    const { logger } = setUp(process);
    process.emit('uncaughtExceptionMonitor', own, 'unhandledRejection');
    process.emit('unhandledRejection', own);
    assert.equal(logger.entries.length, 1);
  });

  it('never throws', () => {
    const process = new EventEmitter();
    const hostile = (): never => {
      throw new Error('broken');
    };
    const logger = new RecordingLogger();
    logger.error = hostile;
    observeOwnErrors({ process, logger, isOwn: stackWithin('/ext/sentinel') });
    process.emit('uncaughtExceptionMonitor', own, 'uncaughtException');
    const odd = new Error();
    Object.defineProperty(odd, 'stack', { get: hostile });
    process.emit('uncaughtExceptionMonitor', odd, 'uncaughtException');
  });

  describe('listens for rejections only while somebody else does', () => {
    const other = (): void => undefined;

    it("so that Node's default stays where nobody does", () => {
      const { process } = setUp();
      assert.equal(process.listenerCount('unhandledRejection'), 0);
    });

    it('who comes later', () => {
      const { process, logger } = setUp();
      process.on('unhandledRejection', other);
      process.emit('unhandledRejection', own);
      assert.equal(logger.entries.length, 1);
    });

    it('and goes', () => {
      const { process } = setUp();
      const another = (): void => undefined;
      process.on('unhandledRejection', other);
      process.on('unhandledRejection', another);
      process.off('unhandledRejection', another);
      assert.equal(process.listenerCount('unhandledRejection'), 2);
      process.off('unhandledRejection', other);
      assert.equal(process.listenerCount('unhandledRejection'), 0);
      process.on('unhandledRejection', other);
      assert.equal(process.listenerCount('unhandledRejection'), 2);
    });

    it('once', () => {
      const { process, logger } = setUp();
      process.once('unhandledRejection', other);
      process.emit('unhandledRejection', own);
      assert.equal(logger.entries.length, 1);
      assert.equal(process.listenerCount('unhandledRejection'), 0);
    });

    it('and is not moved by listeners of other events', () => {
      const { process } = setUp();
      process.on('exit', other);
      process.off('exit', other);
      assert.equal(process.listenerCount('unhandledRejection'), 0);
    });
  });

  it('leaves nothing behind', () => {
    const process = new EventEmitter();
    const other = (): void => undefined;
    process.on('unhandledRejection', other);
    const { observation, logger } = setUp(process);
    observation.dispose();
    observation.dispose();
    assert.deepEqual(process.eventNames(), ['unhandledRejection']);
    assert.deepEqual(process.listeners('unhandledRejection'), [other]);
    process.emit('uncaughtExceptionMonitor', own, 'uncaughtException');
    assert.deepEqual(logger.entries, []);
  });
});

describe('stackWithin', () => {
  const folder = path.resolve('/ext/sen tinel');
  const isOwn = stackWithin(folder);
  const stack = (...frames: string[]): string =>
    ['Error: message', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  const file = path.join(folder, 'dist', 'extension.js');

  for (const [what, frame] of [
    ['a function', `f (${file}:1:2)`],
    ['a method with an alias', `Object.f [as g] (${file}:1:2)`],
    ['an anonymous function', `${file}:1:2`],
    ['an asynchronous frame', `async f (${file}:1:2)`],
    ['an anonymous asynchronous frame', `async ${file}:1:2`],
    ['a module', `${pathToFileURL(file).href}:1:2`],
    ['a function of a module', `f (${pathToFileURL(file).href}:1:2)`],
  ] as const) {
    it(`finds ${what}`, () => {
      assert.equal(isOwn(stack('g (/elsewhere/x.js:1:1)', frame)), true);
    });
  }

  it('finds folders with brackets in their names', () => {
    const odd = path.resolve('/ext (1)/sentinel');
    assert.equal(stackWithin(odd)(stack(`f (${path.join(odd, 'x.js')}:1:2)`)), true);
  });

  it('takes a folder with a separator at its end', () => {
    assert.equal(stackWithin(folder + path.sep)(stack(`f (${file}:1:2)`)), true);
  });

  for (const [what, text] of [
    ['a folder whose name begins alike', stack(`f (${folder}-extra/x.js:1:2)`)],
    ['a folder that contains the name', stack(`f (/other${file}:1:2)`)],
    ['the message', `Error: cannot read ${file}:1:2\n    at f (/elsewhere/x.js:1:1)`],
    ['a message that has several lines', `Error: a\nat f (${file}:1:2)\n    at f (/elsewhere/x.js:1:1)`],
    ['a broken URL', stack('f (file://%zz/x.js:1:2)')],
    ['nothing', ''],
  ] as const) {
    it(`is not misled by ${what}`, () => {
      assert.equal(isOwn(text), false);
    });
  }
});

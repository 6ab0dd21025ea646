import assert from 'node:assert/strict';
import type { Clock } from '../../../src/shared/clock';
import type { Logger } from '../../../src/shared/logger';
import { timed } from '../../../src/services/logging/timed';
import { FakeClock } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';

class Worker {
  constructor(
    private readonly clock: FakeClock,
    protected readonly logger: Logger,
    private readonly base: number,
  ) {}

  @timed('worker.add')
  add(a: number, b: number): number {
    this.clock.suspend(12.34);
    return this.base + a + b;
  }

  @timed('worker.fail')
  fail(error: Error): never {
    this.clock.suspend(5);
    throw error;
  }

  @timed('worker.later')
  later(): Promise<string> {
    return new Promise((resolve) => {
      this.clock.setTimeout(() => {
        resolve('done');
      }, 250);
    });
  }

  @timed('worker.reject')
  async reject(error: Error): Promise<never> {
    await Promise.resolve();
    this.clock.suspend(7);
    throw error;
  }
}

describe('@timed', () => {
  function setUp() {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    return { clock, logger, worker: new Worker(clock, logger, 100) };
  }

  it('logs the time of a call at debug level, and passes arguments, this and result through', () => {
    const { worker, logger } = setUp();
    assert.equal(worker.add(1, 2), 103);
    assert.deepEqual(logger.entries, [{ level: 'debug', message: 'worker.add: 12.3 ms' }]);
  });

  it('logs a failure and throws the same error', () => {
    const { worker, logger } = setUp();
    const error = new Error('no');
    assert.throws(
      () => worker.fail(error),
      (thrown) => thrown === error,
    );
    assert.deepEqual(logger.entries, [{ level: 'debug', message: 'worker.fail: failed after 5.0 ms: no' }]);
  });

  it('times a promise until it settles', async () => {
    const { worker, logger, clock } = setUp();
    const result = worker.later();
    await clock.advance(249);
    assert.deepEqual(logger.entries, []);
    await clock.advance(1);
    assert.equal(await result, 'done');
    assert.deepEqual(logger.entries, [{ level: 'debug', message: 'worker.later: 250.0 ms' }]);
  });

  it('logs a rejection and rejects with the same error', async () => {
    const { worker, logger } = setUp();
    const error = new Error('no');
    await assert.rejects(worker.reject(error), (thrown) => thrown === error);
    assert.deepEqual(logger.entries, [{ level: 'debug', message: 'worker.reject: failed after 7.0 ms: no' }]);
  });

  it('leaves a rejection that nobody handles unhandled', async () => {
    const { worker } = setUp();
    const error = new Error('unhandled on purpose');
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', listener);
    try {
      void worker.reject(error);
      for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(unhandled, [error]);
    } finally {
      process.off('unhandledRejection', listener);
      for (const other of others) process.on('unhandledRejection', other);
    }
  });

  it("finds a logger called log, and the machine's own clock", () => {
    const logger = new RecordingLogger();
    class Other {
      private readonly log = logger;

      @timed('other')
      run(): number {
        return this.log.entries.length;
      }
    }
    assert.equal(new Other().run(), 0);
    assert.match(logger.entries[0]?.message ?? '', /^other: \d+\.\d ms$/u);
  });

  it('runs unmeasured without a logger', () => {
    class Silent {
      readonly clock: Clock = new FakeClock();

      @timed('silent')
      run(): string {
        return 'ran';
      }
    }
    assert.equal(new Silent().run(), 'ran');
  });
});

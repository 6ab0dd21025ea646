import assert from 'node:assert/strict';
import { SentinelError } from '../../../src/shared/errors';
import { type StartupOrchestrator, phaseLimitsMs } from '../../../src/services/startup/orchestrator';
import type { StartupTask } from '../../../src/services/startup/taskAttempt';
import { settle } from '../support/fakeClock';
import { fail, held, logLines, never, setUp } from './support/startupHarness';

describe('StartupOrchestrator', () => {
  describe('phases', () => {
    it('run in order, each delay counted from the start of its phase', async () => {
      const { clock, startup, events } = setUp();
      startup.addBackground('late', 50, () => undefined);
      startup.addDeferred('second', 200, () => undefined);
      startup.addDeferred('first', 100, () => undefined);
      startup.addImmediate('now', () => undefined);
      const execution = startup.execute();
      await clock.advance(1_000);
      assert.deepEqual(await execution, { successful: 4, failed: 0, cancelled: 0, total: 4 });
      assert.deepEqual(events, [
        'phase CRITICAL',
        '0 start now CRITICAL',
        'done now 0 CRITICAL',
        'phase IMPORTANT',
        '100 start first IMPORTANT',
        'done first 0 IMPORTANT',
        '200 start second IMPORTANT',
        'done second 0 IMPORTANT',
        'phase BACKGROUND',
        '250 start late BACKGROUND',
        'done late 0 BACKGROUND',
        'complete 4/0/4',
      ]);
      assert.equal(clock.pendingTimers, 0);
    });

    it('complete without a single task', async () => {
      const { startup, events, clock } = setUp();
      assert.deepEqual(await startup.execute(), { successful: 0, failed: 0, cancelled: 0, total: 0 });
      assert.deepEqual(events, ['phase CRITICAL', 'phase IMPORTANT', 'phase BACKGROUND', 'complete 0/0/0']);
      assert.equal(clock.pendingTimers, 0);
    });

    it('wait until every task of the phase before has ended', async () => {
      const { clock, startup, events } = setUp();
      const slow = held();
      startup.addDeferred('slow', 0, slow.fn);
      startup.addBackground('after', 0, () => undefined);
      void startup.execute();
      await clock.advance(9_000);
      assert.ok(!events.includes('phase BACKGROUND'));
      slow.end();
      await clock.advance(0);
      assert.deepEqual(events.slice(-4), [
        'phase BACKGROUND',
        '9000 start after BACKGROUND',
        'done after 0 BACKGROUND',
        'complete 2/0/2',
      ]);
    });
  });

  describe('critical tasks', () => {
    it('that return no promise are all done when execute returns', () => {
      const { startup } = setUp();
      const order: string[] = [];
      startup.addImmediate('a', () => order.push('a'));
      startup.addImmediate('b', fail('b is broken'));
      startup.addImmediate('c', () => order.push('c'));
      void startup.execute();
      assert.deepEqual(order, ['a', 'c']);
    });

    it('run one after the other', async () => {
      const { startup } = setUp();
      const first = held();
      const second = held();
      startup.addImmediate('first', first.fn);
      startup.addImmediate('second', second.fn);
      void startup.execute();
      assert.deepEqual([first.calls, second.calls], [1, 0]);
      await settle();
      assert.equal(second.calls, 0);
      first.end();
      await settle();
      assert.equal(second.calls, 1);
    });

    it('leave deferred tasks for a later tick, also those without a delay', () => {
      const { startup } = setUp();
      let ran = false;
      startup.addDeferred('deferred', 0, () => (ran = true));
      void startup.execute();
      assert.equal(ran, false);
    });
  });

  it('runs deferred tasks beside each other', async () => {
    const { clock, startup } = setUp();
    const hanging = held();
    const other = held();
    startup.addDeferred('hanging', 10, hanging.fn);
    startup.addDeferred('other', 20, other.fn);
    void startup.execute();
    await clock.advance(19);
    assert.deepEqual([hanging.calls, other.calls], [1, 0]);
    await clock.advance(1);
    assert.deepEqual([hanging.calls, other.calls], [1, 1]);
  });

  describe('a failure', () => {
    it('stays alone, whether thrown or rejected', async () => {
      const { clock, startup, events } = setUp();
      startup.addImmediate('throws', fail('thrown'));
      startup.addImmediate('works', () => Promise.resolve());
      startup.addDeferred('rejects', 0, () => Promise.reject(new Error('rejected')));
      startup.addDeferred('also works', 0, () => undefined);
      const execution = startup.execute();
      await clock.advance(0);
      assert.deepEqual(await execution, { successful: 2, failed: 2, cancelled: 0, total: 4 });
      assert.ok(events.includes('failed throws Error: thrown CRITICAL'));
      assert.ok(events.includes('failed rejects Error: rejected IMPORTANT'));
      assert.ok(events.includes('complete 2/2/4'));
    });

    it('keeps what a retry needs', async () => {
      const { startup } = setUp();
      const error = new Error('no');
      startup.addImmediate('broken', () => Promise.reject(error));
      await startup.execute();
      assert.deepEqual(startup.failedTasks, [{ name: 'broken', phase: 'CRITICAL', attempts: 1, error }]);
    });

    it('may be anything that can be thrown', async () => {
      const { startup, clock } = setUp();
      startup.addImmediate('undefined', () => ({
        then: (_resolve: unknown, reject: (reason: unknown) => void) => {
          reject(undefined);
        },
      }));
      startup.addImmediate('thenable', () => ({
        get then(): never {
          throw new Error('then itself throws');
        },
      }));
      const summary = await startup.execute();
      assert.equal(summary.failed, 2);
      assert.equal(startup.failedTasks.length, 2);
      assert.equal(clock.pendingTimers, 0);
    });
  });

  describe('limits', () => {
    it('are those of the specification', () => {
      assert.deepEqual(phaseLimitsMs, { CRITICAL: 5_000, IMPORTANT: 10_000, BACKGROUND: 30_000 });
    });

    const phases = [
      [
        'CRITICAL',
        5_000,
        (s: StartupOrchestrator, fn: StartupTask) => {
          s.addImmediate('task', fn);
        },
      ],
      [
        'IMPORTANT',
        10_000,
        (s: StartupOrchestrator, fn: StartupTask) => {
          s.addDeferred('task', 0, fn);
        },
      ],
      [
        'BACKGROUND',
        30_000,
        (s: StartupOrchestrator, fn: StartupTask) => {
          s.addBackground('task', 0, fn);
        },
      ],
    ] as const;
    for (const [phase, limitMs, add] of phases) {
      it(`let a ${phase} task take just under ${limitMs} ms`, async () => {
        const { clock, startup, events } = setUp();
        const task = held();
        add(startup, task.fn);
        const execution = startup.execute();
        await clock.advance(limitMs - 1);
        assert.equal(task.signal?.aborted, false);
        task.end();
        await clock.advance(10);
        assert.equal((await execution).successful, 1);
        assert.ok(events.includes(`done task ${limitMs - 1} ${phase}`), events.join('\n'));
        assert.equal(clock.pendingTimers, 0);
      });

      it(`fail a ${phase} task at ${limitMs} ms and abort it`, async () => {
        const { clock, startup } = setUp();
        const task = held();
        add(startup, task.fn);
        const execution = startup.execute();
        await clock.advance(limitMs);
        assert.deepEqual(await execution, { successful: 0, failed: 1, cancelled: 0, total: 1 });
        assert.equal(task.signal?.aborted, true);
        const error = startup.failedTasks[0]?.error;
        assert.ok(error instanceof SentinelError && error.code === 'startup.timeout');
        assert.equal(task.signal.reason, error);
        assert.equal(clock.pendingTimers, 0);
      });
    }

    it('let the rest of the phase run', async () => {
      const { clock, startup } = setUp();
      startup.addImmediate('hangs', never);
      startup.addImmediate('next', () => undefined);
      const execution = startup.execute();
      await clock.advance(5_000);
      assert.deepEqual(await execution, { successful: 1, failed: 1, cancelled: 0, total: 2 });
    });

    it('count from the start of the task, not of the phase', async () => {
      const { clock, startup } = setUp();
      startup.addDeferred('hangs', 4_000, never);
      const execution = startup.execute();
      await clock.advance(13_999);
      assert.equal(startup.failedTasks.length, 0);
      await clock.advance(1);
      assert.equal((await execution).failed, 1);
    });

    it('do not fail synchronous work that is done', async () => {
      const { clock, startup } = setUp();
      startup.addImmediate('blocks', () => {
        clock.suspend(6_000);
      });
      assert.equal((await startup.execute()).successful, 1);
    });

    for (const [how, end] of [
      [
        'ended',
        (task: ReturnType<typeof held>) => {
          task.end();
        },
      ],
      [
        'failed (too late)',
        (task: ReturnType<typeof held>) => {
          task.fail(new Error('too late'));
        },
      ],
    ] as const) {
      it(`decide once: what ${how} afterwards is ignored and logged`, async () => {
        const { clock, startup, events, logger } = setUp();
        const task = held();
        startup.addImmediate('slow', task.fn);
        void startup.execute();
        await clock.advance(5_000);
        const before = [...events];
        end(task);
        await settle();
        assert.deepEqual(events, before);
        assert.deepEqual(startup.summary, { successful: 0, failed: 1, cancelled: 0, total: 1 });
        assert.ok(logLines(logger).includes(`debug [CRITICAL] slow: ${how} after it had been given up`));
      });
    }
  });

  it('measures with the clock that does not jump', async () => {
    const { clock, startup, events } = setUp();
    const task = held();
    startup.addImmediate('task', task.fn);
    void startup.execute();
    await clock.advance(300);
    clock.adjustWallClock(-3_600_000);
    task.end();
    await settle();
    assert.ok(events.includes('done task 300 CRITICAL'));
  });

  it('logs each task with its phase and time', async () => {
    const { clock, startup, logger } = setUp();
    const task = held();
    startup.addImmediate('works', () => undefined);
    startup.addImmediate('slow', task.fn);
    startup.addDeferred('broken', 5, fail('no'));
    void startup.execute();
    await clock.advance(250);
    task.end();
    await clock.advance(5);
    assert.deepEqual(logLines(logger), [
      'info [CRITICAL] works: 0.0 ms',
      'info [CRITICAL] slow: 250.0 ms',
      'error [IMPORTANT] broken: failed after 0.0 ms | no',
      'info Startup complete in 255.0 ms: 2 of 3 tasks, 1 failed',
    ]);
  });

  describe('registration', () => {
    it('refuses a name twice, in whatever phase', () => {
      const { startup } = setUp();
      startup.addImmediate('a', () => undefined);
      assert.throws(
        () => {
          startup.addBackground('a', 0, () => undefined);
        },
        { code: 'startup.duplicateTask' },
      );
    });

    it('is closed once execution or disposal has begun', async () => {
      const running = setUp().startup;
      const execution = running.execute();
      assert.throws(
        () => {
          running.addImmediate('a', () => undefined);
        },
        { code: 'startup.tooLate' },
      );
      await execution;
      assert.throws(
        () => {
          running.addDeferred('a', 0, () => undefined);
        },
        { code: 'startup.tooLate' },
      );
      const disposed = setUp().startup;
      disposed.dispose();
      assert.throws(
        () => {
          disposed.addImmediate('a', () => undefined);
        },
        { code: 'startup.tooLate' },
      );
    });

    for (const delayMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      it(`refuses a delay of ${delayMs}`, () => {
        const { startup } = setUp();
        assert.throws(() => {
          startup.addDeferred('a', delayMs, () => undefined);
        }, RangeError);
        assert.throws(() => {
          startup.addBackground('a', delayMs, () => undefined);
        }, RangeError);
      });
    }
  });

  it('executes once', async () => {
    const { startup } = setUp();
    let calls = 0;
    startup.addImmediate('a', () => calls++);
    const [first, second] = await Promise.all([startup.execute(), startup.execute()]);
    assert.equal(calls, 1);
    assert.equal(first, second);
  });

  it('goes on when listeners throw, and logs them', async () => {
    const { clock, startup, events, logger } = setUp();
    const listeners = [
      'onTaskStarted',
      'onTaskCompleted',
      'onTaskFailed',
      'onPhaseChanged',
      'onStartupComplete',
    ] as const;
    for (const event of listeners) startup[event](fail(`${event} is broken`));
    startup.addImmediate('a', () => undefined);
    startup.addImmediate('b', fail('no'));
    await startup.execute();
    assert.ok(events.includes('complete 1/1/2'));
    for (const event of listeners) {
      assert.ok(logLines(logger).includes(`error A listener of startup failed | ${event} is broken`), event);
    }
    assert.equal(clock.pendingTimers, 0);
  });
});

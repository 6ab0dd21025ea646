import assert from 'node:assert/strict';
import { WorkerClient, type WorkerClientOptions, type WorkerExit } from '../../../src/workers/workerClient';
import { FakeClock, settle } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';
import { FakeThread } from './support/fakeThread';
import {
  type TestNotification,
  testProtocol,
  type TestPush,
  type TestRequests,
} from './support/testProtocol';

type Options = WorkerClientOptions<TestRequests, TestNotification, TestPush>;

function setUp(options: Partial<Options> = {}) {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const threads: FakeThread[] = [];
  const client = new WorkerClient<TestRequests, TestNotification, TestPush>({
    name: 'test',
    protocol: testProtocol,
    clock,
    logger,
    spawn: () => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
    ...options,
  });
  return { client, clock, logger, threads, newest: () => threads.at(-1)! };
}

const withCode = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: unknown }).code, code, String(error));
  return true;
};

describe('WorkerClient', () => {
  describe('requests', () => {
    it('starts the thread with the first one and gives each its own reply', async () => {
      const { client, threads, newest } = setUp();
      assert.equal(threads.length, 0);
      const first = client.request('add', { a: 1, b: 2 });
      const second = client.request('add', { a: 3, b: 4 });
      const [one, two] = newest().ofType('request');
      newest().messages.fire({ type: 'reply', id: two!['id'], value: 7 });
      newest().messages.fire({ type: 'reply', id: one!['id'], value: 3 });
      assert.deepEqual(await Promise.all([first, second]), [3, 7]);
      assert.equal(threads.length, 1);
      assert.equal(client.outstandingRequests, 0);
    });

    it('reject with the code that the thread gave', async () => {
      const { client, newest } = setUp();
      const request = client.request('add', { a: 1, b: 2 });
      newest().messages.fire({ type: 'failure', id: 1, error: { code: 'ENOENT', message: 'no file' } });
      await assert.rejects(request, withCode('ENOENT'));
    });

    it('reject at their time limit, tell the thread, and ignore the late reply', async () => {
      const { client, clock, newest } = setUp();
      const request = client.request('add', { a: 1, b: 2 }, { timeoutMs: 100 });
      const outcome = assert.rejects(request, withCode('worker.timeout'));
      await clock.advance(99);
      assert.equal(client.outstandingRequests, 1);
      await clock.advance(1);
      await outcome;
      assert.deepEqual(newest().ofType('abort'), [{ type: 'abort', id: 1 }]);
      newest().reply(3);
      assert.equal(client.refusedMessages, 0);
    });

    it('reject on abort and leave no listener and no timer', async () => {
      const { client, clock, newest } = setUp();
      const controller = new AbortController();
      const request = client.request('add', { a: 1, b: 2 }, { timeoutMs: 100, signal: controller.signal });
      controller.abort();
      await assert.rejects(request, withCode('worker.aborted'));
      assert.equal(newest().ofType('abort').length, 1);
      assert.equal(clock.pendingTimers, 0);
    });

    it('start nothing when their signal is aborted already', async () => {
      const { client, threads } = setUp();
      const request = client.request('add', { a: 1, b: 2 }, { signal: AbortSignal.abort() });
      await assert.rejects(request, withCode('worker.aborted'));
      assert.equal(threads.length, 0);
    });

    it('can wait for the thread after an abort', async () => {
      const { client, newest } = setUp();
      const controller = new AbortController();
      const request = client.request('add', { a: 1, b: 2 }, { signal: controller.signal, onAbort: 'wait' });
      controller.abort();
      await settle();
      assert.equal(client.outstandingRequests, 1);
      newest().reply(3);
      assert.equal(await request, 3);
    });

    it('refuse a reply of the wrong form', async () => {
      const { client, newest } = setUp();
      const request = client.request('add', { a: 1, b: 2 });
      newest().reply('three');
      await assert.rejects(request, withCode('worker.badReply'));
      assert.equal(client.refusedMessages, 1);
    });

    it('fail with the reason when the thread crashes, and the next starts a new one', async () => {
      const { client, clock, threads, newest } = setUp();
      const request = client.request('add', { a: 1, b: 2 }, { timeoutMs: 100 });
      newest().exits.fire({ reason: 'outOfMemory', message: 'heap limit', code: 1 });
      await assert.rejects(request, withCode('worker.outOfMemory'));
      assert.equal(clock.pendingTimers, 0);
      assert.equal(client.isRunning, false);
      const next = client.request('add', { a: 1, b: 2 });
      newest().reply(3);
      assert.equal(await next, 3);
      assert.equal(threads.length, 2);
    });

    it('fail when the thread cannot be started', async () => {
      const { client } = setUp({
        spawn: () => {
          throw new Error('no such file');
        },
      });
      await assert.rejects(client.request('add', { a: 1, b: 2 }), withCode('worker.startFailed'));
      assert.equal(client.outstandingRequests, 0);
    });

    it('fail when the message cannot be copied', async () => {
      const { client } = setUp();
      const request = client.request('add', { a: 1, b: (() => 2) as unknown as number });
      await assert.rejects(request, withCode('worker.notCloneable'));
      assert.equal(client.outstandingRequests, 0);
    });

    it('do not hang when a listener ends the thread while it starts', async () => {
      const { client } = setUp();
      client.onStarted(() => {
        client.dispose();
      });
      await assert.rejects(client.request('add', { a: 1, b: 2 }), withCode('worker.terminated'));
    });
  });

  describe('messages', () => {
    it('are parsed; refused ones are counted and logged once', () => {
      const { client, logger, newest } = setUp();
      const pushes: TestPush[] = [];
      client.onPush((push) => pushes.push(push));
      client.keepAlive();
      for (const bad of [null, 'text', { type: 'unknown' }, { type: 'push', payload: { type: 'other' } }]) {
        newest().messages.fire(bad);
      }
      newest().messages.fire({ type: 'push', payload: { type: 'echoed', text: 'hello' } });
      assert.deepEqual(pushes, [{ type: 'echoed', text: 'hello' }]);
      assert.equal(client.refusedMessages, 4);
      assert.equal(logger.of('warning').length, 1);
    });

    it('of a replaced thread reach nobody', async () => {
      const { client, threads } = setUp();
      const pushes: TestPush[] = [];
      client.onPush((push) => pushes.push(push));
      client.keepAlive();
      await client.replace('test');
      threads[0]!.messages.fire({ type: 'push', payload: { type: 'aborted' } });
      assert.deepEqual(pushes, []);
    });

    it('go to a running thread only', () => {
      const { client, newest } = setUp();
      assert.equal(client.notify({ type: 'echo', text: 'early' }), false);
      client.keepAlive();
      assert.equal(client.notify({ type: 'echo', text: 'now' }), true);
      assert.deepEqual(newest().posted, [{ type: 'notification', payload: { type: 'echo', text: 'now' } }]);
    });

    it('sent from onStarted arrive before the first request', async () => {
      const { client, newest } = setUp();
      client.onStarted(() => client.notify({ type: 'echo', text: 'configuration' }));
      const request = client.request('add', { a: 1, b: 2 });
      assert.deepEqual(
        newest().posted.map((message) => (message as { type: string }).type),
        ['notification', 'request'],
      );
      newest().reply(3);
      await request;
    });

    it('survive a listener that throws', () => {
      const { client, logger, newest } = setUp();
      const heard: string[] = [];
      client.onPush(() => {
        throw new Error('listener');
      });
      client.onPush((push) => heard.push(push.type));
      client.keepAlive();
      newest().messages.fire({ type: 'push', payload: { type: 'aborted' } });
      assert.deepEqual(heard, ['aborted']);
      assert.equal(logger.of('error').length, 1);
    });
  });

  describe('keepAlive', () => {
    it('replaces a crashed thread at once, configures it anew and logs the reason', () => {
      const { client, logger, threads, newest } = setUp();
      const exits: WorkerExit[] = [];
      let started = 0;
      client.onStarted(() => started++);
      client.onExited((exit) => exits.push(exit));
      client.keepAlive();
      newest().crash('out of luck');
      assert.equal(threads.length, 2);
      assert.equal(started, 2);
      assert.equal(exits.length, 1);
      assert.equal(exits[0]?.planned, false);
      assert.match(logger.of('warning')[0]!, /error: out of luck.*starts now/);
    });

    it('doubles the delay while threads keep failing, and forgets after a healthy minute', async () => {
      const { client, clock, threads, newest } = setUp();
      client.keepAlive();
      newest().crash();
      assert.equal(threads.length, 2, 'at once');
      for (const delayMs of [1_000, 2_000, 4_000, 8_000]) {
        const before: number = threads.length;
        newest().crash();
        await clock.advance(delayMs - 1);
        assert.equal(threads.length, before, `not before ${delayMs} ms`);
        await clock.advance(1);
        assert.equal(threads.length, before + 1, `after ${delayMs} ms`);
      }
      await clock.advance(60_000);
      const before: number = threads.length;
      newest().crash();
      assert.equal(threads.length, before + 1, 'at once again');
    });

    it('backs off from a thread that cannot even be started', async () => {
      let attempts = 0;
      const { client, clock } = setUp({
        spawn: () => {
          attempts++;
          throw new Error('broken');
        },
      });
      client.keepAlive();
      assert.equal(attempts, 2);
      await clock.advance(1_000);
      assert.equal(attempts, 3);
      await clock.advance(1_999);
      assert.equal(attempts, 3);
      client.dispose();
      assert.equal(clock.pendingTimers, 0);
    });

    it('is not restarted after the last hold was let go', async () => {
      const { client, clock, threads, newest } = setUp();
      const one = client.keepAlive();
      const two = client.keepAlive();
      one.dispose();
      one.dispose();
      newest().crash();
      assert.equal(threads.length, 2);
      newest().crash();
      two.dispose();
      await clock.advance(100_000);
      assert.equal(threads.length, 2);
      assert.equal(clock.pendingTimers, 0);
    });

    it('replaces a silent thread, but not one that the machine kept from speaking', async () => {
      const { client, clock, threads, newest } = setUp({ silenceLimitMs: 10_000 });
      client.keepAlive();
      await clock.advance(9_000);
      newest().messages.fire({ type: 'alive' });
      await clock.advance(9_999);
      assert.equal(threads.length, 1);
      clock.suspend(3_600_000);
      await clock.advance(9_999);
      assert.equal(threads.length, 1, 'an hour of sleep is no silence');
      await clock.advance(1);
      assert.equal(threads.length, 2);
      assert.equal(threads[0]?.terminated, true);
      client.dispose();
      assert.equal(clock.pendingTimers, 0);
    });

    it('replaces on demand, failing what is outstanding', async () => {
      const { client, threads } = setUp();
      client.keepAlive();
      const request = client.request('add', { a: 1, b: 2 });
      const outcome = assert.rejects(request, withCode('worker.terminated'));
      await client.replace('does not obey');
      await outcome;
      assert.equal(threads.length, 2);
      assert.equal(threads[0]?.terminated, true);
      assert.equal(client.isRunning, true);
    });
  });

  describe('idle stop', () => {
    it('ends the thread after the idle time, counted from the last request', async () => {
      const { client, clock, threads, newest } = setUp({ idleMs: 5_000 });
      const first = client.request('add', { a: 1, b: 2 });
      await clock.advance(60_000);
      assert.equal(client.isRunning, true, 'outstanding');
      newest().reply(3);
      await first;
      await clock.advance(4_999);
      assert.equal(client.isRunning, true);
      await clock.advance(1);
      assert.equal(client.isRunning, false);
      assert.equal(threads[0]?.terminated, true);
      assert.equal(clock.pendingTimers, 0);
    });

    it('waits for the last hold', async () => {
      const { client, clock } = setUp({ idleMs: 5_000 });
      const hold = client.keepAlive();
      await clock.advance(60_000);
      assert.equal(client.isRunning, true);
      hold.dispose();
      await clock.advance(5_000);
      assert.equal(client.isRunning, false);
    });
  });

  describe('the end', () => {
    it('does not wait for ever for a thread that cannot be ended', async () => {
      const { client, clock, logger, newest } = setUp();
      client.keepAlive();
      newest().endsOnTerminate = false;
      let stopped = false;
      const stop = client.stop().then(() => {
        stopped = true;
      });
      await clock.advance(1_999);
      assert.equal(stopped, false);
      await clock.advance(1);
      await stop;
      assert.equal(logger.of('warning').length, 1);
    });

    it('says nothing of a thread that ends in time', async () => {
      const { client, clock, logger, newest } = setUp();
      client.keepAlive();
      newest().endsOnTerminate = false;
      const stop = client.stop();
      await clock.advance(1_000);
      newest().end();
      await stop;
      assert.deepEqual(logger.of('warning'), []);
      assert.equal(clock.pendingTimers, 0);
    });

    it('fails what is outstanding, ends the thread and leaves no timer', async () => {
      const { client, clock, threads, newest } = setUp({ silenceLimitMs: 10_000, idleMs: 1_000 });
      client.keepAlive();
      const request = client.request('add', { a: 1, b: 2 }, { timeoutMs: 100 });
      const outcome = assert.rejects(request, withCode('worker.disposed'));
      await client.stop();
      await outcome;
      assert.equal(newest().terminated, true);
      assert.equal(clock.pendingTimers, 0);
      client.dispose();
      await assert.rejects(client.request('add', { a: 1, b: 2 }), withCode('worker.disposed'));
      client.keepAlive();
      await client.replace('test');
      assert.equal(threads.length, 1);
    });

    it('cancels a restart that was to come', async () => {
      const { client, clock, threads, newest } = setUp();
      client.keepAlive();
      newest().crash();
      newest().crash();
      assert.equal(clock.pendingTimers, 1);
      await client.stop();
      assert.equal(clock.pendingTimers, 0);
      assert.equal(threads.length, 2);
    });
  });
});

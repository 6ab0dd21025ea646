import assert from 'node:assert/strict';
import type { Task, TaskContext, TaskRequest, TaskStatus } from '../../../src/services/tasks/task';
import { SupervisedTask } from '../../../src/services/tasks/supervisedTask';
import { taskKinds } from '../../../src/services/tasks/taskKinds';
import { TaskSupervisor } from '../../../src/services/tasks/taskSupervisor';
import { runOnThread } from '../../../src/services/tasks/threadWork';
import { SentinelError } from '../../../src/shared/errors';
import { WorkerClient } from '../../../src/workers/workerClient';
import { FakeClock } from '../support/fakeClock';
import { Random, testSeed } from '../support/random';
import { RecordingLogger } from '../support/recordingLogger';
import { FakeThread } from '../workers/support/fakeThread';
import {
  type TestNotification,
  testProtocol,
  type TestPush,
  type TestRequests,
} from '../workers/support/testProtocol';

const finalStatuses: readonly TaskStatus[] = ['finished', 'failed', 'cancelled', 'timedOut', 'stalled'];
const allowed: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  queued: ['running', 'paused', 'cancelled'],
  running: ['paused', ...finalStatuses],
  paused: ['queued', 'running', 'finished', 'failed', 'cancelled'],
  finished: [],
  failed: [],
  cancelled: [],
  timedOut: [],
  stalled: [],
};

/** Work of every good and bad manner, on the test's own clock. */
class RandomWork {
  /** Threads that have not ended. */
  readonly threads = new Set<FakeThread>();
  readonly client: WorkerClient<TestRequests, TestNotification, TestPush>;
  /** Abort listeners that work has attached and not taken back. */
  abortListeners = 0;

  constructor(
    private readonly random: Random,
    private readonly clock: FakeClock,
    logger: RecordingLogger,
  ) {
    this.client = new WorkerClient<TestRequests, TestNotification, TestPush>({
      name: 'random',
      protocol: testProtocol,
      clock,
      logger,
      idleMs: 1_000,
      spawn: () => this.spawn(),
    });
  }

  request(): TaskRequest<unknown> {
    const { random } = this;
    const manners = [
      () => this.inPieces,
      () => this.atOnce,
      () => this.throwing,
      () => this.silent,
      () => this.deaf,
      () => this.deafButForced,
      () => this.onThread,
    ];
    return {
      kind: random.pick(taskKinds),
      title: 'random',
      run: random.pick(manners)(),
      watched: random.chance(0.9),
      ...(random.chance(0.3) ? { timeLimitMs: 1 + random.below(20_000) } : {}),
    };
  }

  private readonly inPieces = async (context: TaskContext): Promise<number> => {
    const pieces = this.random.below(30);
    for (let piece = 0; piece < pieces; piece++) {
      await context.checkpoint();
      context.reportProgress((piece / pieces) * 100);
      await this.delay(this.random.below(1_000));
      if (this.random.chance(0.01)) throw new Error('in the midst');
    }
    return pieces;
  };

  private readonly atOnce = (): string => 'done';

  private readonly throwing = (): never => {
    throw new SentinelError('test.thrown', 'at once');
  };

  /** Obeys, but gives no sign of life. */
  private readonly silent = (context: TaskContext): Promise<void> =>
    new Promise((_, reject) => {
      this.abortListeners++;
      const onAbort = (): void => {
        context.signal.removeEventListener('abort', onAbort);
        this.abortListeners--;
        reject(context.signal.reason as Error);
      };
      context.signal.addEventListener('abort', onAbort);
    });

  private readonly deaf = (): Promise<void> => this.delay(this.random.below(60_000));

  private readonly deafButForced = (context: TaskContext): Promise<void> =>
    new Promise((_, reject) => {
      context.onForce(async () => {
        await this.delay(this.random.below(5_000));
        reject(new Error('forced'));
      });
    });

  private readonly onThread = (context: TaskContext): Promise<number> =>
    runOnThread(context, this.client, this.clock, () => this.client.request('add', { a: 1, b: 2 }));

  private delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimeout(resolve, ms);
    });
  }

  private spawn(): FakeThread {
    const thread = new FakeThread();
    this.threads.add(thread);
    thread.onExit(() => this.threads.delete(thread));
    // Answers, fails, talks nonsense, or crashes, a while after something was asked.
    const post = thread.post.bind(thread);
    thread.post = (message) => {
      post(message);
      const { id, type } = message as { id?: number; type: string };
      if (type !== 'request' || id === undefined) return;
      this.clock.setTimeout(() => {
        if (!this.threads.has(thread)) return;
        const fate = this.random.below(20);
        if (fate === 0) thread.crash();
        else if (fate === 1) thread.exits.fire({ reason: 'outOfMemory', code: 1 });
        else if (fate === 2) thread.messages.fire({ nonsense: true });
        else if (fate < 5) thread.messages.fire({ type: 'failure', id, error: { code: 'x', message: 'x' } });
        else thread.messages.fire({ type: 'reply', id, value: 3 });
      }, this.random.below(3_000));
    };
    return thread;
  }
}

describe('10,000 random tasks', () => {
  it('end in exactly one final state each, in order, and leave nothing', async function () {
    this.timeout(120_000);
    const random = new Random(testSeed());
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    const supervisor = new TaskSupervisor({
      clock,
      logger,
      concurrency: { files: 20, urls: 20, network: 20, events: 20, database: 20 },
    });
    const work = new RandomWork(random, clock, logger);

    const tasks: Task<unknown>[] = [];
    const statuses = new Map<number, TaskStatus>();
    const faults: string[] = [];
    const counts: Partial<Record<TaskStatus, number>> = {};
    let notifying = false;
    supervisor.onEvent(({ task: { id }, event }) => {
      if (notifying) faults.push(`${id}: told while others were being told`);
      notifying = true;
      const before = statuses.get(id) ?? 'queued';
      const isOver = finalStatuses.includes(before);
      switch (event.type) {
        case 'statusChanged':
          if (event.previous !== before || !allowed[before].includes(event.status)) {
            faults.push(`${id}: ${before} → ${event.status} (said to come from ${event.previous})`);
          }
          statuses.set(id, event.status);
          counts[event.status] = (counts[event.status] ?? 0) + 1;
          break;
        case 'started':
        case 'progress':
        case 'heartbeat':
          if (isOver) faults.push(`${id}: ${event.type} after ${before}`);
          break;
        case 'finished':
        case 'cancelled':
          if (before !== event.type) faults.push(`${id}: ${event.type} in ${before}`);
          break;
        case 'error':
          if (!['failed', 'timedOut', 'stalled'].includes(before)) faults.push(`${id}: error in ${before}`);
          break;
      }
      notifying = false;
    });

    const meddle = (task: Task<unknown>): void => {
      const deed = random.below(4);
      if (deed === 0) task.cancel();
      else if (deed === 1) void task.pause();
      else task.resume();
    };
    const submit = (): void => {
      const task = supervisor.submit(work.request());
      tasks.push(task);
      if (!random.chance(0.2)) return;
      task.onEvent(() => {
        if (random.chance(0.1)) meddle(task);
        if (random.chance(0.01) && tasks.length < 10_000) submit();
        if (random.chance(0.05)) throw new Error('a listener');
      });
    };

    let mostWaiting = 0;
    while (tasks.length < 10_000) {
      mostWaiting = Math.max(mostWaiting, supervisor.load.waiting);
      for (let burst = random.below(20); burst > 0 && tasks.length < 10_000; burst--) submit();
      for (let count = random.below(4); count > 0; count--) {
        const active = supervisor.tasks;
        if (active.length > 0) meddle(random.pick(active));
      }
      await clock.advance(random.below(2_000));
    }
    // Those that were paused wait for ever: half go on, the others are there when everything is disposed.
    for (let round = 0; round < 200 && supervisor.tasks.length > 50; round++) {
      for (const task of supervisor.tasks) if (task.id % 2 === 0) task.resume();
      await clock.advance(10_000);
    }
    const stopped = supervisor.stop();
    await clock.advance(120_000);
    await stopped;
    await work.client.stop();

    assert.deepEqual(faults, []);
    assert.equal(tasks.length, 10_000);
    for (const task of tasks) {
      const { status } = await task.outcome;
      assert.equal(task.status, status);
      assert.equal(statuses.get(task.id), status);
      assert.ok(finalStatuses.includes(status));
    }
    const finals = finalStatuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
    assert.equal(finals, 10_000);
    for (const status of finalStatuses) assert.ok((counts[status] ?? 0) > 100, `${status} was hardly tried`);
    assert.ok((counts.paused ?? 0) > 100);
    assert.ok(mostWaiting > 10, 'hardly any task had to wait');
    assert.deepEqual(supervisor.tasks, []);
    assert.deepEqual(supervisor.load, { waiting: 0, running: 0 });
    for (const task of tasks) {
      assert.ok(task instanceof SupervisedTask);
      assert.equal(task.listenerCount, 0);
    }
    assert.equal(clock.pendingTimers, 0);
    assert.equal(work.threads.size, 0);
    assert.equal(work.client.outstandingRequests, 0);
    assert.equal(work.abortListeners, 0);
    console.log(`      at most ${mostWaiting} waiting; ${JSON.stringify(counts)}`);
  });
});

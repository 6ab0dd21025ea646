import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Task } from '../../src/services/tasks/task';
import { TaskSupervisor } from '../../src/services/tasks/taskSupervisor';
import { runOnThread } from '../../src/services/tasks/threadWork';
import { systemClock } from '../../src/shared/clock';
import { nullLogger } from '../../src/shared/logger';
import { spawnThread } from '../../src/workers/thread';
import { WorkerClient } from '../../src/workers/workerClient';
import { FixtureBundle } from '../unit/support/fixtureBundle';
import {
  type TestNotification,
  testProtocol,
  type TestPush,
  type TestRequests,
} from '../unit/workers/support/testProtocol';

const threadCount = 4;
const endless = 1e9;

/**
 * What supervision costs: `overheadUs` of a task against a bare call, `cancelMs` and `pauseMs` from the wish to
 * its fulfilment in a thread that hashes in a synchronous loop, and `hostDelayP99Ms`, the delay of the host's
 * event loop while four threads hash (99th percentile of each round, median of the rounds).
 */
export async function run(): Promise<Record<string, unknown>> {
  const bundle = new FixtureBundle();
  await bundle.build('test/unit/workers/support/test.thread.ts');
  const clients = Array.from(
    { length: threadCount },
    () =>
      new WorkerClient<TestRequests, TestNotification, TestPush>({
        name: 'hash',
        protocol: testProtocol,
        clock: systemClock,
        logger: nullLogger,
        spawn: () => spawnThread(bundle.file('test.thread'), { name: 'hash', logger: nullLogger }),
      }),
  );
  const supervisor = new TaskSupervisor({
    clock: systemClock,
    logger: nullLogger,
    concurrency: { files: threadCount, urls: 1 },
  });
  const hash = (thread = 0): Task<string> =>
    supervisor.submit({
      kind: 'file',
      title: 'hash',
      run: (context) => {
        const client = clients[thread];
        if (client === undefined) throw new Error('There is no such thread.');
        return runOnThread(context, client, systemClock, (control) =>
          client.request('hash', { control, chunks: endless }),
        );
      },
    });

  try {
    const bareUs: number[] = [];
    const supervisedUs: number[] = [];
    const work = (): Promise<number> => Promise.resolve(1);
    for (let round = 0; round < 15; round++) {
      bareUs.push(await perCallUs(2_000, work));
      supervisedUs.push(
        await perCallUs(2_000, () => supervisor.submit({ kind: 'url', title: 'nothing', run: work }).outcome),
      );
    }

    const cancelMs: number[] = [];
    const pauseMs: number[] = [];
    for (let round = 0; round < 21; round++) {
      const task = hash();
      await signOfLife(task);
      pauseMs.push(await tookMs(() => task.pause()));
      const going = signOfLife(task);
      task.resume();
      await going;
      cancelMs.push(
        await tookMs(() => {
          task.cancel();
          return task.outcome;
        }),
      );
    }

    const delayP99Ms: number[] = [];
    const tasks = clients.map((_, thread) => hash(thread));
    await Promise.all(tasks.map(signOfLife));
    for (let round = 0; round < 5; round++) delayP99Ms.push(await eventLoopDelayP99Ms(1_500));
    for (const task of tasks) task.cancel();
    await Promise.all(tasks.map(({ outcome }) => outcome));

    return {
      overheadUs: rounded(median(supervisedUs) - median(bareUs)),
      cancelMs: rounded(median(cancelMs)),
      cancelMaxMs: rounded(Math.max(...cancelMs)),
      pauseMs: rounded(median(pauseMs)),
      pauseMaxMs: rounded(Math.max(...pauseMs)),
      hostDelayP99Ms: rounded(median(delayP99Ms)),
      threads: threadCount,
    };
  } finally {
    await supervisor.stop();
    await Promise.all(clients.map((client) => client.stop()));
    bundle.remove();
  }
}

async function perCallUs(count: number, call: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  for (let done = 0; done < count; done++) await call();
  return ((performance.now() - startedMs) / count) * 1_000;
}

async function tookMs(action: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

/** Settles with the next progress, by which the thread is known to be in the midst of its loop. */
function signOfLife(task: Task<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const listening = task.onEvent(({ type }) => {
      if (type !== 'progress' && type !== 'heartbeat') return;
      listening.dispose();
      resolve();
    });
  });
}

async function eventLoopDelayP99Ms(forMs: number): Promise<number> {
  const resolutionMs = 1;
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  histogram.disable();
  // What it records is the time between two looks; a loop without any delay looks once in its resolution.
  return Math.max(0, histogram.percentile(99) / 1e6 - resolutionMs);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing.');
  return middle;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

import assert from 'node:assert/strict';
import { nodeCommand } from '../../../src/services/process/processCommand';
import { runInTask } from '../../../src/services/process/processInTask';
import { ProcessRunner } from '../../../src/services/process/processRunner';
import type { Task, TaskContext } from '../../../src/services/tasks/task';
import { TaskSupervisor } from '../../../src/services/tasks/taskSupervisor';
import { runOnThread } from '../../../src/services/tasks/threadWork';
import { systemClock } from '../../../src/shared/clock';
import { nullLogger } from '../../../src/shared/logger';
import { spawnThread } from '../../../src/workers/thread';
import { WorkerClient } from '../../../src/workers/workerClient';
import { isAlive } from '../../support/isAlive';
import { until } from '../process/support/processes';
import { settle } from '../support/fakeClock';
import { FixtureBundle } from '../support/fixtureBundle';
import { Random, testSeed } from '../support/random';
import {
  type TestNotification,
  testProtocol,
  type TestPush,
  type TestRequests,
} from '../workers/support/testProtocol';

type Client = WorkerClient<TestRequests, TestNotification, TestPush>;

describe('300 random tasks on real threads and processes', () => {
  const bundle = new FixtureBundle();
  before(() =>
    bundle.build(
      'test/unit/workers/support/test.thread.ts',
      'test/unit/process/support/family.script.ts',
      'src/services/process/guardian.process.ts',
    ),
  );
  after(() => {
    bundle.remove();
  });

  it('end in one final state each and leave no thread, process, timer or port', async function () {
    this.timeout(60_000);
    const random = new Random(testSeed());
    // The test runner's own time limit begins with the first wait.
    await settle();
    const before = resources();
    let threads = 0;
    const pids: number[] = [];
    const newClient = (): Client =>
      new WorkerClient<TestRequests, TestNotification, TestPush>({
        name: 'test',
        protocol: testProtocol,
        clock: systemClock,
        logger: nullLogger,
        spawn: () => {
          const thread = spawnThread(bundle.file('test.thread'), { name: 'test', logger: nullLogger });
          threads++;
          thread.onExit(() => threads--);
          return thread;
        },
      });
    const free = [newClient(), newClient()];
    const clients = [...free];
    const runner = new ProcessRunner({
      clock: systemClock,
      logger: nullLogger,
      guardianFile: bundle.file('guardian.process'),
    });
    const supervisor = new TaskSupervisor({
      clock: systemClock,
      logger: nullLogger,
      graceMs: 30,
      concurrency: { files: clients.length, network: 2 },
    });

    const onThread = async (context: TaskContext): Promise<string> => {
      const client = free.pop();
      assert.ok(client !== undefined, 'a queue lets no more tasks run than there are threads');
      try {
        return await runOnThread(context, client, systemClock, (control) => {
          const fate = random.below(10);
          if (fate === 0) return client.request('misbehave', { how: 'throwOutside' });
          if (fate === 1) return client.request('misbehave', { how: 'exit' });
          if (fate === 2) return client.request('misbehave', { how: 'throw' });
          if (fate === 3) return client.request('misbehave', { how: 'loop' });
          return client.request('hash', { control, chunks: random.below(200) });
        });
      } finally {
        free.push(client);
      }
    };
    const inProcess = async (context: TaskContext): Promise<string> => {
      const manner = random.chance(0.5) ? ['deaf'] : [];
      const { end } = await runInTask(context, runner, {
        ...nodeCommand(bundle.file('family.script'), ['p', String(random.below(2)), ...manner]),
        // It takes no notice of its stdin, so that it is a foreign program in this.
        endsWithInput: false,
        onLine: ({ text }) => pids.push(Number(text.split(' ')[1])),
      });
      return end.status;
    };

    const tasks: Task<string>[] = [];
    const finals: string[] = [];
    supervisor.onEvent(({ task, event }) => {
      if (event.type !== 'statusChanged') return;
      if (['queued', 'running', 'paused'].includes(event.status)) return;
      finals.push(`${task.id}`);
    });
    for (let count = 0; count < 300; count++) {
      const isProcess = count % 10 === 0;
      const task = supervisor.submit({
        kind: isProcess ? 'networkQuick' : 'file',
        title: 'real',
        // Whatever loops or never ends is ended by this.
        timeLimitMs: 20 + random.below(150),
        run: isProcess ? inProcess : onThread,
      });
      tasks.push(task);
      task.onEvent(({ type }) => {
        if (type !== 'heartbeat' && type !== 'started') return;
        if (random.chance(0.2)) task.cancel();
        if (random.chance(0.2))
          void task.pause().then(() => {
            task.resume();
          });
      });
    }
    await Promise.all(tasks.slice(0, 280).map(({ outcome }) => outcome));
    await supervisor.stop();
    await runner.stop();
    await Promise.all(clients.map((client) => client.stop()));

    assert.equal(finals.length, 300);
    assert.equal(new Set(finals).size, 300);
    assert.equal(threads, 0);
    assert.equal(runner.runningCount, 0);
    await until(() => !pids.some(isAlive));
    await until(() => resources().length <= before.length);
    assert.deepEqual(resources(), before);
  });
});

/** What keeps this process's event loop busy: ports, timers, pipes, children. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Immediate')
    .sort();
}

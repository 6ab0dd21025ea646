import assert from 'node:assert/strict';
import { systemClock } from '../../../src/shared/clock';
import type { Task } from '../../../src/services/tasks/task';
import { TaskSupervisor } from '../../../src/services/tasks/taskSupervisor';
import { runOnThread } from '../../../src/services/tasks/threadWork';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { type TestClient, testClient, testThreadSource } from '../workers/support/testClient';
import type { TestRequests } from '../workers/support/testProtocol';

/** The first event of a kind, awaited. */
function event(
  task: Task<unknown>,
  matches: (event: { type: string; status?: string }) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    task.onEvent((told) => {
      if (matches(told)) resolve();
    });
  });
}

describe('a task on a real thread', () => {
  const bundle = new FixtureBundle();
  const logger = new RecordingLogger();
  let client: TestClient;
  let supervisor: TaskSupervisor;

  before(() => bundle.build(testThreadSource));
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    client = testClient(bundle, logger);
    supervisor = new TaskSupervisor({ clock: systemClock, logger, graceMs: 50, concurrency: { files: 1 } });
  });
  afterEach(async () => {
    await supervisor.stop();
    await client.stop();
  });

  const hash = (chunks: number): Task<string> =>
    supervisor.submit({
      kind: 'file',
      title: 'hash',
      run: (context) =>
        runOnThread(context, client, systemClock, (control) => client.request('hash', { control, chunks })),
    });
  const misbehave = (how: TestRequests['misbehave']['request']['how']): Task<string> =>
    supervisor.submit({
      kind: 'file',
      title: how,
      run: (context) => runOnThread(context, client, systemClock, () => client.request('misbehave', { how })),
    });

  it('reports its progress and its result', async () => {
    const task = hash(100);
    const outcome = await task.outcome;
    assert.equal(outcome.status, 'finished');
    assert.match(outcome.result, /^[0-9a-f]{64}$/);
    assert.equal(task.percent, 100);
  });

  it('is cancelled in the midst of a synchronous loop without losing the thread', async () => {
    const task = hash(1e9);
    await event(task, ({ type }) => type === 'heartbeat');
    task.cancel();
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    assert.equal(client.isRunning, true);
    assert.equal((await hash(1).outcome).status, 'finished');
  });

  it('is paused, resumed, paused and cancelled in the midst of a synchronous loop', async () => {
    const task = hash(1e9);
    await event(task, ({ type }) => type === 'heartbeat');
    assert.equal(await task.pause(), true);
    assert.equal(task.status, 'paused');
    const resumed = event(task, ({ status }) => status === 'running');
    task.resume();
    await resumed;
    assert.equal(await task.pause(), true);
    task.cancel();
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    assert.equal(client.isRunning, true);
  });

  it('that never reaches a checkpoint is ended with its thread, which is replaced', async () => {
    const started = new Promise<void>((resolve) => {
      client.onStarted(() => {
        resolve();
      });
    });
    const task = misbehave('loop');
    await started;
    task.cancel();
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    assert.equal(client.isRunning, false);
    assert.equal((await hash(1).outcome).status, 'finished');
  });

  for (const [how, code] of [
    ['throw', 'test.misbehaved'],
    ['throwOutside', 'worker.error'],
    ['exit', 'worker.exit'],
    ['outOfMemory', 'worker.outOfMemory'],
  ] as const) {
    it(`that ends by "${how}" fails with the reason, and the next one runs`, async () => {
      const next = hash(1);
      const outcome = await misbehave(how).outcome;
      assert.equal(outcome.status, 'failed');
      assert.equal(outcome.error.code, code);
      assert.equal((await next.outcome).status, 'finished');
      assert.equal((await hash(1).outcome).status, 'finished');
    }).timeout(20_000);
  }

  it('ends with the supervisor', async () => {
    const tasks = [hash(1e9), hash(1e9)];
    await event(tasks[0]!, ({ type }) => type === 'heartbeat');
    await supervisor.stop();
    assert.deepEqual(
      tasks.map(({ status }) => status),
      ['cancelled', 'cancelled'],
    );
  });
});

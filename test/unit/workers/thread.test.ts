import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import type { Event } from '../../../src/shared/event';
import { ControlBlock } from '../../../src/workers/controlBlock';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { type TestClient, testClient, testThreadSource } from './support/testClient';

/** The next event, awaited. */
function next<T>(event: Event<T>): Promise<T> {
  return new Promise((resolve) => {
    const listening = event((value) => {
      listening.dispose();
      resolve(value);
    });
  });
}

describe('a real thread', () => {
  const bundle = new FixtureBundle();
  const logger = new RecordingLogger();
  let client: TestClient;

  before(() => bundle.build(testThreadSource));
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    client = testClient(bundle, logger);
  });
  afterEach(() => client.stop());

  it('answers, pushes and writes to the log', async () => {
    assert.equal(await client.request('add', { a: 1, b: 2 }), 3);
    const pushed = next(client.onPush);
    client.notify({ type: 'echo', text: 'print' });
    assert.deepEqual(await pushed, { type: 'echoed', text: 'print' });
    while (!logger.of('debug').some((line) => line === 'test: printed by the thread')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('steps back behind the host, and does not take the host along', async function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: only on Linux has a thread a priority of its own');
      this.skip();
    }
    await client.request('add', { a: 1, b: 2 });
    const niceness = readdirSync('/proc/self/task').map((thread) => getPriority(Number(thread)));
    const host = getPriority(process.pid);
    assert.deepEqual(
      niceness.filter((nice) => nice !== host),
      [10],
    );
  });

  it('answers errors as data and goes on', async () => {
    await assert.rejects(client.request('misbehave', { how: 'throw' }), { code: 'test.misbehaved' });
    await assert.rejects(client.request('misbehave', { how: 'uncloneable' }), {
      code: 'worker.notCloneable',
    });
    const badRequest = { how: 'dance' } as unknown as { how: 'throw' };
    await assert.rejects(client.request('misbehave', badRequest), { code: 'worker.badRequest' });
    const badBlock = { control: new SharedArrayBuffer(8), chunks: 1 };
    await assert.rejects(client.request('hash', badBlock), { code: 'worker.badControlBlock' });
    assert.equal(await client.request('add', { a: 1, b: 2 }), 3);
  });

  for (const [how, code] of [
    ['throwOutside', 'worker.error'],
    ['exit', 'worker.exit'],
    ['outOfMemory', 'worker.outOfMemory'],
  ] as const) {
    it(`fails its requests when it ends by "${how}" and is replaced`, async () => {
      await assert.rejects(client.request('misbehave', { how }), { code });
      assert.equal(await client.request('add', { a: 1, b: 2 }), 3);
    }).timeout(20_000);
  }

  it('that loops without a checkpoint is terminated and replaced', async () => {
    assert.equal(await client.request('add', { a: 1, b: 2 }), 3);
    const looping = assert.rejects(client.request('misbehave', { how: 'loop' }), {
      code: 'worker.terminated',
    });
    await client.replace('does not obey');
    await looping;
    assert.equal(await client.request('add', { a: 1, b: 2 }), 3);
  });

  it('hears an abort where it awaits', async () => {
    const controller = new AbortController();
    const request = client.request(
      'misbehave',
      { how: 'wait' },
      { signal: controller.signal, onAbort: 'wait' },
    );
    await client.request('add', { a: 1, b: 2 });
    controller.abort();
    assert.equal(await request, 'aborted');
  });

  it('in a synchronous loop reports, pauses, resumes and is cancelled', async () => {
    const block = new ControlBlock();
    const request = client.request('hash', { control: block.buffer, chunks: 1e9 });
    const outcome = assert.rejects(request, { code: 'task.cancelled' });
    await until(() => block.read().counters.bytes > 0);
    assert.ok(block.read().beats > 0);
    block.pause();
    await until(() => block.read().waitingThreads === 1);
    const paused = block.read();
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(block.read(), paused, 'stands still');
    block.resume();
    await until(() => block.read().beats > paused.beats);
    block.pause();
    await until(() => block.read().waitingThreads === 1);
    block.cancel();
    await outcome;
    assert.equal(block.read().waitingThreads, 0);
    assert.equal(await client.request('add', { a: 1, b: 2 }), 3, 'the thread lives on');
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

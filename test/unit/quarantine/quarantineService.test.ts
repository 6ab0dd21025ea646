import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { QuarantineService } from '../../../src/services/quarantine/quarantineService';
import type { Task } from '../../../src/services/tasks/task';
import { TaskSupervisor } from '../../../src/services/tasks/taskSupervisor';
import { systemClock } from '../../../src/shared/clock';
import { quarantineWorkerProtocol } from '../../../src/shared/protocol/quarantineWorker';
import { spawnThread } from '../../../src/workers/thread';
import { WorkerClient } from '../../../src/workers/workerClient';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { isAsWritten, QuarantineFolders, sha256 } from './support/quarantineFolders';

const large = Buffer.alloc(192 * 1024 * 1024, 'a large file of a pattern ');

describe('QuarantineService', function () {
  this.timeout(60_000);
  const bundle = new FixtureBundle();
  let folders: QuarantineFolders;
  let supervisor: TaskSupervisor;
  let services: QuarantineService[];
  let changes: number;

  before(() => bundle.build('src/workers/quarantine.worker.ts'));
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    folders = new QuarantineFolders();
    supervisor = new TaskSupervisor({ clock: systemClock, logger: new RecordingLogger() });
    services = [];
    changes = 0;
  });
  afterEach(async () => {
    await supervisor.stop();
    for (const service of services) await service.stop();
    folders.remove();
  });

  /** A window with a thread of its own. */
  function open(): { service: QuarantineService; replace: () => Promise<void> } {
    const logger = new RecordingLogger();
    const thread = new WorkerClient({
      name: 'quarantine',
      protocol: quarantineWorkerProtocol,
      clock: systemClock,
      logger,
      spawn: () =>
        spawnThread(bundle.file('quarantine.worker'), {
          name: 'quarantine',
          logger,
          workerData: { folder: folders.store },
        }),
    });
    const service = new QuarantineService({
      thread,
      supervisor,
      clock: systemClock,
      titles: {
        move: (file) => `move ${file}`,
        restore: (file) => `restore ${file}`,
        remove: (name) => `remove ${name}`,
        list: () => 'list',
      },
    });
    service.onChanged(() => (changes += 1));
    services.push(service);
    return { service, replace: () => thread.replace('a test wants it') };
  }

  async function resultOf<T>(task: Task<T>): Promise<T> {
    const outcome = await task.outcome;
    assert.ok(outcome.status === 'finished', JSON.stringify(outcome));
    return outcome.result;
  }

  /** Settles when the task has come so far. */
  function reaches(task: Task<unknown>, percent: number): Promise<void> {
    return new Promise((resolve) => {
      task.onEvent(() => {
        if ((task.percent ?? 0) >= percent) resolve();
      });
    });
  }

  it('moves, lists, restores and deletes on a thread', async () => {
    const { service } = open();
    const file = folders.write('harm');
    assert.deepEqual(await resultOf(service.list()), []);
    const moved = await resultOf(service.move({ path: file, sha256: sha256('harm') }));
    assert.ok(moved.status === 'moved' && !existsSync(file));
    assert.deepEqual(await resultOf(service.list()), [{ type: 'stored', record: moved.record }]);
    assert.equal((await resultOf(service.restore(moved.record))).status, 'restored');
    assert.ok(isAsWritten(file));
    const again = await resultOf(service.move({ path: file }));
    assert.ok(again.status === 'moved');
    assert.equal((await resultOf(service.remove(again.record.id, 'x'))).status, 'removed');
    assert.deepEqual(await resultOf(service.list()), []);
    assert.equal(changes, 4);
    assert.equal((await resultOf(service.move({ path: file }))).status, 'refused');
    assert.equal(changes, 4, 'nothing has changed');
  });

  it('does one thing after the other, in two windows at the same time', async () => {
    const [one, other] = [open().service, open().service];
    const files = Array.from({ length: 12 }, (_, index) => folders.write(`harm ${index}`, `file-${index}`));
    const results = await Promise.all(
      files.map((file, index) => resultOf((index % 2 === 0 ? one : other).move({ path: file }))),
    );
    assert.ok(results.every(({ status }) => status === 'moved'));
    const items = await resultOf(one.list());
    assert.deepEqual(
      new Set(items.map((item) => (item.type === 'stored' ? item.record.origin : item))),
      new Set(files),
    );
  });

  it('leaves a large file where it is when it is cancelled, and does not hold its thread', async () => {
    const { service } = open();
    const file = folders.write(large);
    const task = service.move({ path: file });
    await reaches(task, 5);
    const cancelledAt = performance.now();
    task.cancel();
    assert.equal((await task.outcome).status, 'cancelled');
    assert.ok(performance.now() - cancelledAt < 2_000, 'it obeyed by itself');
    assert.ok(isAsWritten(file));
    assert.deepEqual(await resultOf(service.list()), []);
    assert.deepEqual(folders.leftovers(), []);
  });

  it('stands still in the middle of a large file, and goes on', async () => {
    const { service } = open();
    const file = folders.write(large);
    const task = service.move({ path: file });
    await reaches(task, 5);
    assert.equal(await task.pause(), true);
    assert.equal(task.status, 'paused');
    assert.ok(existsSync(file));
    task.resume();
    const moved = await resultOf(task);
    assert.ok(moved.status === 'moved' && moved.record.sizeBytes === large.length);
    assert.equal((await resultOf(service.restore(moved.record))).status, 'restored');
    assert.ok(readFileSync(file).equals(large));
  });

  it('finishes with the next thread what a thread that was ended has begun', async () => {
    const { service, replace } = open();
    const file = folders.write(large);
    const task = service.move({ path: file });
    await reaches(task, 20);
    await replace();
    assert.equal((await task.outcome).status, 'failed');
    assert.ok(isAsWritten(file));
    assert.deepEqual(await resultOf(service.list()), []);
    assert.deepEqual(folders.leftovers(), []);
    assert.equal((await resultOf(service.move({ path: file }))).status, 'moved');
  });
});

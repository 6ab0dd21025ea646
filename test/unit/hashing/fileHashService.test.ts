import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileHashService } from '../../../src/services/hashing/fileHashService';
import { type HashThread, HashThreads } from '../../../src/services/hashing/hashThreads';
import { TaskSupervisor } from '../../../src/services/tasks/taskSupervisor';
import { systemClock } from '../../../src/shared/clock';
import type { FileHashResult } from '../../../src/shared/protocol/fileHashWorker';
import { fileHashWorkerProtocol } from '../../../src/shared/protocol/fileHashWorker';
import { WorkControl } from '../../../src/workers/controlBlock';
import { spawnThread } from '../../../src/workers/thread';
import { WorkerClient } from '../../../src/workers/workerClient';
import { FakeClock, settle } from '../support/fakeClock';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';

const hashed: FileHashResult = {
  status: 'hashed',
  sizeBytes: 1,
  hashes: { md5: 'aa', sha1: 'bb', sha256: 'cc' },
};

/** A thread whose answers a test gives. */
class FakeHashThread implements HashThread {
  readonly asked: { path: string; control: WorkControl; answer: (result: FileHashResult) => void }[] = [];
  ended = false;

  request(_name: 'hash', payload: { control: SharedArrayBuffer; path: string }): Promise<FileHashResult> {
    return new Promise((answer) => {
      this.asked.push({ path: payload.path, control: new WorkControl(payload.control), answer });
    });
  }

  replace(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    this.ended = true;
  }

  stop(): Promise<void> {
    this.dispose();
    return Promise.resolve();
  }
}

describe('FileHashService', () => {
  let folder: string;
  const file = (name: string, sizeBytes: number): string => {
    const full = path.join(folder, name);
    writeFileSync(full, '');
    truncateSync(full, sizeBytes);
    return full;
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-hash-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function setUp() {
    const clock = new FakeClock();
    const created: FakeHashThread[] = [];
    const threads = new HashThreads(() => {
      const thread = new FakeHashThread();
      created.push(thread);
      return thread;
    });
    const supervisor = new TaskSupervisor({ clock, logger: new RecordingLogger() });
    const service = new FileHashService(supervisor, threads, clock);
    /** Waits for the file system, which no clock moves. */
    const until = async (condition: () => boolean): Promise<void> => {
      for (let turn = 0; !condition(); turn++) {
        assert.ok(turn < 100_000, 'never came');
        await settle();
      }
    };
    const asked = async (thread: number, count: number): Promise<FakeHashThread> => {
      await until(() => (created[thread]?.asked.length ?? 0) >= count);
      return created[thread]!;
    };
    return { clock, created, threads, supervisor, service, asked, until };
  }

  it('hashes one after another, with progress by size, and keeps the order', async () => {
    const { clock, service, asked } = setUp();
    const mebibyte = 1024 * 1024;
    const paths = [file('small', mebibyte), file('large', 3 * mebibyte), path.join(folder, 'gone')];
    const task = service.start(paths, 'title');
    const thread = await asked(0, 1);
    assert.equal(task.step, 'small (1/3)');
    thread.asked[0]!.control.reportProgress(50);
    await clock.advance(100);
    const half = task.percent ?? 0;
    assert.ok(half > 10 && half < 14, `an eighth, and not ${half}`);
    thread.asked[0]!.answer(hashed);
    await asked(0, 2);
    assert.equal(thread.asked[1]!.path, paths[1]);
    assert.equal(task.step, 'large (2/3)');
    thread.asked[1]!.answer({ status: 'refused', reason: 'changed' });
    await asked(0, 3);
    thread.asked[2]!.answer({ status: 'refused', reason: 'vanished' });
    const outcome = await task.outcome;
    assert.deepEqual(outcome, {
      status: 'finished',
      result: [
        { path: paths[0], result: hashed },
        { path: paths[1], result: { status: 'refused', reason: 'changed' } },
        { path: paths[2], result: { status: 'refused', reason: 'vanished' } },
      ],
    });
    assert.equal(task.percent, 100);
    assert.equal(clock.pendingTimers, 0);
  });

  it('has time in proportion to the size', async () => {
    const { clock, service, asked } = setUp();
    const task = service.start([file('sparse', 600e6)], 'title');
    const { asked: requests } = await asked(0, 1);
    assert.equal(task.step, undefined, 'the title names a single file');
    const alive = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        requests[0]!.control.checkpoint();
        await clock.advance(1_000);
      }
    };
    await alive(650_000);
    assert.equal(task.status, 'running', 'a minute, and 600 s for 600 MB');
    await clock.advance(20_000);
    await clock.advance(20_000);
    assert.equal((await task.outcome).status, 'timedOut');
  });

  it('gives each task that runs at the same time its own thread, and uses threads again', async () => {
    const { created, service, asked, until } = setUp();
    const one = service.start([file('one', 1)], 'one');
    const two = service.start([file('two', 1)], 'two');
    for (const thread of [await asked(0, 1), await asked(1, 1)]) thread.asked[0]!.answer(hashed);
    await Promise.all([one.outcome, two.outcome]);
    const three = service.start([file('three', 1)], 'three');
    const again = (): FakeHashThread | undefined => created.find(({ asked: { length } }) => length === 2);
    await until(() => again() !== undefined);
    again()?.asked[1]?.answer(hashed);
    await three.outcome;
    assert.equal(created.length, 2);
  });

  it('ends its threads', async () => {
    const { created, service, asked, threads, supervisor } = setUp();
    void service.start([file('one', 1)], 'one');
    await asked(0, 1);
    supervisor.dispose();
    await threads.stop();
    assert.deepEqual(
      created.map(({ ended }) => ended),
      [true],
    );
  });

  it('starts no thread that lives on when its threads were ended', async () => {
    const { threads, created } = setUp();
    await threads.stop();
    threads.acquire();
    assert.equal(created[0]?.ended, true);
  });
});

describe('hashing on a real thread', () => {
  const bundle = new FixtureBundle();
  const logger = new RecordingLogger();
  let folder: string;
  let threads: HashThreads;
  let supervisor: TaskSupervisor;
  let service: FileHashService;

  before(() => bundle.build('src/workers/fileHash.worker.ts'));
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-hash-'));
    threads = new HashThreads(
      () =>
        new WorkerClient({
          name: 'test',
          protocol: fileHashWorkerProtocol,
          clock: systemClock,
          logger,
          spawn: () => spawnThread(bundle.file('fileHash.worker'), { name: 'test', logger }),
        }),
    );
    supervisor = new TaskSupervisor({ clock: systemClock, logger });
    service = new FileHashService(supervisor, threads, systemClock);
  });
  afterEach(async () => {
    await supervisor.stop();
    await threads.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers', async () => {
    const abc = path.join(folder, 'abc');
    writeFileSync(abc, 'abc');
    const outcome = await service.start([abc, folder], 'title').outcome;
    assert.ok(outcome.status === 'finished', JSON.stringify(outcome));
    const [first, second] = outcome.result;
    assert.ok(first?.result.status === 'hashed');
    assert.match(first.result.hashes.sha256, /^ba7816bf/);
    assert.deepEqual(second?.result, { status: 'refused', reason: 'isDirectory' });
  });

  it('stands still, goes on and is cancelled in the middle of a file', async () => {
    const sparse = path.join(folder, 'sparse');
    writeFileSync(sparse, '');
    truncateSync(sparse, 64 * 1024 ** 3);
    const task = service.start([sparse], 'title');
    await new Promise<void>((resolve) => {
      task.onEvent(({ type }) => {
        if (type === 'progress') resolve();
      });
    });
    assert.equal(await task.pause(), true);
    assert.equal(task.status, 'paused');
    task.resume();
    assert.equal(task.status, 'running');
    task.cancel();
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    const again = path.join(folder, 'abc');
    writeFileSync(again, 'abc');
    assert.equal((await service.start([again], 'title').outcome).status, 'finished', 'the thread lives on');
    assert.deepEqual(logger.of('warning'), []);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RuleSettings, RuleStages } from '../../../../src/services/scan/pool/ruleStages';
import { type JobOutcome, ScanPool } from '../../../../src/services/scan/pool/scanPool';
import type { ScanThread } from '../../../../src/services/scan/pool/scanThread';
import { deferred } from '../../../../src/services/tasks/deferred';
import { SentinelError } from '../../../../src/shared/errors';
import type { BatchReply } from '../../../../src/shared/protocol/scanThread';
import { ThreadSign } from '../../../../src/workers/threadSign';
import { FakeClock, settle } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';
import { type FakeBehaviour, FakeThread, idleCosts } from './fakeScanThreads';

const never = new Promise<never>(() => undefined);
const builtInAlone: RuleSettings = { builtInRules: true, ruleFolders: [], joinSmallFiles: true };
const stepLimits = { baseMs: 10_000, bytesPerMs: 1_000 };

describe('the pool of threads that scan', () => {
  let root: string;
  let clock: FakeClock;
  let pool: ScanPool;
  let stages: RuleStages;
  let behaviour: FakeBehaviour;
  let threads: FakeThread[];
  const signal = new AbortController().signal;

  const own = (text: string): RuleSettings => {
    mkdirSync(path.join(root, 'own'), { recursive: true });
    writeFileSync(path.join(root, 'own/mine.yar'), text);
    return { ...builtInAlone, ruleFolders: [{ path: path.join(root, 'own'), level: 'full' }] };
  };
  const batch = (thread: ScanThread, abort = signal): ReturnType<ScanThread['scan']> =>
    thread.scan(
      'scanBatch',
      (sign) => ({
        control: new SharedArrayBuffer(8),
        sign,
        paths: ['/a', '/b'],
        stamps: new Float64Array(10),
        options: { join: true, openArchives: true, archiveMemoryBytes: 2 ** 27, maxFileBytes: 1 },
      }),
      abort,
    );

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-pool-'));
    mkdirSync(path.join(root, 'pack'));
    writeFileSync(path.join(root, 'pack/built.yar'), 'rule a { condition: false }');
    clock = new FakeClock();
    threads = [];
    behaviour = {};
    stages = new RuleStages(path.join(root, 'pack'));
    stages.load(builtInAlone);
    pool = new ScanPool({
      createClient: (name) => {
        const thread = new FakeThread(name, behaviour);
        threads.push(thread);
        return thread;
      },
      stages,
      clock,
      logger: new RecordingLogger(),
      stepLimits,
    });
  });
  afterEach(async () => {
    await pool.stop();
    rmSync(root, { recursive: true, force: true });
  });

  interface HeldJob {
    /** Absent until it has one. */
    thread?: ScanThread;
    readonly outcome: Promise<JobOutcome<void>>;
    end(): void;
  }

  /** A job that ends when the test says so. */
  const hold = (size: 'small' | 'large' = 'small', abort = signal): HeldJob => {
    const until = deferred<undefined>();
    const job: HeldJob = {
      end: () => {
        until.resolve(undefined);
      },
      outcome: pool.run(size, abort, async (thread) => {
        job.thread = thread;
        await until.promise;
      }),
    };
    return job;
  };

  it('starts no thread before there is work, and no more than it may', async () => {
    pool.resize(2);
    assert.equal(threads.length, 0);
    const first = hold();
    const second = hold();
    const third = hold();
    await settle();
    assert.equal(threads.length, 2);
    assert.equal(third.thread, undefined);
    first.end();
    await settle();
    assert.equal(third.thread, first.thread);
    second.end();
    third.end();
    await Promise.all([first.outcome, second.outcome, third.outcome]);
    assert.deepEqual(
      threads.map(({ asked }) => asked),
      [['prepare'], ['prepare']],
    );
  });

  it('uses a thread that has its rules again, instead of starting another', async () => {
    pool.resize(4);
    for (let round = 0; round < 5; round++) await pool.run('small', signal, (thread) => batch(thread));
    assert.equal(threads.length, 1);
    assert.equal(threads[0]?.asked.filter((name) => name === 'prepare').length, 1);
  });

  it('gives all large work to one thread', async () => {
    pool.resize(2);
    const large = hold('large');
    const other = hold('large');
    const small = hold('small');
    await settle();
    assert.ok(large.thread !== undefined && small.thread !== undefined);
    assert.equal(other.thread, undefined);
    small.end();
    await settle();
    assert.equal(other.thread, undefined);
    large.end();
    await settle();
    assert.equal(other.thread, large.thread);
    other.end();
    await other.outcome;
  });

  it('tells that a thread was stuck, over which item, and replaces it', async () => {
    behaviour.scanBatch = (request) => {
      new ThreadSign(request.sign).step(5_000_000, 1);
      return never;
    };
    const answer = pool.run('small', signal, (thread) => batch(thread));
    await clock.advance(14_900);
    assert.deepEqual(threads[0]?.replaced, []);
    await clock.advance(1_000);
    const outcome = await answer;
    assert.equal(outcome.status, 'done');
    assert.deepEqual(outcome.value, {
      status: 'lost',
      why: 'stuck',
      item: 1,
      detail: 'no sign of life for 15 s',
    });
    assert.deepEqual(threads[0].replaced, ['it is stuck']);
    delete behaviour.scanBatch;
    await pool.run('small', signal, (thread) => batch(thread));
    assert.deepEqual(threads[0].asked, ['prepare', 'scanBatch', 'prepare', 'scanBatch']);
  });

  it('does not call a thread stuck while it makes steps, nor for time in which the machine slept', async () => {
    let finish!: (reply: BatchReply) => void;
    let sign: ThreadSign | undefined;
    behaviour.scanBatch = (request) => {
      sign = new ThreadSign(request.sign);
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const answer = pool.run('small', signal, (thread) => batch(thread));
    for (let item = 0; item < 10; item++) {
      await clock.advance(9_000);
      sign?.step(0, item);
    }
    clock.suspend(3_600_000);
    await clock.advance(9_000);
    finish({ judgements: [], unchanged: new Uint8Array(2), bytes: 0, costs: idleCosts });
    const outcome = await answer;
    assert.equal(outcome.status === 'done' && outcome.value.status, 'done');
    assert.deepEqual(threads[0]?.replaced, []);
  });

  it('tells that a thread crashed or ran out of memory, and over which item', async () => {
    for (const [code, why] of [
      ['worker.exit', 'crashed'],
      ['worker.error', 'crashed'],
      ['worker.outOfMemory', 'outOfMemory'],
    ] as const) {
      behaviour.scanBatch = (request, thread) => {
        new ThreadSign(request.sign).step(0, 0);
        queueMicrotask(() => {
          thread.crash(code);
        });
        return never;
      };
      const outcome = await pool.run('small', signal, (thread) => batch(thread));
      assert.ok(outcome.status === 'done' && outcome.value.status === 'lost');
      assert.deepEqual([outcome.value.why, outcome.value.item], [why, 0]);
    }
  });

  it('replaces a thread in which something was thrown, since nothing can be built on its state', async () => {
    behaviour.scanBatch = () => Promise.reject(new SentinelError('worker.requestFailed', 'unreachable'));
    const outcome = await pool.run('small', signal, (thread) => batch(thread));
    assert.ok(outcome.status === 'done' && outcome.value.status === 'lost');
    assert.equal(outcome.value.why, 'crashed');
    assert.deepEqual(threads[0]?.replaced, ['it cannot go on']);
  });

  it('hands on that the thread obeyed a cancel or a pause, and keeps it', async () => {
    for (const code of ['task.cancelled', 'task.paused']) {
      behaviour.scanBatch = () => Promise.reject(new SentinelError(code, 'obeyed'));
      await assert.rejects(
        pool.run('small', signal, (thread) => batch(thread)),
        { code },
      );
    }
    assert.equal(threads.length, 1);
    assert.deepEqual(threads[0]?.replaced, []);
  });

  it('ends a thread that does not obey a cancel', async () => {
    behaviour.scanBatch = () => never;
    const controller = new AbortController();
    const answer = pool.run('small', controller.signal, (thread) => batch(thread, controller.signal));
    await settle();
    controller.abort();
    const rejected = assert.rejects(answer, { code: 'task.cancelled' });
    await clock.advance(1_000);
    await rejected;
    assert.deepEqual(threads[0]?.replaced, ['it did not obey']);
  });

  it('lets go of work that waits for a thread when it is cancelled', async () => {
    const first = hold();
    await settle();
    const controller = new AbortController();
    const second = hold('small', controller.signal);
    await settle();
    controller.abort(new Error('cancelled'));
    await assert.rejects(second.outcome, /cancelled/);
    first.end();
    await first.outcome;
    const third = await pool.run('small', signal, (thread) => batch(thread));
    assert.equal(third.status, 'done');
  });

  it('lets go at once of work that waits for rules, and keeps what is compiled for the next', async () => {
    let compiled!: (prepared: object) => void;
    behaviour.prepare = () =>
      new Promise((resolve) => {
        compiled = resolve;
      });
    const controller = new AbortController();
    const first = hold('small', controller.signal);
    const second = hold();
    await settle();
    controller.abort(new SentinelError('task.cancelled', 'cancelled'));
    await assert.rejects(first.outcome, { code: 'task.cancelled' });
    compiled({});
    await settle();
    assert.ok(second.thread !== undefined);
    assert.deepEqual(
      threads.map(({ asked, replaced }) => [asked, replaced]),
      [[['prepare'], []]],
    );
    second.end();
    await second.outcome;
  });

  it('replaces a thread after many scans, and one that has grown', async () => {
    const costs = { ...idleCosts };
    behaviour.scanBatch = () =>
      Promise.resolve({ judgements: [], unchanged: new Uint8Array(2), bytes: 0, costs: { ...costs } });
    costs.scanCount = 1_500;
    await pool.run('small', signal, (thread) => batch(thread));
    costs.scanCount = 1;
    costs.memoryBytes = 300 * 1024 * 1024;
    await pool.run('small', signal, (thread) => batch(thread));
    assert.deepEqual(threads[0]?.replaced, ['its memory has grown', 'its memory has grown']);
  });

  it('has no rules to scan with where they cannot be compiled, and says why', async () => {
    behaviour.prepare = (_request, thread) => {
      queueMicrotask(() => {
        thread.crash('worker.outOfMemory');
      });
      return never;
    };
    const outcome = await pool.run('small', signal, (thread) => batch(thread));
    assert.deepEqual(outcome, { status: 'noRules', detail: 'It ended.' });
  });

  it('waits for no large set of own rules: the built-in ones work until it is compiled', async () => {
    stages.load(own('x'.repeat(300_000)));
    let compiled!: (prepared: object) => void;
    behaviour.prepare = ({ sources }) =>
      sources.length === 1
        ? Promise.resolve({})
        : new Promise((resolve) => {
            compiled = resolve;
          });
    pool.resize(1);
    const rulesOf = (outcome: JobOutcome<unknown>): number =>
      outcome.status === 'done' ? outcome.rules.sources.length : 0;
    assert.equal(rulesOf(await pool.run('small', signal, (thread) => batch(thread))), 1);
    assert.equal(stages.ownRules.state, 'compiling');
    let changes = 0;
    pool.onRulesChanged(() => changes++);
    compiled({});
    await settle();
    assert.ok(changes > 0);
    assert.equal(stages.ownRules.state, 'inForce');
    assert.equal(rulesOf(await pool.run('small', signal, (thread) => batch(thread))), 2);
    assert.equal(threads.filter(({ stopped }) => !stopped).length, 1);
    assert.equal(pool.compiledSet(stages.inForce)?.ruleNames.length, 2);
  });

  it('lets neither small nor large work wait for a thread that compiles, with one thread or several', async () => {
    for (const width of [1, 2]) {
      stages.load(own('x'.repeat(300_000 + width)));
      let compiled!: (prepared: object) => void;
      behaviour.prepare = ({ sources }) =>
        sources.length === 1
          ? Promise.resolve({})
          : new Promise((resolve) => {
              compiled = resolve;
            });
      pool.resize(width);
      pool.compileRest();
      const jobs = [hold('small'), hold('large')];
      await settle();
      assert.ok(jobs[0]?.thread !== undefined, 'small work waits');
      jobs[0].end();
      await settle();
      assert.ok(jobs[1]?.thread !== undefined, 'large work waits');
      const running = (): number => threads.filter(({ stopped }) => !stopped).length;
      assert.equal(running(), 2);
      // The compiled rules stay, although all others are busy.
      compiled({});
      await settle();
      assert.equal(stages.ownRules.state, 'inForce');
      jobs[1].end();
      await Promise.all(jobs.map(({ outcome }) => outcome));
      const before = threads.flatMap(({ asked }) => asked).filter((name) => name === 'prepare').length;
      const outcome = await pool.run('small', signal, (thread) => batch(thread));
      assert.equal(outcome.status === 'done' && outcome.rules.sources.length, 2);
      const after = threads.flatMap(({ asked }) => asked).filter((name) => name === 'prepare').length;
      assert.equal(after, before);
      assert.equal(running(), width);
    }
  });

  it('tells every second how far compiling in the background has come', async () => {
    stages.load(own('x'.repeat(300_000)));
    let compiled!: (prepared: object) => void;
    behaviour.prepare = ({ sign }) => {
      new ThreadSign(sign).progress(3, 40);
      return new Promise((resolve) => {
        compiled = resolve;
      });
    };
    const shares: unknown[] = [];
    pool.onRulesChanged(() => shares.push(pool.compileShare));
    assert.equal(pool.compileShare, undefined);
    pool.compileRest();
    await clock.advance(2_500);
    assert.deepEqual(shares, [
      { done: 3, total: 40 },
      { done: 3, total: 40 },
    ]);
    compiled({});
    await clock.advance(5_000);
    assert.equal(shares.at(-1), undefined);
    assert.equal(pool.compileShare, undefined);
    assert.ok(shares.length <= 4);
  });

  it('ends the thread that compiles, too', async () => {
    stages.load(own('x'.repeat(300_000)));
    behaviour.prepare = () => never;
    pool.compileRest();
    await settle();
    await pool.stop();
    assert.deepEqual(
      threads.map(({ stopped }) => stopped),
      [true],
    );
  });

  it('goes on with the built-in rules where own ones need more memory than there is', async () => {
    stages.load(own('x'.repeat(300_000)));
    behaviour.prepare = ({ sources }, thread) => {
      if (sources.length === 1) return Promise.resolve({});
      queueMicrotask(() => {
        thread.crash('worker.outOfMemory');
      });
      return never;
    };
    await pool.run('small', signal, (thread) => batch(thread));
    await settle();
    assert.deepEqual(stages.ownRules, { state: 'failed', detail: 'It ended.' });
    const outcome = await pool.run('small', signal, (thread) => batch(thread));
    assert.equal(outcome.status, 'done');
  });

  it('goes on with the built-in rules where a few own ones cannot be compiled', async () => {
    stages.load(own('rule b { condition: false }'));
    behaviour.prepare = ({ sources }) =>
      sources.length === 1
        ? Promise.resolve({})
        : Promise.reject(new SentinelError('worker.requestFailed', 'unreachable'));
    const outcome = await pool.run('small', signal, (thread) => batch(thread));
    assert.equal(outcome.status === 'done' && outcome.rules.sources.length, 1);
    assert.deepEqual(stages.ownRules, { state: 'failed', detail: 'unreachable' });
  });

  it('has as many threads as the memory of their rules allows', async () => {
    behaviour.prepare = () => Promise.resolve({ memoryBytes: 150 * 1024 * 1024 });
    pool.resize(4);
    assert.equal(pool.size, 4);
    const jobs = [hold(), hold()];
    await settle();
    assert.equal(pool.size, 1);
    for (const job of jobs) job.end();
    await Promise.all(jobs.map(({ outcome }) => outcome));
    await settle();
    assert.equal(threads.filter(({ stopped }) => !stopped).length, 1);
  });

  it('gives threads other rules when those have changed, and those without a rule that is left out', async () => {
    await pool.run('small', signal, (thread) => batch(thread));
    stages.load(own('rule b { condition: false }'));
    await pool.run('small', signal, (thread) => batch(thread));
    const before = stages.inForce.fingerprint;
    stages.leaveOut('own/mine/b');
    assert.notEqual(stages.inForce.fingerprint, before);
    const outcome = await pool.run('small', signal, (thread) => batch(thread));
    assert.deepEqual(outcome.status === 'done' && outcome.rules.leftOut, ['own/mine/b']);
    assert.deepEqual(threads[0]?.replaced, ['it has other rules', 'it has other rules']);
    assert.equal(stages.load(own('rule b { condition: false } ')), true);
    assert.deepEqual(stages.inForce.leftOut, []);
  });

  it('ends every thread and lets nobody wait', async () => {
    const first = hold();
    await settle();
    const second = hold();
    await settle();
    await pool.stop();
    first.end();
    assert.deepEqual(await second.outcome, { status: 'noRules', detail: 'Scans have been ended.' });
    assert.ok(threads.every(({ stopped }) => stopped));
  });
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ScanCoordinatorThread, ScanService } from '../../../../src/services/scan/scanService';
import type { Task } from '../../../../src/services/tasks/task';
import { TaskSupervisor } from '../../../../src/services/tasks/taskSupervisor';
import type { Clock } from '../../../../src/shared/clock';
import { toDisposable } from '../../../../src/shared/disposable';
import type { ScanRequest } from '../../../../src/shared/protocol/scanWorker';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { defaultScanSettings, type ScanSettings } from '../../../../src/shared/scan/settings';
import { ThreadSign } from '../../../../src/workers/threadSign';
import type { FakeBehaviour, FakeThread } from '../pool/fakeScanThreads';
import { removeRoot } from '../support/realScans';
import { ScriptedScans } from '../support/scriptedScans';

const never = new Promise<never>(() => undefined);
const costs = { scanCount: 1, memoryBytes: 10 };

/** As with the built-in rules. */
const compileMsPerRule = 10;

/** Rules of which some never come to an end over files that are called after them. */
function stuckThreads(asked: string[], clock: () => Clock): FakeBehaviour {
  const inForce = new Map<FakeThread, readonly string[]>();
  const hangs = (thread: FakeThread, file: string): boolean =>
    (inForce.get(thread) ?? []).some((rule) => file.includes(`stuck-in-${rule.split('/')[1] ?? ''}-`));
  return {
    prepare: ({ sources, leftOut }, thread) => {
      const names = sources.map(({ namespace }) => `${namespace}/rule`);
      const rules = names.filter((name) => !leftOut.includes(name));
      inForce.set(thread, rules);
      const elapsedMs = rules.length * compileMsPerRule;
      return new Promise((resolve) => {
        clock().setTimeout(() => {
          resolve({ elapsedMs });
        }, elapsedMs);
      });
    },
    scanBatch: ({ paths, options, sign }, thread) => {
      const item = paths.map(String).findIndex((file) => hangs(thread, file));
      asked.push(`${thread.name} ${paths.length} ${options.join ? 'joined' : 'single'}`);
      if (item >= 0) {
        new ThreadSign(sign).step(1_000, options.join ? undefined : item);
        return never;
      }
      const unchanged = new Uint8Array(paths.length).fill(1);
      return Promise.resolve({ judgements: [], unchanged, bytes: 0, costs });
    },
    scanFile: ({ path: file, sign }, thread) => {
      asked.push(`${thread.name} file`);
      new ThreadSign(sign).step(1_000, 0);
      if (hangs(thread, String(file))) return never;
      const yara = { id: 'yara', name: 'YARA-X', state: 'noHit' } as const;
      return Promise.resolve({
        judgement: { engines: [yara], findings: [] },
        unchanged: true,
        bytes: 1,
        costs,
      });
    },
  };
}

describe('scans with rules that do not come to an end, within the limits that hold', function () {
  this.timeout(30_000);
  let scans: ScriptedScans;
  let supervisor: TaskSupervisor;
  let asked: string[];

  beforeEach(() => {
    asked = [];
    scans = new ScriptedScans(stuckThreads(asked, () => scans.clock));
    supervisor = new TaskSupervisor({ clock: scans.clock, logger: scans.logger });
    for (let index = 0; index < 120; index++) {
      writeFileSync(path.join(scans.root, 'pack', `r${index}.yar`), 'rule rule { condition: false }');
    }
  });
  afterEach(async () => {
    await scans.coordinator.stop();
    removeRoot(scans.root);
  });

  const service = (settings: Partial<ScanSettings> = {}): ScanService =>
    new ScanService({
      engines: [],
      thread: {
        request: ((_name: 'scan', request: ScanRequest) =>
          scans.coordinator.scan(request)) as ScanCoordinatorThread['request'],
        replace: () => scans.coordinator.stop(),
        keepAlive: () => toDisposable(() => undefined),
        onExited: () => toDisposable(() => undefined),
        onPush: (listener) => {
          scans.onPush(listener);
          return toDisposable(() => undefined);
        },
        stop: () => scans.coordinator.stop(),
      },
      supervisor,
      history: { put: () => Promise.resolve('stored') },
      markedSafe: { list: () => Promise.resolve([]) },
      clock: scans.clock,
      logger: scans.logger,
      settings: { ...defaultScanSettings, threads: 1, ...settings },
      exclusionsOf: (base) => ({ base, globs: [] }),
      titleOf: () => 'scan',
    });
  const ended = async (task: Task<ScanRecord>): Promise<ScanRecord> => {
    let isOver = false;
    void task.outcome.then(() => (isOver = true));
    await scans.until(() => isOver, 'the end', 3_600_000);
    const outcome = await task.outcome;
    assert.ok(outcome.status === 'finished', outcome.status);
    return outcome.result;
  };

  it('a small folder with such a file comes to its end, and the rule is named', async () => {
    for (const name of ['a', 'b', 'stuck-in-r0-']) scans.write(name, 'text');
    const record = await ended(service().scanFolder(path.join(scans.root, 'files')));
    assert.equal(record.status, 'finished');
    assert.ok(record.details?.type === 'folder');
    assert.deepEqual(record.details.problems, [
      {
        path: path.join(scans.root, 'files', 'stuck-in-r0-'),
        reason: 'timedOut',
        detail: 'left out: sentinel/r0/rule',
      },
    ]);
    // Joined, then one by one; then nobody but the search asks about it with that rule.
    assert.deepEqual(asked.filter((question) => !question.startsWith('search')).slice(0, 2), [
      'scan1 3 joined',
      'scan1 3 single',
    ]);
  });

  it('the other files are asked about with the rule, and it is not asked again about that one', async () => {
    for (const name of ['a', 'b', 'stuck-in-r5-']) scans.write(name, 'text');
    const folder = path.join(scans.root, 'files');
    const scanner = service();
    for (const again of [false, true]) {
      asked.length = 0;
      const startedMs = scans.clock.monotonicMs();
      const record = await ended(scanner.scanFolder(folder));
      assert.ok(record.details?.type === 'folder');
      assert.deepEqual(record.details.verdicts, { noThreatFound: 2, unknown: 1 });
      assert.equal(record.verdict, 'unknown');
      assert.equal(record.details.problems[0]?.detail, 'left out: sentinel/r5/rule');
      const yara = record.engines.find(({ id }) => id === 'yara');
      assert.equal(yara?.detail, '1 of 3 files; left out of some files: sentinel/r5/rule');
      if (again) assert.ok(scans.clock.monotonicMs() - startedMs < 5_000);
      assert.equal(
        asked.some((question) => question.startsWith('search')),
        !again,
      );
    }
  });

  it('a rule that is stuck in several files is left out for all, of which none is then called clean', async () => {
    for (const name of ['a', 'stuck-in-r5-one', 'stuck-in-r5-two', 'stuck-in-r5-three'])
      scans.write(name, 'text');
    const folder = path.join(scans.root, 'files');
    const scanner = service();
    const first = await ended(scanner.scanFolder(folder));
    assert.ok(first.details?.type === 'folder');
    assert.deepEqual(first.details.verdicts, { unknown: 4 });
    assert.equal(first.details.problems.length, 2);
    asked.length = 0;
    scans.write('late', 'text');
    const second = await ended(scanner.scanFolder(folder));
    assert.ok(second.details?.type === 'folder');
    assert.deepEqual(second.details.verdicts, { unknown: 5 });
    const yara = second.engines.find(({ id }) => id === 'yara');
    assert.deepEqual([yara?.state, yara?.reason], ['partial', 'timedOut']);
    assert.match(yara?.detail ?? '', /left out: sentinel\/r5\/rule/);
    assert.deepEqual(
      asked.filter((question) => !question.startsWith('scan')),
      [],
    );
    const single = await ended(scanner.scanFile(path.join(folder, 'late')));
    assert.equal(single.verdict, 'unknown');
    assert.match(single.summary, /left out: sentinel\/r5\/rule/);
    // Changed rules are given another chance.
    writeFileSync(path.join(scans.root, 'pack', 'r5.yar'), 'rule rule { condition: false } // mended');
    const folderOfOwn = { ruleFolders: [{ path: path.join(scans.root, 'pack'), level: 'full' as const }] };
    scanner.configure({ ...defaultScanSettings, threads: 1, ...folderOfOwn, builtInRules: false });
    const mended = await ended(scanner.scanFile(path.join(folder, 'late')));
    assert.equal(mended.verdict, 'noThreatFound');
  });

  it('so does a large file with a thousand rules more', async () => {
    for (let index = 0; index < 1_000; index++) {
      writeFileSync(path.join(scans.root, 'pack', `m${index}.yar`), 'rule rule { condition: false }');
    }
    const file = scans.write('stuck-in-m0-', 'x'.repeat(12_000_000));
    const record = await ended(service().scanFile(file));
    assert.match(record.engines[0]?.detail ?? '', /left out: sentinel\/m0\/rule/);
    assert.equal(record.verdict, 'unknown');
  });

  it('a folder that was made to keep scans busy is given up', async () => {
    for (let index = 0; index < 40; index++) scans.write(`${index}-stuck-in-r${index}-`, 'text');
    const task = service().scanFolder(path.join(scans.root, 'files'));
    let isOver = false;
    void task.outcome.then(() => (isOver = true));
    await scans.until(() => isOver, 'the end', 20 * 60_000);
    assert.equal((await task.outcome).status, 'timedOut');
  });
});

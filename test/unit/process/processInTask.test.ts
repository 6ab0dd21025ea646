import assert from 'node:assert/strict';
import { runInTask } from '../../../src/services/process/processInTask';
import { ProcessRunner } from '../../../src/services/process/processRunner';
import { TaskSupervisor } from '../../../src/services/tasks/taskSupervisor';
import { FakeClock } from '../support/fakeClock';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { isAlive } from '../../support/isAlive';
import { Lines, until } from './support/processes';

describe('a task that runs a program', () => {
  const bundle = new FixtureBundle();
  let clock: FakeClock;
  let runner: ProcessRunner;
  let supervisor: TaskSupervisor;

  before(() =>
    bundle.build('src/services/process/guardian.process.ts', 'test/unit/process/support/family.script.ts'),
  );
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    clock = new FakeClock();
    const logger = new RecordingLogger();
    runner = new ProcessRunner({ clock, logger, guardianFile: bundle.file('guardian.process') });
    supervisor = new TaskSupervisor({ clock, logger });
  });
  afterEach(async () => {
    await supervisor.stop();
    await runner.stop();
    assert.equal(clock.pendingTimers, 0);
  });

  function start(...args: string[]) {
    const lines = new Lines();
    const task = supervisor.submit({
      kind: 'networkQuick',
      title: 'program',
      run: (context) =>
        runInTask(context, runner, {
          file: process.execPath,
          args: [bundle.file('family.script'), ...args],
          onLine: lines.onLine,
          graceMs: 60_000,
        }),
    });
    return { lines, task };
  }

  it('is cancelled with its program', async () => {
    const { lines, task } = start('a', '1');
    await lines.next('a+');
    task.cancel();
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    await until(() => !lines.pids.some(isAlive));
  });

  it('forces a program that does not obey, before its own patience ends', async () => {
    const { lines, task } = start('a', '2', 'deaf');
    await lines.next('a++');
    task.cancel();
    await clock.advance(1_999);
    assert.ok(lines.pids.every(isAlive));
    await clock.advance(1);
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    await until(() => !lines.pids.some(isAlive));
  });

  it('stalls when its program says nothing', async () => {
    const { lines, task } = start('a', '0');
    await lines.next('a');
    await clock.advance(15_000);
    assert.equal((await task.outcome).status, 'stalled');
    await until(() => !lines.pids.some(isAlive));
  });

  it('neither times out nor stalls while its program stands still, and is cancelled out of that', async () => {
    const { lines, task } = start('a', '0');
    await lines.next('a');
    assert.equal(await task.pause(), true);
    await clock.advance(1_000_000);
    assert.equal(task.status, 'paused');
    task.cancel();
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    await until(() => !lines.pids.some(isAlive));
  });
});

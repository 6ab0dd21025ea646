import assert from 'node:assert/strict';
import { SentinelError } from '../../../../src/shared/errors';
import { announceOutcomes } from '../../../../src/ui/tasks/taskOutcomes';
import { RecordingLogger } from '../../support/recordingLogger';
import { english } from '../../support/translate';
import { setUp as setUpTasks, Work } from '../../tasks/support/tasksHarness';

function setUp() {
  const harness = setUpTasks();
  const said: string[] = [];
  const log = new RecordingLogger();
  const showLogAction = { label: 'Show Log', run: () => undefined };
  const announcing = announceOutcomes(
    harness.supervisor,
    {
      offerLog: (message) => said.push(`error ${message}`),
      warning: (message, ...actions) =>
        said.push(`warning ${message} ${actions.map(({ label }) => label).join()}`),
      showLogAction,
    },
    log,
    english,
  );
  return { ...harness, said, log, announcing };
}

const byUser = { userStarted: true, title: 'Reading' } as const;

describe('the end of a task', () => {
  it('needs no words when it finished or was cancelled', async () => {
    const { clock, submit, said } = setUp();
    const work = new Work();
    submit(work, byUser);
    const cancelled = submit(new Work(), byUser);
    await clock.advance(10);
    work.finish('');
    cancelled.cancel();
    await clock.advance(10);
    assert.deepEqual(said, []);
  });

  it('by a failure is an error that leads to the log, which has the cause', async () => {
    const { clock, submit, said, log } = setUp();
    for (const error of [new SentinelError('worker.outOfMemory', 'heap'), new Error('secret detail')]) {
      const work = new Work();
      submit(work, byUser);
      await clock.advance(0);
      work.fail(error);
      await clock.advance(0);
    }
    assert.deepEqual(said, [
      'error Reading: failed. It needed more memory than it may use.',
      'error Reading: failed. The log says why.',
    ]);
    assert.equal(log.of('error').length, 2);
  });

  it('by the time limit or by silence says so', async () => {
    const { clock, submit, said } = setUp();
    submit(new Work(), { ...byUser, timeLimitMs: 67_000, watched: false });
    submit(new Work(), { ...byUser, timeLimitMs: 1e6 });
    await clock.advance(80_000);
    assert.equal(said.length, 2);
    assert.match(said[0] ?? '', /^warning Reading: stopped, because it gave no sign of life for 15 s\./);
    assert.match(
      said[1] ?? '',
      /^warning Reading: stopped, because it took longer than 1 min 7 s\. Show Log$/,
    );
  });

  it('makes no link and no icon of what stands in a title', async () => {
    const { clock, submit, said } = setUp();
    const work = new Work();
    submit(work, { ...byUser, title: 'Reading $(alert) [here](command:x)' });
    await clock.advance(0);
    work.fail(new Error('x'));
    await clock.advance(0);
    assert.equal(said.length, 1);
    assert.ok(!/\$\(|\]\(/.test(said[0] ?? ''), said[0]);
  });

  it('is in the log alone when nobody started it', async () => {
    const { clock, submit, said, log } = setUp();
    const work = new Work();
    submit(work, { title: 'Sweeping' });
    submit(new Work(), { title: 'Sleeping' });
    await clock.advance(0);
    work.fail(new Error('x'));
    await clock.advance(100_000);
    assert.deepEqual(said, []);
    assert.equal(log.of('error').length, 1);
    assert.match(log.of('warning')[0] ?? '', /Sleeping: stopped/);
  });
});

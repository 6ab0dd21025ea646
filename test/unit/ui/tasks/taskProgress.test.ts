import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/shared/event';
import { type ProgressStep, TaskProgress } from '../../../../src/ui/tasks/taskProgress';
import { settle } from '../../support/fakeClock';
import { english } from '../../support/translate';
import { setUp as setUpTasks, Work } from '../../tasks/support/tasksHarness';

interface Shown {
  readonly title: string;
  readonly steps: ProgressStep[];
  readonly cancel: () => void;
  ended: boolean;
}

function setUp() {
  const harness = setUpTasks();
  const shown: Shown[] = [];
  const progress = new TaskProgress(
    harness.supervisor,
    harness.clock,
    (title, run) => {
      const cancels = new Emitter<undefined>();
      const entry: Shown = {
        title,
        steps: [],
        cancel: () => {
          cancels.fire(undefined);
        },
        ended: false,
      };
      shown.push(entry);
      void run((step) => entry.steps.push(step), cancels.event).then(() => {
        entry.ended = true;
        assert.equal(cancels.listenerCount, 0);
      });
    },
    english,
  );
  return { ...harness, shown, progress };
}

const byUser = { userStarted: true, title: 'Reading' } as const;

describe('TaskProgress', () => {
  it('is shown after half a second, not before', async () => {
    const { clock, submit, shown } = setUp();
    submit(new Work(), byUser);
    await clock.advance(499);
    assert.equal(shown.length, 0);
    await clock.advance(1);
    assert.equal(shown[0]?.title, 'Reading');
  });

  it('is not shown for what ends sooner, nor for what nobody started', async () => {
    const { clock, submit, shown } = setUp();
    const quick = new Work();
    submit(quick, byUser);
    submit(new Work(), { userStarted: false });
    await clock.advance(400);
    quick.finish('done');
    await clock.advance(10_000);
    assert.equal(shown.length, 0);
  });

  it('starts where the work is, adds up to its percentage and says it', async () => {
    const { clock, submit, shown } = setUp();
    const work = new Work();
    submit(work, byUser);
    await clock.advance(100);
    work.context?.reportProgress(30);
    await clock.advance(400);
    for (const percent of [30.2, 45.7, 45.8, 44, 90]) work.context?.reportProgress(percent);
    const { steps } = shown[0]!;
    assert.equal(steps[0]?.message, '30 %');
    assert.equal(Math.round(steps.reduce((sum, { increment = 0 }) => sum + increment, 0)), 90);
    assert.ok(steps.every(({ increment = 0 }) => increment >= 0));
    assert.equal(steps.at(-1)?.message, '90 %');
    assert.ok(steps.length <= 4, 'not for each fraction');
  });

  it('names what the work is busy with, not more often than one can read', async () => {
    const { clock, submit, shown } = setUp();
    const work = new Work();
    const task = submit(work, byUser);
    await clock.advance(500);
    for (let file = 1; file <= 100; file++) {
      work.context?.reportProgress(file / 10, `file ${file}`);
      await clock.advance(10);
    }
    const { steps } = shown[0]!;
    assert.ok(steps.length <= 7, `${steps.length} messages in a second`);
    assert.match(steps.at(-1)?.message ?? '', /^\d % · file \d\d$/);
    work.context?.reportProgress(10, 'last');
    const paused = task.pause();
    void work.context?.checkpoint();
    await paused;
    assert.equal(steps.at(-1)?.message, 'paused at 10 %', 'at once, though the step is new, too');
  });

  it('makes no link and no icon of a file’s name', async () => {
    const { clock, submit, shown } = setUp();
    const work = new Work();
    submit(work, { ...byUser, title: '[a](command:b)' });
    await clock.advance(0);
    work.context?.reportProgress(1, '[c](command:d) $(alert)');
    await clock.advance(500);
    const [{ title, steps }] = shown as [Shown];
    assert.doesNotMatch(`${title} ${steps[0]?.message}`, /\]\(|\$\(/);
  });

  it('says that the task waits or stands still', async () => {
    const { clock, submit, shown } = setUp();
    const works = Array.from({ length: 5 }, () => new Work());
    const tasks = works.map((work) => submit(work, byUser));
    await clock.advance(500);
    assert.equal(shown[4]?.steps[0]?.message, 'waiting for other tasks');
    works[0]?.context?.reportProgress(12);
    const paused = tasks[0]?.pause();
    void works[0]?.context?.checkpoint();
    await paused;
    assert.equal(shown[0]?.steps.at(-1)?.message, 'paused at 12 %');
  });

  it('cancels the task, and ends with it', async () => {
    const { clock, submit, shown } = setUp();
    const task = submit(new Work(), byUser);
    await clock.advance(500);
    shown[0]?.cancel();
    assert.equal((await task.outcome).status, 'cancelled');
    await settle();
    assert.equal(shown[0]?.ended, true);
  });

  it('ends whatever the end is', async () => {
    const { clock, submit, shown, supervisor } = setUp();
    const [finished, failed] = [new Work(), new Work()];
    submit(finished, byUser);
    submit(failed, byUser);
    submit(new Work(true), { ...byUser, timeLimitMs: 1_000 });
    submit(new Work(true), { ...byUser });
    await clock.advance(500);
    assert.equal(shown.length, 4);
    finished.finish('x');
    failed.fail(new Error('x'));
    await clock.advance(60_000);
    assert.deepEqual(
      shown.map(({ ended }) => ended),
      [true, true, true, true],
    );
    await supervisor.stop();
    assert.equal(clock.pendingTimers, 0);
  });

  it('appears no more after its disposal', async () => {
    const { clock, submit, shown, progress } = setUp();
    submit(new Work(), byUser);
    await clock.advance(100);
    progress.dispose();
    submit(new Work(), byUser);
    await clock.advance(1_000);
    assert.equal(shown.length, 0);
  });
});

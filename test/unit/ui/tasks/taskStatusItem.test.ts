import assert from 'node:assert/strict';
import { type StatusItem, TaskStatusItem } from '../../../../src/ui/tasks/taskStatusItem';
import { english } from '../../support/translate';
import { setUp as setUpTasks, Work } from '../../tasks/support/tasksHarness';

/** Notes each change that a person could see, with its time. */
class FakeItem implements StatusItem {
  text = '';
  tooltip: StatusItem['tooltip'];
  accessibilityInformation: StatusItem['accessibilityInformation'];
  visible = false;
  disposed = false;
  readonly changes: { atMs: number; seen: string }[] = [];

  constructor(private readonly nowMs: () => number) {}

  show(): void {
    this.visible = true;
    this.changes.push({ atMs: this.nowMs(), seen: this.text });
  }

  hide(): void {
    this.visible = false;
    this.changes.push({ atMs: this.nowMs(), seen: '' });
  }

  dispose(): void {
    this.disposed = true;
  }
}

function setUp() {
  const harness = setUpTasks();
  const items: FakeItem[] = [];
  const item = new TaskStatusItem(
    harness.supervisor,
    harness.clock,
    () => {
      const created = new FakeItem(() => harness.clock.monotonicMs());
      items.push(created);
      return created;
    },
    english,
  );
  return { ...harness, item, shown: () => (items[0]?.visible === true ? items[0].text : ''), items };
}

const byUser = { userStarted: true, title: 'Reading' } as const;

describe('TaskStatusItem', () => {
  it('is not even made while nothing takes its time', async () => {
    const { clock, submit, items } = setUp();
    const [byPerson, byItself] = [new Work(), new Work()];
    submit(byPerson, byUser);
    submit(byItself);
    await clock.advance(400);
    byPerson.finish('');
    await clock.advance(500);
    byItself.finish('');
    await clock.advance(10_000);
    assert.equal(items.length, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it('shows what a person started after half a second, other tasks after one', async () => {
    const { clock, submit, shown } = setUp();
    const [one, two] = [new Work(), new Work()];
    submit(one);
    await clock.advance(999);
    assert.equal(shown(), '');
    await clock.advance(1);
    assert.equal(shown(), '$(sync~spin) 1 task');
    submit(two, byUser);
    await clock.advance(1_000);
    assert.equal(shown(), '$(sync~spin) 2 tasks');
  });

  it('lists the tasks in its tooltip, and tells screen readers', async () => {
    const { clock, submit, items } = setUp();
    const work = new Work();
    submit(work, byUser);
    submit(new Work(), { ...byUser, title: 'Writing' });
    await clock.advance(1_000);
    work.context?.reportProgress(42.9);
    await clock.advance(1_000);
    assert.equal(items[0]?.tooltip, 'Reading: 42 %\nWriting\n\nClick to pause or cancel.');
    assert.equal(items[0].accessibilityInformation?.label, 'Sentinel: 2 tasks running');
  });

  it('says so when all of them stand still', async () => {
    const { clock, submit, shown } = setUp();
    const work = new Work();
    const task = submit(work, byUser);
    await clock.advance(500);
    const paused = task.pause();
    void work.context?.checkpoint();
    await paused;
    await clock.advance(1_000);
    assert.equal(shown(), '$(debug-pause) 1 task paused');
  });

  it('changes at most once a second, and is gone in the end', async () => {
    const { clock, submit, items, supervisor } = setUp();
    for (let turn = 0; turn < 40; turn++) {
      const work = new Work();
      const task = submit(work, byUser);
      await clock.advance(130);
      work.context?.reportProgress(turn);
      await clock.advance(600);
      if (turn % 3 === 0) task.cancel();
      else work.finish('');
      await clock.advance(90);
    }
    await supervisor.stop();
    await clock.advance(1_000);
    const { changes, visible } = items[0]!;
    assert.equal(items.length, 1);
    assert.equal(visible, false);
    assert.ok(changes.length > 5);
    for (const [index, { atMs }] of changes.entries()) {
      const before = changes[index - 1]?.atMs ?? -Infinity;
      assert.ok(atMs - before >= 1_000, `${atMs - before} ms between two changes`);
    }
    assert.equal(clock.pendingTimers, 0);
  });

  it('leaves no timer when it is disposed while tasks run', async () => {
    const { clock, submit, item, items, supervisor } = setUp();
    submit(new Work(), byUser);
    await clock.advance(600);
    item.dispose();
    item.dispose();
    assert.equal(items[0]?.disposed, true);
    await supervisor.stop();
    assert.equal(clock.pendingTimers, 0);
  });
});

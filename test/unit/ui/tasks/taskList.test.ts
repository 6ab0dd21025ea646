import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { Emitter } from '../../../../src/shared/event';
import { TaskList, type TaskPick, type TaskRow } from '../../../../src/ui/tasks/taskList';
import { english } from '../../support/translate';
import { setUp as setUpTasks, Work } from '../../tasks/support/tasksHarness';

/** Does with its rows what VS Code does: new rows move the selection to the first. */
class FakePick implements TaskPick {
  title: string | undefined;
  placeholder: string | undefined;
  value = '';
  buttons: readonly vscode.QuickInputButton[] = [];
  keepScrollPosition = false;
  ignoreFocusOut = false;
  matchOnDescription = false;
  activeItems: readonly TaskRow[] = [];
  selectedItems: readonly TaskRow[] = [];
  shown = 0;
  disposed = false;
  /** How often the rows were replaced. */
  replaced = 0;
  readonly accepts = new Emitter<void>();
  readonly hides = new Emitter<void>();
  readonly titleButtons = new Emitter<vscode.QuickInputButton>();
  readonly rowButtons = new Emitter<vscode.QuickPickItemButtonEvent<TaskRow>>();
  readonly onDidAccept = this.accepts.event;
  readonly onDidHide = this.hides.event;
  readonly onDidTriggerButton = this.titleButtons.event;
  readonly onDidTriggerItemButton = this.rowButtons.event;
  private rows: readonly TaskRow[] = [];

  get items(): readonly TaskRow[] {
    return this.rows;
  }

  set items(rows: readonly TaskRow[]) {
    this.rows = rows;
    this.activeItems = rows.slice(0, 1);
    this.replaced++;
  }

  get texts(): string[] {
    return this.rows.map(({ label, description = '' }) => `${label} | ${description}`);
  }

  accept(label: string): void {
    const row = this.rows.find((each) => each.label.includes(label));
    assert.ok(row, `${label} is missing among ${this.texts.join('; ')}`);
    this.selectedItems = [row];
    this.accepts.fire();
  }

  press(label: string, tooltip: string): void {
    const item = this.rows.find((each) => each.label.includes(label))!;
    const button = item.buttons?.find((each) => each.tooltip === tooltip);
    assert.ok(button, `${label} has no button ${tooltip}`);
    this.rowButtons.fire({ item, button });
  }

  show(): void {
    this.shown++;
  }

  dispose(): void {
    this.disposed = true;
  }
}

function setUp() {
  const harness = setUpTasks();
  const picks: FakePick[] = [];
  const refused: string[] = [];
  // The icons' class exists inside VS Code alone.
  const button = (tooltip: string): vscode.QuickInputButton =>
    ({ iconPath: undefined, tooltip }) as unknown as vscode.QuickInputButton;
  const list = new TaskList({
    source: harness.supervisor,
    clock: harness.clock,
    t: english,
    createPick: () => {
      const pick = new FakePick();
      picks.push(pick);
      return pick;
    },
    buttons: {
      pause: button('Pause'),
      resume: button('Resume'),
      cancel: button('Cancel'),
      back: button('Back'),
    },
    onRefused: (sentence) => refused.push(sentence),
  });
  return { ...harness, list, picks, refused, pick: () => picks.at(-1)! };
}

describe('TaskList', () => {
  it('says that nothing is running', () => {
    const { list, pick } = setUp();
    list.show();
    assert.deepEqual(pick().texts, ['$(check) Nothing is running | ']);
    assert.equal(pick().ignoreFocusOut, true, 'nothing but a person closes it');
    pick().accept('Nothing');
    assert.equal(pick().disposed, true);
  });

  it('shows state, title, percent, time and kind, and what can be done', async () => {
    const { list, pick, clock, submit } = setUp();
    const work = new Work();
    submit(work, { kind: 'events', title: 'Loading', userStarted: true });
    submit(new Work(), { kind: 'events', title: 'Waits' });
    await clock.advance(67_000 - 60_000);
    work.context?.reportProgress(45.6, 'setup.exe (3/5)');
    list.show();
    assert.deepEqual(pick().texts, [
      '$(sync~spin) Loading | 45 % · Running for 7 s · System events · setup.exe (3/5)',
      '$(clock) Waits | Waiting for 7 s · System events',
    ]);
    assert.deepEqual(
      pick().items[0]?.buttons?.map(({ tooltip }) => tooltip),
      ['Pause', 'Cancel'],
    );
  });

  it('makes no icon of what stands in a title', async () => {
    const { list, pick, clock, submit } = setUp();
    submit(new Work(), { title: 'Reading $(alert).txt' });
    await clock.advance(0);
    list.show();
    assert.ok(!pick().items[0]?.label.includes('$(alert)'));
  });

  it('is live and keeps the selection where it is', async () => {
    const { list, pick, clock, submit } = setUp();
    const first = submit(new Work(), { title: 'A' });
    submit(new Work(), { title: 'B' });
    await clock.advance(0);
    list.show();
    pick().activeItems = [pick().items[1]!];
    await clock.advance(3_000);
    assert.match(pick().texts[1] ?? '', /Running for 3 s/);
    assert.match(pick().activeItems[0]?.label ?? '', /B/);
    first.cancel();
    await first.outcome;
    assert.equal(pick().items.length, 1);
    assert.match(pick().activeItems[0]?.label ?? '', /B/);
    submit(new Work(), { title: 'C' });
    assert.equal(pick().items.length, 2);
  });

  it('replaces no rows that say the same', async () => {
    const { list, pick, clock } = setUp();
    list.show();
    const { replaced } = pick();
    await clock.advance(10_000);
    assert.equal(pick().replaced, replaced);
  });

  it('pauses, resumes and cancels by the buttons of a row', async () => {
    const { list, pick, clock, submit } = setUp();
    const work = new Work();
    const task = submit(work, { title: 'A' });
    await clock.advance(0);
    list.show();
    pick().press('A', 'Pause');
    void work.context?.checkpoint();
    await clock.advance(2_000);
    assert.equal(task.status, 'paused');
    assert.match(pick().texts[0] ?? '', /debug-pause.*Paused for 2 s/);
    pick().press('A', 'Resume');
    assert.equal(task.status, 'running');
    pick().press('A', 'Cancel');
    assert.deepEqual(await task.outcome, { status: 'cancelled' });
    assert.match(pick().texts[0] ?? '', /Nothing is running/);
  });

  it('opens the actions of a task, and comes back to the list', async () => {
    const { list, pick, clock, submit } = setUp();
    const work = new Work();
    const task = submit(work, { title: 'A' });
    await clock.advance(0);
    list.show();
    pick().accept('A');
    assert.equal(pick().title, 'A');
    assert.deepEqual(
      pick().items.map(({ action }) => action),
      ['pause', 'cancel'],
    );
    pick().titleButtons.fire(pick().buttons[0]!);
    assert.equal(pick().title, 'Running Tasks');
    pick().accept('A');
    pick().accept('Pause');
    assert.equal(pick().title, 'Running Tasks');
    void work.context?.checkpoint();
    await clock.advance(0);
    pick().accept('A');
    pick().accept('Resume');
    assert.equal(task.status, 'running');
    pick().accept('A');
    pick().accept('Cancel');
    assert.equal((await task.outcome).status, 'cancelled');
  });

  it('comes back to the list when the chosen task ends', async () => {
    const { list, pick, clock, submit } = setUp();
    const work = new Work();
    const task = submit(work, { title: 'A' });
    await clock.advance(0);
    list.show();
    pick().accept('A');
    work.finish('');
    await task.outcome;
    assert.equal(pick().title, 'Running Tasks');
    assert.match(pick().texts[0] ?? '', /Nothing is running/);
  });

  it('shows that a task is being cancelled, and offers nothing more for it', async () => {
    const { list, pick, clock, submit } = setUp();
    submit(new Work(true), { title: 'A' });
    await clock.advance(0);
    list.show();
    pick().press('A', 'Cancel');
    assert.match(pick().texts[0] ?? '', /stop-circle.*Cancelling/);
    assert.deepEqual(pick().items[0]?.buttons, []);
    pick().accept('A');
    assert.match(pick().texts[0] ?? '', /Cancelling/);
  });

  it('says when a task goes on although it should pause', async () => {
    const { list, pick, clock, submit, refused } = setUp();
    submit(new Work(), { title: 'A' });
    await clock.advance(0);
    list.show();
    pick().press('A', 'Pause');
    await clock.advance(2_000);
    assert.equal(refused.length, 1);
    assert.match(refused[0] ?? '', /^A: goes on/);
  });

  it('costs nothing once it is closed, and opens anew', async () => {
    const { list, pick, picks, clock } = setUp();
    list.show();
    list.show();
    assert.deepEqual([picks.length, pick().shown], [1, 2]);
    assert.equal(clock.pendingTimers, 1);
    pick().hides.fire();
    assert.equal(pick().disposed, true);
    assert.equal(clock.pendingTimers, 0);
    list.show();
    assert.equal(picks.length, 2);
    list.dispose();
    assert.equal(clock.pendingTimers, 0);
    await clock.advance(5_000);
  });
});

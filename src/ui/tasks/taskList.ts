import type * as vscode from 'vscode';
import type { Task } from '../../services/tasks/task';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';
import type { TaskSource } from './taskSource';
import { statusIcon, taskSummary } from './taskTexts';

export type TaskAction = 'pause' | 'resume' | 'cancel';

/** A row is a task, something to do with the chosen task, or (without both) a remark. */
export interface TaskRow extends vscode.QuickPickItem {
  /** Stays the same while the row's text changes. */
  readonly key: string;
  readonly taskId?: number;
  readonly action?: TaskAction;
  readonly buttons?: readonly vscode.QuickInputButton[];
}

/** The part of a `vscode.QuickPick` that is used. */
export type TaskPick = Pick<
  vscode.QuickPick<TaskRow>,
  | 'title'
  | 'placeholder'
  | 'value'
  | 'items'
  | 'activeItems'
  | 'selectedItems'
  | 'buttons'
  | 'keepScrollPosition'
  | 'matchOnDescription'
  | 'ignoreFocusOut'
  | 'onDidAccept'
  | 'onDidHide'
  | 'onDidTriggerButton'
  | 'onDidTriggerItemButton'
  | 'show'
  | 'dispose'
>;

export interface TaskListOptions {
  readonly source: TaskSource;
  readonly clock: Clock;
  readonly t: Translate;
  readonly createPick: () => TaskPick;
  readonly buttons: Readonly<Record<TaskAction | 'back', vscode.QuickInputButton>>;
  /** Told in a sentence when a task could not do what was asked. */
  readonly onRefused: (sentence: string) => void;
}

/** Times are shown in seconds. */
const refreshMs = 1_000;

interface OpenList {
  readonly pick: TaskPick;
  readonly store: DisposableStore;
  /** The task whose actions are shown instead of the list. */
  chosenId: number | undefined;
}

/** What is running, live, with what can be done about it. */
export class TaskList implements Disposable {
  private open: OpenList | undefined;

  constructor(private readonly options: TaskListOptions) {}

  show(): void {
    if (this.open === undefined) this.create();
    this.open?.pick.show();
  }

  dispose(): void {
    this.open?.store.dispose();
    this.open = undefined;
  }

  private create(): void {
    const { source, clock, createPick, buttons } = this.options;
    const store = new DisposableStore();
    const pick = store.add(createPick());
    const open: OpenList = { pick, store, chosenId: undefined };
    this.open = open;
    pick.keepScrollPosition = true;
    pick.matchOnDescription = true;
    // An editor that takes the focus back late, as reports do, would close the list unread.
    pick.ignoreFocusOut = true;
    store.add(
      pick.onDidHide(() => {
        if (this.open === open) this.dispose();
      }),
    );
    store.add(
      pick.onDidAccept(() => {
        this.accept(open);
      }),
    );
    store.add(
      pick.onDidTriggerButton(() => {
        this.choose(open, undefined);
      }),
    );
    store.add(
      pick.onDidTriggerItemButton(({ item, button }) => {
        const action = (['pause', 'resume', 'cancel'] as const).find((name) => buttons[name] === button);
        if (action !== undefined) this.act(item.taskId, action);
      }),
    );
    const refresh = (): void => {
      this.render(open);
    };
    store.add(source.onDidChangeTasks(refresh));
    store.add(clock.setInterval(refresh, refreshMs));
    this.choose(open, undefined);
  }

  private accept(open: OpenList): void {
    const row = open.pick.selectedItems[0] ?? open.pick.activeItems[0];
    if (row?.action !== undefined) {
      this.act(row.taskId, row.action);
      this.choose(open, undefined);
    } else if (row?.taskId !== undefined) this.choose(open, row.taskId);
    else this.dispose();
  }

  /** Shows what can be done about a task, or the list. */
  private choose(open: OpenList, taskId: number | undefined): void {
    const { t, buttons } = this.options;
    const task = this.find(taskId);
    open.chosenId = task?.id;
    open.pick.value = '';
    open.pick.title = task === undefined ? t('Running Tasks') : plainText(task.title);
    open.pick.placeholder =
      task === undefined ? t('Choose a task to pause or cancel it') : t('What shall be done?');
    open.pick.buttons = task === undefined ? [] : [buttons.back];
    this.render(open);
  }

  private render(open: OpenList): void {
    const { pick, chosenId } = open;
    const chosen = this.find(chosenId);
    if (chosenId !== undefined && chosen === undefined) {
      this.choose(open, undefined);
      return;
    }
    const rows = chosen === undefined ? this.taskRows() : this.actionRows(chosen);
    if (areSame(rows, pick.items)) return;
    // New rows move the selection to the first one.
    const activeKey = pick.activeItems[0]?.key;
    pick.items = rows;
    const active = rows.find(({ key }) => key === activeKey);
    if (active !== undefined) pick.activeItems = [active];
  }

  private taskRows(): TaskRow[] {
    const { source, t, buttons } = this.options;
    const rows = source.tasks.map((task) => ({
      key: `task ${task.id}`,
      taskId: task.id,
      label: `${statusIcon(task)} ${plainText(task.title)}`,
      description: taskSummary(task, t),
      buttons: actionsOf(task).map((action) => buttons[action]),
    }));
    if (rows.length > 0) return rows;
    return [{ key: 'empty', label: `$(check) ${t('Nothing is running')}`, alwaysShow: true }];
  }

  private actionRows(task: Task<unknown>): TaskRow[] {
    const { t } = this.options;
    const labels: Record<TaskAction, string> = {
      pause: `$(debug-pause) ${t('Pause')}`,
      resume: `$(debug-start) ${t('Resume')}`,
      cancel: `$(close) ${t('Cancel')}`,
    };
    const rows: TaskRow[] = actionsOf(task).map((action) => ({
      key: action,
      taskId: task.id,
      action,
      label: labels[action],
      description: action === 'cancel' ? '' : taskSummary(task, t),
    }));
    if (rows.length > 0) return rows;
    return [{ key: 'ending', taskId: task.id, label: `${statusIcon(task)} ${taskSummary(task, t)}` }];
  }

  private act(taskId: number | undefined, action: TaskAction): void {
    const task = this.find(taskId);
    if (task === undefined) return;
    switch (action) {
      case 'pause':
        void this.pause(task);
        break;
      case 'resume':
        task.resume();
        break;
      case 'cancel':
        task.cancel();
        // What follows is seen in the list only with the task's end, which may take a moment.
        if (this.open !== undefined) this.render(this.open);
        break;
    }
  }

  private async pause(task: Task<unknown>): Promise<void> {
    const stoodStill = await task.pause();
    if (stoodStill || task.status !== 'running' || task.ending !== undefined) return;
    const { onRefused, t } = this.options;
    onRefused(t('{0}: goes on, because it reached no point at which it could pause.', plainText(task.title)));
  }

  private find(taskId: number | undefined): Task<unknown> | undefined {
    return this.options.source.tasks.find(({ id }) => id === taskId);
  }
}

function actionsOf({ status, ending }: Task<unknown>): TaskAction[] {
  if (ending !== undefined) return [];
  return [status === 'paused' ? 'resume' : 'pause', 'cancel'];
}

function areSame(rows: readonly TaskRow[], others: readonly TaskRow[]): boolean {
  const text = ({ key, label, description, buttons = [] }: TaskRow): string =>
    JSON.stringify([key, label, description, buttons.map(({ tooltip }) => tooltip)]);
  return (
    rows.length === others.length && rows.every((row, index) => text(row) === text(others[index] ?? row))
  );
}

import type * as vscode from 'vscode';
import type { Task } from '../../services/tasks/task';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';
import { progressDelayMs } from './taskProgress';
import type { TaskSource } from './taskSource';
import { percentText } from './taskTexts';

/** The part of a `vscode.StatusBarItem` that is used. */
export type StatusItem = Pick<
  vscode.StatusBarItem,
  'text' | 'tooltip' | 'accessibilityInformation' | 'show' | 'hide' | 'dispose'
>;

/** No more than one change a second, appearing and going included: it shall not flicker. */
const minUpdateMs = 1_000;
/** A task that nobody started is worth a spinner when it takes longer than this. */
const backgroundDelayMs = 1_000;

interface View {
  readonly text: string;
  readonly tooltip: string;
  readonly label: string;
}

/** Turns in the status bar while something takes its time. */
export class TaskStatusItem implements Disposable {
  private readonly store = new DisposableStore();
  private item: StatusItem | undefined;
  private timer: Disposable | undefined;
  private view: View | undefined;
  private updatedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source: TaskSource,
    private readonly clock: Clock,
    private readonly createItem: () => StatusItem,
    private readonly t: Translate,
  ) {
    this.store.add(
      source.onDidChangeTasks(() => {
        this.update();
      }),
    );
  }

  dispose(): void {
    this.timer?.dispose();
    this.store.dispose();
    this.item?.dispose();
    this.item = undefined;
  }

  private update(): void {
    if (this.store.isDisposed) return;
    this.timer?.dispose();
    this.timer = undefined;
    const { tasks } = this.source;
    const shown = tasks.filter((task) => dueInMs(task) <= 0);
    const view = shown.length === 0 ? undefined : viewOf(shown, this.t);
    let nextMs = Math.min(...tasks.map(dueInMs).filter((ms) => ms > 0));
    if (view?.text !== this.view?.text || view?.tooltip !== this.view?.tooltip) {
      const nowMs = this.clock.monotonicMs();
      const waitMs = this.updatedMs + minUpdateMs - nowMs;
      if (waitMs > 0) nextMs = waitMs;
      else {
        this.apply(view);
        this.updatedMs = nowMs;
      }
    }
    if (shown.length > 0) nextMs = Math.min(nextMs, minUpdateMs);
    if (nextMs === Infinity) return;
    this.timer = this.clock.setTimeout(() => {
      this.update();
    }, nextMs);
  }

  private apply(view: View | undefined): void {
    this.view = view;
    if (view === undefined) {
      this.item?.hide();
      return;
    }
    this.item ??= this.createItem();
    this.item.text = view.text;
    this.item.tooltip = view.tooltip;
    this.item.accessibilityInformation = { label: view.label };
    this.item.show();
  }
}

function dueInMs({ userStarted, metrics }: Task<unknown>): number {
  return (userStarted ? progressDelayMs : backgroundDelayMs) - metrics.totalMs;
}

function viewOf(tasks: readonly Task<unknown>[], t: Translate): View {
  const allPaused = tasks.every(({ status, ending }) => status === 'paused' && ending === undefined);
  const count = tasks.length === 1 ? t('1 task') : t('{0} tasks', tasks.length);
  const text = allPaused ? t('{0} paused', count) : count;
  return {
    text: `${allPaused ? '$(debug-pause)' : '$(sync~spin)'} ${text}`,
    tooltip: [...tasks.map((task) => line(task, t)), '', t('Click to pause or cancel.')].join('\n'),
    label: t('Sentinel: {0}', allPaused ? text : t('{0} running', count)),
  };
}

function line({ title: rawTitle, percent, status }: Task<unknown>, t: Translate): string {
  const title = plainText(rawTitle);
  const parts = [
    ...(percent === undefined ? [] : [percentText(percent)]),
    ...(status === 'paused' ? [t('paused')] : status === 'queued' ? [t('waiting')] : []),
  ];
  return parts.length === 0 ? title : `${title}: ${parts.join(', ')}`;
}

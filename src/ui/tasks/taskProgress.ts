import type { Task } from '../../services/tasks/task';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import type { Event } from '../../shared/event';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';
import { onNewTask, type TaskSource } from './taskSource';
import { progressText } from './taskTexts';

export interface ProgressStep {
  readonly message?: string;
  /** Percentage points on top of what was reported before. */
  readonly increment?: number;
}

/** Shows progress with a way to cancel, until the promise of `run` settles; `vscode.window.withProgress`. */
export type ShowProgress = (
  title: string,
  run: (report: (step: ProgressStep) => void, onCancelled: Event<unknown>) => Promise<void>,
) => unknown;

/** A person does not need to be told about what is over in the twinkling of an eye. */
export const progressDelayMs = 500;
/** Small files go by faster than anybody reads, and each message goes to another process. */
const stepPeriodMs = 200;

/** Shows the progress of each task that a person started. */
export class TaskProgress implements Disposable {
  private readonly store = new DisposableStore();

  constructor(
    source: TaskSource,
    private readonly clock: Clock,
    private readonly show: ShowProgress,
    private readonly t: Translate,
  ) {
    this.store.add(
      onNewTask(source, (task) => {
        if (task.userStarted) this.announce(task);
      }),
    );
  }

  dispose(): void {
    this.store.dispose();
  }

  private announce(task: Task<unknown>): void {
    const timer = this.clock.setTimeout(() => {
      if (!this.store.isDisposed)
        this.show(plainText(task.title), (report, onCancelled) => follow(report, onCancelled));
    }, progressDelayMs);
    void task.outcome.then(() => {
      timer.dispose();
    });

    const follow = async (
      report: (step: ProgressStep) => void,
      onCancelled: Event<unknown>,
    ): Promise<void> => {
      const following = new DisposableStore();
      let shownPercent = 0;
      let shownMessage: string | undefined;
      let shownStep: string | undefined;
      let stepMs = -Infinity;
      let shownState: string | undefined;
      const update = (): void => {
        const percent = task.percent ?? 0;
        const increment = Math.max(0, percent - shownPercent);
        const message = progressText(task, this.t);
        const nowMs = this.clock.monotonicMs();
        // The latest is shown with the next event: a task that runs has one every second at least.
        const state = task.ending ?? task.status;
        if (state === shownState && task.step !== shownStep && nowMs - stepMs < stepPeriodMs) return;
        shownState = state;
        if (message === shownMessage && increment < 1) return;
        if (task.step !== shownStep) stepMs = nowMs;
        shownStep = task.step;
        report({ message, increment });
        shownPercent += increment;
        shownMessage = message;
      };
      following.add(
        onCancelled(() => {
          task.cancel();
        }),
      );
      following.add(task.onEvent(update));
      update();
      await task.outcome;
      following.dispose();
    };
  }
}

import type { TaskOutcome, Task } from '../../services/tasks/task';
import type { Disposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { plainText } from '../../shared/presentation/plainText';
import type { Notifications } from '../notifications';
import type { Translate } from '../translate';
import { onNewTask, type TaskSource } from './taskSource';
import { outcomeText } from './taskTexts';

/**
 * Says how tasks ended that did not do what they were started for. Those that nobody asked for are in the log
 * alone; a task that was cancelled needs no words.
 */
export function announceOutcomes(
  source: TaskSource,
  notifications: Pick<Notifications, 'offerLog' | 'warning' | 'showLogAction'>,
  logger: Logger,
  t: Translate,
): Disposable {
  const announce = (task: Task<unknown>, outcome: TaskOutcome<unknown>): void => {
    if (outcome.status === 'failed') logger.error(`${task.title}: failed.`, outcome.error);
    const text = outcomeText(plainText(task.title), outcome, t);
    if (text === undefined) return;
    if (!task.userStarted) {
      if (outcome.status !== 'failed') logger.warning(text);
    } else if (outcome.status === 'failed') notifications.offerLog(text);
    else notifications.warning(text, notifications.showLogAction);
  };
  return onNewTask(source, (task) => {
    void task.outcome.then((outcome) => {
      announce(task, outcome);
    });
  });
}

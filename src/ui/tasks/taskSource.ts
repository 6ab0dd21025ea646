import type { Task } from '../../services/tasks/task';
import type { Disposable } from '../../shared/disposable';
import type { Event } from '../../shared/event';

/** The part of the task supervisor that is shown. */
export interface TaskSource {
  /** Tasks that have not ended, oldest first. */
  readonly tasks: readonly Task<unknown>[];
  /** The list or a status in it changed; progress does not count. */
  readonly onDidChangeTasks: Event<undefined>;
}

/** Tells of each task once, when it is new. */
export function onNewTask(source: TaskSource, listener: (task: Task<unknown>) => void): Disposable {
  let lastId = source.tasks.at(-1)?.id ?? 0;
  return source.onDidChangeTasks(() => {
    for (const task of source.tasks.filter(({ id }) => id > lastId)) {
      lastId = task.id;
      listener(task);
    }
  });
}

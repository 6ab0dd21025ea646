import { type CommandHandlers } from '../ui/commands';
import { TaskSurface } from '../ui/tasks/taskSurface';
import type { Feature, FeatureHost } from './feature';

/** What takes time, as a person sees it: progress, a spinner, and a list to pause and cancel in. */
export class RunningTasks implements Feature {
  readonly commands: CommandHandlers;
  private readonly surface: TaskSurface;

  constructor(private readonly host: FeatureHost) {
    const { tasks, clock, notifications, log } = host;
    this.surface = new TaskSurface(
      tasks,
      clock,
      notifications,
      log.logger('tasks'),
      'sentinel.showRunningTasks',
    );
    this.commands = {
      'sentinel.showRunningTasks': () => {
        this.surface.showList();
      },
      'sentinel.cancelAllTasks': () => {
        for (const task of tasks.tasks) task.cancel();
      },
    };
  }

  async stop(): Promise<void> {
    this.surface.dispose();
    await this.host.tasks.stop();
  }
}

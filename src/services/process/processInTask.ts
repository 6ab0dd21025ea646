import { DisposableStore } from '../../shared/disposable';
import type { TaskContext } from '../tasks/task';
import type { Line } from './lineSplitter';
import type { ProcessCommand, ProcessResult } from './processCommand';
import type { RunningProcess } from './runningProcess';

/** The part of a `ProcessRunner` that is needed here. */
export interface ProcessStarter {
  start(command: ProcessCommand): RunningProcess;
}

/**
 * Runs a program as a part of a task: each line of output is a sign of life, cancel ends the group, pause makes
 * it stand still, force kills it. The time limit is the task's.
 */
export async function runInTask(
  context: TaskContext,
  runner: ProcessStarter,
  command: Omit<ProcessCommand, 'signal' | 'timeLimitMs'>,
): Promise<ProcessResult> {
  const alive = (onLine: ((line: Line) => void) | undefined) => (line: Line) => {
    context.heartbeat();
    onLine?.(line);
  };
  const running = runner.start({
    ...command,
    signal: context.signal,
    onLine: alive(command.onLine),
    onErrorLine: alive(command.onErrorLine),
  });
  const attachments = new DisposableStore();
  attachments.add(context.onForce(() => running.kill()));
  attachments.add(
    context.addPausable({
      pause: () => (running.pause() ? Promise.resolve() : new Promise<void>(() => undefined)),
      resume() {
        running.resume();
      },
    }),
  );
  try {
    return await running.result;
  } finally {
    attachments.dispose();
  }
}

import type { SentinelError } from '../../../../src/shared/errors';
import type { Task, TaskContext, TaskEvent, TaskRequest } from '../../../../src/services/tasks/task';
import { TaskSupervisor, type TaskSupervisorOptions } from '../../../../src/services/tasks/taskSupervisor';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';

/** Work that a test steers: it obeys a cancel by itself unless it is told to be deaf. */
export class Work<T = string> {
  context: TaskContext | undefined;
  private settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined;

  constructor(private readonly deaf = false) {}

  readonly run = (context: TaskContext): Promise<T> => {
    this.context = context;
    return new Promise<T>((resolve, reject) => {
      this.settle = { resolve, reject };
      if (this.deaf) return;
      context.signal.addEventListener('abort', () => {
        reject(context.signal.reason as SentinelError);
      });
    });
  };

  get hasStarted(): boolean {
    return this.context !== undefined;
  }

  finish(value: T): void {
    this.settle?.resolve(value);
  }

  fail(error: unknown): void {
    this.settle?.reject(error);
  }
}

export interface Harness {
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly supervisor: TaskSupervisor;
  readonly submit: <T>(
    work: { run: (context: TaskContext) => T | Promise<T> },
    request?: Partial<TaskRequest<T>>,
  ) => Task<T>;
}

export function setUp(options: Partial<TaskSupervisorOptions> = {}): Harness {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const supervisor = new TaskSupervisor({ clock, logger, ...options });
  const submit = <T>(
    work: { run: (context: TaskContext) => T | Promise<T> },
    request: Partial<TaskRequest<T>> = {},
  ): Task<T> => supervisor.submit({ kind: 'url', title: 'test', run: work.run, ...request });
  return { clock, logger, supervisor, submit };
}

/** Events of a task as short words: `statusChanged` as its status, progress with its percentage. */
export function record<T>(task: Task<T>): string[] {
  const seen: string[] = [];
  task.onEvent((event) => seen.push(word(event)));
  return seen;
}

export function word<T>(event: TaskEvent<T>): string {
  switch (event.type) {
    case 'statusChanged':
      return `→${event.status}`;
    case 'progress':
      return `${event.percent}%`;
    case 'error':
      return `error ${event.code}`;
    case 'started':
    case 'heartbeat':
    case 'finished':
    case 'cancelled':
      return event.type;
  }
}

import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import type { EventsProblem, EventsReading } from '../../shared/events/eventsReading';
import type { SystemEvent } from '../../shared/events/systemEvent';
import type { Logger } from '../../shared/logger';
import { runInTask, type ProcessStarter } from '../process/processInTask';
import type { Task, TaskOutcome } from '../tasks/task';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import { EventCollector } from './eventCollector';
import { EventFollower, type FollowListener } from './eventFollower';
import type { EventsProvider } from './eventsProvider';

export interface EventsServiceOptions {
  /** Absent where Sentinel knows no log of this system. */
  readonly provider: EventsProvider | undefined;
  readonly platform: NodeJS.Platform;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly processes: ProcessStarter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many events are read and kept. */
  readonly maxCount: () => number;
}

/** Enough for what programs say on stderr; their output is read as it comes. */
const keptOutputBytes = 16 * 1024;

/** What happened on this machine, as its own log tells it. Nothing runs but while it is asked or followed. */
export class EventsService {
  private loading: { readonly task: Task<unknown>; readonly reading: Promise<EventsReading> } | undefined;

  constructor(private readonly options: EventsServiceOptions) {}

  /** Whether new events can be told as they come. */
  get canFollow(): boolean {
    return this.options.provider?.follow !== undefined;
  }

  /**
   * The newest events; whoever asks while they are being read gets the same. Never rejects: what is missing, and why,
   * stands in the reading.
   * @param title of the task
   */
  load(title: string): Promise<EventsReading> {
    const { provider, platform, clock } = this.options;
    if (provider === undefined) {
      const problems = [{ type: 'unsupportedSystem', platform } as const];
      return Promise.resolve({ events: [], problems, readAt: clock.now() });
    }
    this.loading ??= this.start(provider, title);
    return this.loading.reading;
  }

  /** Ends the reading in progress; what was read until then is its result. */
  cancel(): void {
    this.loading?.task.cancel();
  }

  /**
   * Tells of new events until it is disposed of, or the program that tells them ends.
   * @param after the newest event that is known
   */
  follow(after: SystemEvent | undefined, listener: FollowListener): Disposable {
    const { provider, processes, clock, maxCount } = this.options;
    if (provider?.follow === undefined) return toDisposable(() => undefined);
    const program = provider.follow(after, maxCount());
    return new EventFollower({ program, processes, clock, listener });
  }

  private start(provider: EventsProvider, title: string) {
    const { supervisor, processes, clock, logger, maxCount } = this.options;
    const collector = new EventCollector(maxCount());
    const task = supervisor.submit({
      kind: 'events',
      title,
      run: (context) =>
        provider.load({
          collector,
          run: (command, onLine) =>
            runInTask(context, processes, { ...command, onLine, maxOutputBytes: keptOutputBytes }),
        }),
    });
    const reading = task.outcome.then((outcome) => {
      this.loading = undefined;
      const { unreadable } = collector;
      const events = collector.close();
      const problems = [...problemsOf(outcome)];
      if (unreadable > 0) problems.push({ type: 'unreadable', count: unreadable });
      if (events.length === 0 && problems.length === 0) problems.push({ type: 'empty' });
      logger.debug(`${events.length} events read: ${problems.map(({ type }) => type).join(', ') || 'all'}.`);
      return { events, problems, readAt: clock.now() };
    });
    return { task, reading };
  }
}

function problemsOf(outcome: TaskOutcome<readonly EventsProblem[]>): readonly EventsProblem[] {
  switch (outcome.status) {
    case 'finished':
      return outcome.result;
    case 'failed':
      return [{ type: 'failed', message: outcome.error.message }];
    case 'cancelled':
      return [{ type: 'cancelled' }];
    case 'timedOut':
      return [{ type: 'timedOut', limitMs: outcome.limitMs }];
    case 'stalled':
      return [{ type: 'timedOut', limitMs: outcome.silentMs }];
  }
}

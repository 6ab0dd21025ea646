import type { EventsProblem } from '../../shared/events/eventsReading';
import type { SystemEvent } from '../../shared/events/systemEvent';
import type { Line } from '../process/lineSplitter';
import type { ProcessCommand, ProcessResult } from '../process/processCommand';
import type { EventCollector } from './eventCollector';

/** What a provider asks to be run; time limit, cancel and capture are those of whoever runs it. */
export type EventCommand = Pick<ProcessCommand, 'file' | 'args' | 'env' | 'maxLineLength' | 'outputEncoding'>;

export interface LoadRequest {
  readonly collector: EventCollector;
  readonly run: (command: EventCommand, onLine: (line: Line) => void) => Promise<ProcessResult>;
}

/** A program that tells of new events until it is ended. */
export interface FollowProgram {
  readonly command: EventCommand;
  /** The event in a line; undefined where there is none. */
  readonly read: (line: Line) => SystemEvent | undefined;
}

/** One system's log. */
export interface EventsProvider {
  /** Puts the newest events into the collector as they come, so that they are there however it ends. */
  load(request: LoadRequest): Promise<readonly EventsProblem[]>;
  /**
   * What tells of events after the given one; absent where the system cannot.
   * @param after the newest event that is known
   */
  follow?(after: SystemEvent | undefined, maxCount: number): Promise<FollowProgram | EventsProblem>;
}

/** The absolute path of a program. */
export type FindTool = (name: string) => Promise<string | undefined>;

/** What went wrong with a program itself; undefined where it ended as it should. */
export function programProblem({ end, stderr }: ProcessResult): EventsProblem | undefined {
  switch (end.status) {
    case 'exited':
      if (end.exitCode === 0) return undefined;
      return { type: 'failed', message: firstLine(stderr.text) ?? `exit code ${end.exitCode}` };
    case 'signalled':
      return { type: 'failed', message: end.signal };
    case 'timedOut':
      return { type: 'timedOut', limitMs: end.limitMs };
    case 'cancelled':
      return { type: 'cancelled' };
    case 'notStarted':
      return { type: 'failed', message: end.message === '' ? end.code : end.message };
  }
}

/** A program may say anything, and a sentence is enough. */
const longestMessage = 300;

function firstLine(text: string): string | undefined {
  const line = text
    .split('\n')
    .map((each) => each.trim())
    .find((each) => each !== '');
  return line?.slice(0, longestMessage);
}

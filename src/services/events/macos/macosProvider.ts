import type { EventsProblem } from '../../../shared/events/eventsReading';
import { eventLengthLimit } from '../eventCollector';
import {
  type EventCommand,
  type EventsProvider,
  type FindTool,
  type FollowProgram,
  type LoadRequest,
  programProblem,
} from '../eventsProvider';
import { unifiedLogLine } from './unifiedLog';

/** `log show` knows no number of entries: further back only where there were not enough. */
const periods = ['2m', '30m', '1d'] as const;

const maxLineLength = 1024 * 1024;

/** The unified log of macOS. */
export class MacosProvider implements EventsProvider {
  constructor(private readonly findTool: FindTool) {}

  async load({ collector, run }: LoadRequest): Promise<readonly EventsProblem[]> {
    const file = await this.findTool('log');
    if (file === undefined) return [{ type: 'noTool', tool: 'log' }];
    const keep = eventLengthLimit(collector.maxCount);
    for (const period of periods) {
      collector.forgetUnreadable();
      // It prints the oldest first. What is known already is not read anew: time may run out before it is reached.
      const known = collector.oldest ?? Infinity;
      const result = await run(command(file, ['show', '--last', period]), (line) => {
        const read = unifiedLogLine(line, keep);
        if (read.type === 'event') {
          if (read.event.timestamp < known) collector.add(read.event);
        } else if (read.type === 'unreadable') collector.addUnreadable();
      });
      const problem = programProblem(result);
      if (problem !== undefined) return [problem];
      if (collector.count >= collector.maxCount) break;
    }
    return collector.count === 0 && collector.unreadable === 0 ? [{ type: 'empty' }] : [];
  }

  async follow(_after: unknown, maxCount: number): Promise<FollowProgram | EventsProblem> {
    const file = await this.findTool('log');
    if (file === undefined) return { type: 'noTool', tool: 'log' };
    const keep = eventLengthLimit(maxCount);
    return {
      command: command(file, ['stream']),
      read: (line) => {
        const read = unifiedLogLine(line, keep);
        return read.type === 'event' ? read.event : undefined;
      },
    };
  }
}

function command(file: string, [verb = '', ...rest]: readonly string[]): EventCommand {
  return { file, args: [verb, '--style', 'ndjson', ...rest], maxLineLength };
}

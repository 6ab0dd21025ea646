import type { EventsProblem } from '../../../shared/events/eventsReading';
import type { SystemEvent } from '../../../shared/events/systemEvent';
import type { Line } from '../../process/lineSplitter';
import { eventLengthLimit } from '../eventCollector';
import {
  type EventCommand,
  type EventsProvider,
  type FindTool,
  type FollowProgram,
  type LoadRequest,
  programProblem,
} from '../eventsProvider';
import { journalEvent } from './journalEvent';

/** Room for a binary message of a megabyte, each byte of which is written as a number. */
const maxLineLength = 8 * 1024 * 1024;

/** `s=…;i=…;b=…;m=…;t=…;x=…`, all hexadecimal. */
const cursorForm = /^[a-z0-9=;]{1,300}$/;

/** The journal of systemd. */
export class JournaldProvider implements EventsProvider {
  constructor(
    private readonly findTool: FindTool,
    private readonly now: () => number,
  ) {}

  async load({ collector, run }: LoadRequest): Promise<readonly EventsProblem[]> {
    const file = await this.findTool('journalctl');
    if (file === undefined) return [{ type: 'noTool', tool: 'journalctl' }];
    const read = this.reader(collector.maxCount);
    // The newest first: where time runs out, it is the oldest that are missing.
    const args = ['--reverse', `--lines=${collector.maxCount}`];
    const result = await run(command(file, args), (line) => {
      if (line.text === '') return;
      const event = read(line);
      if (event === undefined) collector.addUnreadable();
      else collector.add(event);
    });
    const access = accessProblem(result.stderr.text);
    const failed = access?.type === 'denied' ? undefined : programProblem(result);
    const problems = [access, failed].filter((problem) => problem !== undefined);
    if (collector.count > 0 || problems.length > 0 || collector.unreadable > 0) return problems;
    return [{ type: 'empty' }];
  }

  async follow(after: SystemEvent | undefined, maxCount: number): Promise<FollowProgram | EventsProblem> {
    const file = await this.findTool('journalctl');
    if (file === undefined) return { type: 'noTool', tool: 'journalctl' };
    const cursor = after?.id;
    const from =
      cursor !== undefined && cursorForm.test(cursor)
        ? ['--no-tail', `--after-cursor=${cursor}`]
        : ['--lines=0'];
    return { command: command(file, ['--follow', ...from]), read: this.reader(maxCount) };
  }

  private reader(maxCount: number): (line: Line) => SystemEvent | undefined {
    const keep = eventLengthLimit(maxCount);
    let nearMs = this.now();
    return (line) => {
      const event = journalEvent(line, keep, nearMs);
      if (event !== undefined) nearMs = event.timestamp;
      return event;
    };
  }
}

function command(file: string, args: readonly string[]): EventCommand {
  return {
    file,
    // Without `--all`, a field of more than 4,096 bytes would be null.
    args: ['--no-pager', '--output=json', '--all', ...args],
    // In which its hints are known.
    env: { LC_ALL: 'C.UTF-8' },
    maxLineLength,
  };
}

/** What journalctl says of its own accord where it does not see everything. */
function accessProblem(stderr: string): EventsProblem | undefined {
  if (/insufficient permissions/i.test(stderr)) return { type: 'denied' };
  if (!/not seeing messages from other users/i.test(stderr)) return undefined;
  const groups = /Users in (?:the )?groups? (.{1,300}?) can see/.exec(stderr)?.[1] ?? '';
  return {
    type: 'restricted',
    groups: [...groups.matchAll(/'([\w.-]{1,64})'/g)].map(([, name]) => name ?? ''),
  };
}

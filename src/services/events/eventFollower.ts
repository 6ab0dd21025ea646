import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import type { EventsProblem } from '../../shared/events/eventsReading';
import type { SystemEvent } from '../../shared/events/systemEvent';
import type { Line } from '../process/lineSplitter';
import type { ProcessStarter } from '../process/processInTask';
import type { RunningProcess } from '../process/runningProcess';
import { type FollowProgram, programProblem } from './eventsProvider';

export interface FollowListener {
  /** @param skipped that came between them and were left out, because there were too many */
  readonly onEvents: (events: readonly SystemEvent[], skipped: number) => void;
  /** The program has ended by itself: nothing will come any more. */
  readonly onEnded: (problem: EventsProblem) => void;
}

export interface EventFollowerOptions {
  readonly program: Promise<FollowProgram | EventsProblem>;
  readonly processes: ProcessStarter;
  readonly clock: Clock;
  readonly listener: FollowListener;
}

const periodMs = 200;
/** What is read of a period. A program that logs in an endless loop shall not keep the editor busy. */
const linesPerPeriod = 100;
/** Lines are kept until they are read, and one may be long. */
const heldLength = 16 * 1024 * 1024;
const graceMs = 1_000;

/** Runs the program that tells of new events, and hands them on a few times a second. */
export class EventFollower implements Disposable {
  private lines: Line[] = [];
  private length = 0;
  private skipped = 0;
  private read: FollowProgram['read'] | undefined;
  private running: RunningProcess | undefined;
  private timer: Disposable | undefined;
  private disposed = false;

  constructor(private readonly options: EventFollowerOptions) {
    void this.start();
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.timer = undefined;
    this.lines = [];
    this.running?.cancel();
  }

  private async start(): Promise<void> {
    const { processes } = this.options;
    try {
      const program = await this.options.program;
      if (this.disposed) return;
      if ('type' in program) {
        this.end(program);
        return;
      }
      this.read = program.read;
      this.running = processes.start({
        ...program.command,
        graceMs,
        maxOutputBytes: 4_096,
        onLine: (line) => {
          this.hold(line);
        },
      });
      const result = await this.running.result;
      this.flush();
      this.end(programProblem(result) ?? { type: 'failed', message: 'It ended by itself.' });
    } catch (error) {
      this.end({ type: 'failed', message: errorMessage(error) });
    }
  }

  private hold(line: Line): void {
    if (this.disposed || line.text === '') return;
    this.lines.push(line);
    this.length += line.text.length;
    // The newest stay.
    while (this.lines.length > linesPerPeriod || (this.length > heldLength && this.lines.length > 1)) {
      this.length -= this.lines.shift()?.text.length ?? 0;
      this.skipped += 1;
    }
    this.timer ??= this.options.clock.setTimeout(() => {
      this.flush();
    }, periodMs);
  }

  private flush(): void {
    this.timer?.dispose();
    this.timer = undefined;
    const { lines, skipped, read } = this;
    this.lines = [];
    this.length = 0;
    this.skipped = 0;
    if (this.disposed || read === undefined) return;
    const events = lines.map((line) => read(line)).filter((event) => event !== undefined);
    if (events.length > 0 || skipped > 0) this.options.listener.onEvents(events, skipped);
  }

  private end(problem: EventsProblem): void {
    if (!this.disposed) this.options.listener.onEnded(problem);
    this.disposed = true;
  }
}

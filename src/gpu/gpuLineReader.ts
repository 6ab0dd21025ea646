import type { Readable } from 'node:stream';
import { type Line, LineSplitter } from '../services/process/lineSplitter';
import type { Clock } from '../shared/clock';
import type { Disposable } from '../shared/disposable';
import { type GpuLine, maxGpuLineLength, parseGpuLine } from '../shared/protocol/gpuLines';
import { RateWindow } from './rateWindow';

/** Why a line was dropped. */
export const gpuLineProblems = ['invalid', 'overlong', 'flood'] as const;
export type GpuLineProblem = (typeof gpuLineProblems)[number];

export interface GpuLineHandlers {
  onMessage(message: GpuLine): void;
  /** @param detail what is wrong, in words for the log */
  onProblem(problem: GpuLineProblem, detail: string): void;
}

export interface GpuLineLimits {
  /** A process that is well sends one or two lines a second; what is past this is dropped unparsed. */
  readonly maxLinesPerSec: number;
  /** Past this the process is left waiting until the second is over, whether it writes lines or not. */
  readonly maxBytesPerSec: number;
  /** Longest stretch of parsing before other work of the thread gets its turn. */
  readonly turnBudgetMs: number;
}

export const defaultGpuLineLimits: GpuLineLimits = {
  maxLinesPerSec: 100,
  maxBytesPerSec: 2 * 1024 * 1024,
  turnBudgetMs: 3,
};

/**
 * Reads messages from the GPU process. The reader's thread belongs to the editor, so that work and memory are
 * bounded whatever arrives: lines by length, lines and bytes by rate, a turn by time. While it is too much the
 * stream is paused, and the process waits in its write.
 */
export class GpuLineReader implements Disposable {
  private readonly splitter: LineSplitter;
  private readonly lineRate: RateWindow;
  private readonly byteRate: RateWindow;
  private hold: Disposable | undefined;
  private waiting: string[] = [];
  private next: NodeJS.Immediate | undefined;
  private ended = false;

  constructor(
    private readonly stream: Readable,
    private readonly clock: Clock,
    private readonly handlers: GpuLineHandlers,
    private readonly limits: GpuLineLimits = defaultGpuLineLimits,
  ) {
    this.lineRate = new RateWindow(clock, limits.maxLinesPerSec);
    this.byteRate = new RateWindow(clock, limits.maxBytesPerSec);
    const onLine = ({ text, truncated }: Line): void => {
      if (truncated) return;
      if (this.lineRate.take()) this.waiting.push(text);
      else this.handlers.onProblem('flood', `over ${limits.maxLinesPerSec} lines in a second`);
    };
    this.splitter = new LineSplitter(onLine, maxGpuLineLength, () => {
      this.handlers.onProblem('overlong', `over ${maxGpuLineLength} characters`);
    });
    stream.on('data', this.onData);
    // A pipe that breaks is noticed through the process's exit; without a listener it would be an uncaught error.
    stream.on('error', ignore);
  }

  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    this.waiting = [];
    clearImmediate(this.next);
    this.hold?.dispose();
    this.stream.off('data', this.onData);
    // What still arrives is read and thrown away: a full pipe would keep the process from ending.
    this.stream.resume();
  }

  private readonly onData = (chunk: Uint8Array): void => {
    this.byteRate.take(chunk.length);
    this.splitter.push(chunk);
    if (this.next === undefined) this.parseWaiting();
  };

  private parseWaiting(): void {
    this.next = undefined;
    const endMs = this.clock.monotonicMs() + this.limits.turnBudgetMs;
    let parsed = 0;
    for (const line of this.waiting) {
      if (parsed > 0 && this.clock.monotonicMs() >= endMs) break;
      parsed += 1;
      const result = parseGpuLine(line);
      if ('message' in result) this.handlers.onMessage(result.message);
      else this.handlers.onProblem('invalid', result.problem);
      // A handler may have ended the run, and with it this reader.
      if (this.ended) return;
    }
    this.waiting = this.waiting.slice(parsed);
    this.waitOrRead();
  }

  /** Reads on, unless lines wait to be parsed or the second's share is used up. */
  private waitOrRead(): void {
    const waitMs = Math.max(this.lineRate.waitMs, this.byteRate.waitMs);
    if (this.waiting.length > 0) {
      this.stream.pause();
      this.next = setImmediate(() => {
        this.parseWaiting();
      });
    } else if (waitMs > 0) {
      this.stream.pause();
      this.hold ??= this.clock.setTimeout(() => {
        this.hold = undefined;
        this.waitOrRead();
      }, Math.ceil(waitMs));
    } else if (this.stream.isPaused()) {
      this.stream.resume();
    }
  }
}

function ignore(): void {
  // Intentionally empty.
}

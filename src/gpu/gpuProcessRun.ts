import { LineSplitter } from '../services/process/lineSplitter';
import { SilenceTimer } from '../shared/silenceTimer';
import type { Clock } from '../shared/clock';
import type { Disposable } from '../shared/disposable';
import type { Logger } from '../shared/logger';
import type { GpuControl, GpuLine } from '../shared/protocol/gpuLines';
import type { GpuChild } from './gpuChild';
import {
  defaultGpuLineLimits,
  type GpuLineHandlers,
  type GpuLineLimits,
  GpuLineReader,
} from './gpuLineReader';
import { RateWindow } from './rateWindow';

export interface GpuRunLimits extends GpuLineLimits {
  /** Without a heartbeat for this long the process is stalled. */
  readonly silenceMs: number;
  /** How long a process that was asked to end may take, and then one that was killed. */
  readonly graceMs: number;
}

export const defaultGpuRunLimits: GpuRunLimits = {
  ...defaultGpuLineLimits,
  silenceMs: 20_000,
  graceMs: 2_000,
};

/** How a run failed. */
export interface GpuRunFailure {
  readonly reason: string;
  /** Silence before the failure was seen; 0 for an exit. */
  readonly blindMs: number;
  /** From the first to the last sign of life. */
  readonly healthyMs: number;
}

export interface GpuRunHandlers extends GpuLineHandlers {
  /** Called at most once, and not after `stop` or `dispose`. */
  onFailure(failure: GpuRunFailure): void;
}

/** One life of the GPU process: reads it, watches its heartbeat, ends it. */
export class GpuProcessRun implements Disposable {
  private readonly reader: GpuLineReader;
  private readonly silence: SilenceTimer;
  private firstSignMs: number | undefined;
  private lastSignMs = 0;
  private fatalMessage: string | undefined;
  private over = false;

  constructor(
    private readonly child: GpuChild,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly handlers: GpuRunHandlers,
    private readonly limits: GpuRunLimits = defaultGpuRunLimits,
  ) {
    this.reader = new GpuLineReader(
      child.stdout,
      clock,
      {
        onMessage: (message) => {
          this.noteLife(message);
          this.handlers.onMessage(message);
        },
        onProblem: (problem, detail) => {
          this.handlers.onProblem(problem, detail);
        },
      },
      limits,
    );
    this.silence = new SilenceTimer(clock, limits.silenceMs, (silentMs) => {
      this.fail(`no heartbeat for ${Math.round(silentMs / 1_000)} s`, silentMs);
    });
    this.logStderr();
    void child.exited.then((how) => {
      this.fail(this.fatalMessage ?? `ended with ${how}`, 0);
    });
  }

  send(control: GpuControl): void {
    if (!this.over) this.child.write(`${JSON.stringify(control)}\n`);
  }

  /**
   * Asks the process to end and kills it where it does not. Resolves when it is gone, or when it is there still
   * after `graceMs` more: what waits for a driver obeys no signal, and whoever waits for it would wait as long.
   */
  async stop(): Promise<void> {
    this.close();
    this.child.endInput();
    if (await this.exitsWithin(this.limits.graceMs)) return;
    this.child.kill();
    if (await this.exitsWithin(this.limits.graceMs)) return;
    this.logger.warning('the process was killed and does not go away; it is left behind');
  }

  private async exitsWithin(limitMs: number): Promise<boolean> {
    let timer: Disposable | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = this.clock.setTimeout(() => {
        resolve(false);
      }, limitMs);
    });
    const exited = await Promise.race([this.child.exited.then(() => true), late]);
    timer?.dispose();
    return exited;
  }

  /** Kills the process. */
  dispose(): void {
    this.close();
    this.child.endInput();
    this.child.kill();
  }

  private close(): void {
    this.over = true;
    this.silence.dispose();
    this.reader.dispose();
  }

  private noteLife(message: GpuLine): void {
    if (message.type === 'fatal') this.fatalMessage = message.message;
    if (message.type !== 'heartbeat' && message.type !== 'init') return;
    this.silence.heard();
    this.lastSignMs = this.clock.monotonicMs();
    this.firstSignMs ??= this.lastSignMs;
  }

  private fail(reason: string, blindMs: number): void {
    if (this.over) return;
    this.dispose();
    const healthyMs = this.firstSignMs === undefined ? 0 : this.lastSignMs - this.firstSignMs;
    this.handlers.onFailure({ reason, blindMs, healthyMs });
  }

  private logStderr(): void {
    const rate = new RateWindow(this.clock, 20);
    const splitter = new LineSplitter(({ text }) => {
      if (text !== '' && rate.take()) this.logger.debug(`process: ${text}`);
    }, 2_000);
    this.child.stderr.on('data', (chunk: Uint8Array) => {
      splitter.push(chunk);
    });
    this.child.stderr.on('error', () => undefined);
  }
}

import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../shared/clock';
import { DisposableStore, type Disposable, toDisposable } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import type { Logger } from '../../shared/logger';
import { reducedEnvironment } from './environment';
import { execaLibrary } from './execaLibrary';
import { type Line, LineSplitter, type StreamEncoding } from './lineSplitter';
import { OutputCapture } from './outputCapture';
import type { ProcessCommand, ProcessEnd, ProcessResult } from './processCommand';
import { type GroupSignals, systemSignals } from './processGroup';

const defaultGraceMs = 2_000;
const defaultMaxOutputBytes = 16 * 1024 * 1024;
/**
 * How long children that hold the pipes may outlive the process before they are ended, too, and how long what got
 * SIGKILL may take to end before nobody waits for it any more.
 */
const drainMs = 1_000;

export interface RunningProcessServices {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sees to it that the group ends should the host die; disposed when it has ended. */
  readonly guard: (pid: number) => Disposable;
  /** Absent: those of the system. */
  readonly signals?: GroupSignals;
}

/**
 * A program and all that it starts. On POSIX it leads a process group of its own, so that cancel, time limit and
 * pause reach children of children; whatever is left of the group when the program ends is ended with it.
 */
export class RunningProcess {
  /**
   * Settles when the process and its output have ended, or when not even SIGKILL ended it: a process that waits for
   * a broken disk or that changed its user goes on without us. Never rejects.
   */
  readonly result: Promise<ProcessResult>;
  /** Settles when there is no process (any more), which is after `result` where it could not be ended. */
  readonly gone: Promise<void>;
  private readonly child: ChildProcess | undefined;
  private readonly stdout: OutputCapture;
  private readonly stderr: OutputCapture;
  private readonly attachments = new DisposableStore();
  /** Apart from the others: what could not be ended is given up, but stays guarded. */
  private guarded: Disposable | undefined;
  private readonly signals: GroupSignals;
  private readonly startedMs: number;
  private resolve!: (result: ProcessResult) => void;
  private resolveGone!: () => void;
  private exists = false;
  /** Decided by us (cancel, time limit) before the process has ended. */
  private ending: ProcessEnd | undefined;
  private exit: ProcessEnd | undefined;
  private timer: Disposable | undefined;
  private stopped = false;
  private settled = false;

  constructor(
    private readonly command: ProcessCommand,
    private readonly services: RunningProcessServices,
  ) {
    const maxBytes = command.maxOutputBytes ?? defaultMaxOutputBytes;
    this.stdout = new OutputCapture(maxBytes);
    this.stderr = new OutputCapture(maxBytes);
    this.signals = services.signals ?? systemSignals();
    this.startedMs = services.clock.monotonicMs();
    this.result = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.gone = new Promise((resolve) => {
      this.resolveGone = resolve;
    });
    this.child = this.start();
  }

  /** Absent when it could not be started. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  get hasEnded(): boolean {
    return this.settled;
  }

  /** @returns false when its stdin is closed, so that nobody will read this */
  write(data: string | Uint8Array): boolean {
    const stdin = this.child?.stdin;
    if (stdin?.writable !== true) return false;
    stdin.write(data);
    return true;
  }

  endInput(): void {
    this.child?.stdin?.end();
  }

  /** SIGTERM to the whole group, SIGKILL to what is left of it after the grace period. */
  cancel(): void {
    this.end({ status: 'cancelled' });
  }

  /** SIGKILL to the whole group at once. @returns when `result` has settled */
  async kill(): Promise<void> {
    this.ending ??= { status: 'cancelled' };
    if (this.child !== undefined && !this.settled) this.forceKill(this.child);
    await this.result;
  }

  /** Makes the whole group stand still. @returns false where the system cannot do that, or it has ended */
  pause(): boolean {
    if (!this.signals.canStop || this.settled || this.ending !== undefined) return false;
    this.stopped = this.signal('SIGSTOP');
    return this.stopped;
  }

  resume(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.signal('SIGCONT');
  }

  private start(): ChildProcess | undefined {
    const { command } = this;
    if (command.signal?.aborted === true) {
      this.settle({ status: 'cancelled' });
      return undefined;
    }
    if (!path.isAbsolute(command.file)) {
      this.settle({
        status: 'notStarted',
        code: 'NOT_ABSOLUTE',
        message: `${command.file} is no absolute path.`,
      });
      return undefined;
    }
    let subprocess: ReturnType<typeof this.spawn>;
    try {
      subprocess = this.spawn();
    } catch (error) {
      // Arguments that no system accepts, such as one with a null character.
      this.settle({ status: 'notStarted', code: 'EINVAL', message: errorMessage(error) });
      return undefined;
    }
    const child = subprocess.nodeChildProcess;
    if (subprocess.pid === undefined) {
      // The cause arrives as the result, as it does for a program that cannot be run.
      void subprocess.then((result) => {
        this.settle({ status: 'notStarted', code: systemCode(result.cause), message: result.message ?? '' });
      });
      return child;
    }
    this.watch(child, subprocess.pid);
    // Ends are taken from the events: execa's own result waits for whoever holds the pipes, for ever.
    void subprocess.then(
      () => undefined,
      () => undefined,
    );
    return child;
  }

  private spawn() {
    const { file, args, cwd, env, input = 'closed' } = this.command;
    return execaLibrary().execa(file, args, {
      shell: false,
      reject: false,
      buffer: false,
      // The group of its own that signals are sent to; without effect on the lifetime, which the guard limits.
      detached: process.platform !== 'win32',
      cleanup: false,
      extendEnv: false,
      env: reducedEnvironment(process.env, env),
      stdin: input === 'closed' ? 'ignore' : 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      encoding: 'buffer',
      windowsHide: true,
      ...(cwd === undefined ? {} : { cwd }),
    });
  }

  private watch(child: ChildProcess, pid: number): void {
    const { command, services, attachments } = this;
    this.exists = true;
    if (command.endsWithInput !== true) this.guarded = services.guard(pid);
    this.read(child.stdout, this.stdout, command.onLine, command.outputEncoding);
    this.read(child.stderr, this.stderr, command.onErrorLine);
    child.stdin?.on('error', () => {
      // EPIPE: it ended without reading what was written; its end says more than this.
    });
    if (typeof command.input === 'object') child.stdin?.end(command.input.data);

    const { signal, timeLimitMs } = command;
    if (signal !== undefined) {
      const onAbort = (): void => {
        this.cancel();
      };
      signal.addEventListener('abort', onAbort);
      attachments.add(
        toDisposable(() => {
          signal.removeEventListener('abort', onAbort);
        }),
      );
    }
    if (timeLimitMs !== undefined) {
      attachments.add(
        services.clock.setTimeout(() => {
          this.end({ status: 'timedOut', limitMs: timeLimitMs });
        }, timeLimitMs),
      );
    }
    child.once('exit', (code, signalName) => {
      this.exists = false;
      if (this.settled) this.release();
      this.exit =
        signalName === null
          ? { status: 'exited', exitCode: code ?? 0 }
          : { status: 'signalled', signal: signalName };
      this.drain(child);
    });
    child.once('close', () => {
      this.settle(this.exit ?? { status: 'cancelled' });
    });
  }

  private read(
    stream: Readable | null,
    capture: OutputCapture,
    onLine: ((line: Line) => void) | undefined,
    encoding?: StreamEncoding,
  ): void {
    if (stream === null) return;
    const splitter =
      onLine === undefined
        ? undefined
        : new LineSplitter(
            (line) => {
              try {
                onLine(line);
              } catch (error) {
                this.services.logger.error(`A listener to ${this.command.file} failed.`, error);
              }
            },
            this.command.maxLineLength,
            undefined,
            encoding,
          );
    stream.on('data', (chunk: Uint8Array) => {
      capture.push(chunk);
      splitter?.push(chunk);
    });
    stream.on('end', () => splitter?.end());
    stream.on('error', (error) => {
      this.services.logger.debug(`Output of ${this.command.file}: ${errorMessage(error)}`);
    });
  }

  private end(ending: ProcessEnd): void {
    const { child } = this;
    if (child === undefined || this.settled || this.ending !== undefined) return;
    this.ending = ending;
    this.signal('SIGTERM');
    // What stands still would obey only when it goes on.
    this.resume();
    if (this.exit !== undefined) return;
    this.timer?.dispose();
    this.timer = this.services.clock.setTimeout(() => {
      this.services.logger.warning(`${this.command.file} did not end on SIGTERM and gets SIGKILL.`);
      this.forceKill(child);
    }, this.command.graceMs ?? defaultGraceMs);
  }

  private forceKill(child: ChildProcess): void {
    this.signal('SIGKILL');
    this.timer?.dispose();
    this.timer = this.services.clock.setTimeout(() => {
      this.giveUp(child);
    }, drainMs);
  }

  /** What is left can neither be ended nor waited for, and must not keep the host from ending. */
  private giveUp(child: ChildProcess): void {
    const { logger } = this.services;
    const { file } = this.command;
    if (this.exit === undefined)
      logger.error(`${file} (${child.pid}) survived SIGKILL and is left to itself.`);
    else logger.warning(`${file} has ended; what left its group and holds its output is left to itself.`);
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
    this.settle(this.exit ?? { status: 'cancelled' });
  }

  /** The program has ended; its children may still hold the pipes. */
  private drain(child: ChildProcess): void {
    if (this.settled) return;
    this.timer?.dispose();
    if (this.ending !== undefined) this.signal('SIGKILL');
    this.timer = this.services.clock.setTimeout(() => {
      this.forceKill(child);
    }, drainMs);
  }

  private signal(signal: NodeJS.Signals): boolean {
    const pid = this.child?.pid;
    if (pid === undefined || this.settled) return false;
    return (this.exit === undefined || this.signals.reachesOrphans) && this.signals.send(pid, signal);
  }

  private release(): void {
    this.guarded?.dispose();
    this.guarded = undefined;
    this.resolveGone();
  }

  private settle(end: ProcessEnd): void {
    if (this.settled) return;
    this.timer?.dispose();
    this.timer = undefined;
    this.signal('SIGKILL');
    this.settled = true;
    this.attachments.dispose();
    if (!this.exists) this.release();
    const ending = end.status === 'notStarted' ? end : (this.ending ?? end);
    const durationMs = this.services.clock.monotonicMs() - this.startedMs;
    this.resolve({ end: ending, stdout: this.stdout.read(), stderr: this.stderr.read(), durationMs });
  }
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

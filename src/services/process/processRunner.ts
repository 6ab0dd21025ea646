import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { OrphanGuard } from './orphanGuard';
import { nodeCommand, type ProcessCommand, type ProcessResult } from './processCommand';
import type { GroupSignals } from './processGroup';
import { RunningProcess } from './runningProcess';

export interface ProcessRunnerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The bundle of `guardian.process.ts`. */
  readonly guardianFile: string;
  /** Absent: those of the system. */
  readonly signals?: GroupSignals;
}

const noGuard = toDisposable(() => undefined);

/**
 * The one way in which Sentinel runs programs: no shell, absolute paths, a reduced environment, capped output, a
 * time limit, the whole process group ended, and no orphan when the host dies.
 */
export class ProcessRunner implements Disposable {
  private readonly running = new Set<RunningProcess>();
  private readonly guard: OrphanGuard;
  private disposed = false;

  constructor(private readonly options: ProcessRunnerOptions) {
    const { clock, logger, guardianFile } = options;
    this.guard = new OrphanGuard({
      clock,
      logger,
      start: (onEnded) => {
        const guardian = this.launch(nodeCommand(guardianFile), () => noGuard);
        void guardian.result.then(({ end, stderr }) => {
          onEnded(`${end.status} ${stderr.text}`.trim());
        });
        return guardian;
      },
    });
  }

  /** Programs that run, the guardian not counted. */
  get runningCount(): number {
    return this.running.size;
  }

  /** Starts a program that lives on: a stream of lines, something to talk to. After disposal nothing starts. */
  start(command: ProcessCommand): RunningProcess {
    if (this.disposed) return this.launch({ ...command, signal: AbortSignal.abort() }, () => noGuard);
    // Before the program: nothing shall run unguarded while the guardian is being started.
    if (command.endsWithInput !== true) this.guard.prepare();
    const started = this.launch(command, (pid) => this.guard.protect(pid));
    this.running.add(started);
    void started.result.then(() => this.running.delete(started));
    return started;
  }

  /** Runs a program to its end. Never rejects: every end is data. */
  run(command: ProcessCommand): Promise<ProcessResult> {
    return this.start(command).result;
  }

  /** Cancels everything; what does not obey is killed after its grace period. Waiting for it is `stop`. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    const processes = [...this.running];
    for (const running of processes) running.cancel();
    // It stays on watch until the last of them has ended.
    void Promise.all(processes.map(({ result }) => result)).then(() => {
      this.guard.dispose();
    });
  }

  /** Disposes and settles when no process is left that could be ended. Never rejects. */
  async stop(): Promise<void> {
    const processes = [...this.running];
    this.dispose();
    await Promise.all(processes.map(({ result }) => result));
    await this.guard.stop();
  }

  private launch(command: ProcessCommand, guard: (pid: number) => Disposable): RunningProcess {
    return new RunningProcess(command, { ...this.options, guard });
  }
}

import type { Clock } from '../../shared/clock';
import { type Disposable, toDisposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { Backoff } from '../../shared/backoff';

/** The guardian process as its owner sees it. */
export interface Guardian {
  write(data: string): boolean;
  endInput(): void;
  kill(): Promise<unknown>;
  readonly result: Promise<unknown>;
}

export interface OrphanGuardOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** @param onEnded told once when the guardian has ended, with the reason for the log */
  readonly start: (onEnded: (reason: string) => void) => Guardian;
  /** How long the guardian stays without anything to guard. */
  readonly idleMs?: number;
}

/** How long the guardian may take to end those that it guards and then itself. */
const stopGraceMs = 1_000;

/**
 * Keeps foreign programs from outliving a host that was killed. They do not notice the host's end themselves, and
 * a host that got SIGKILL cannot end them; so one small process of our own knows their groups and holds the end
 * of a pipe whose other end only the host has. When the pipe closes it ends them. It runs only while there is
 * something to guard.
 */
export class OrphanGuard implements Disposable {
  private readonly groups = new Set<number>();
  private readonly backoff = new Backoff();
  /** Guardians that have not ended, also those that were let go. */
  private readonly alive = new Set<Guardian>();
  private guardian: Guardian | undefined;
  private startedMs = 0;
  private idleTimer: Disposable | undefined;
  private restartTimer: Disposable | undefined;
  private disposed = false;

  constructor(private readonly options: OrphanGuardOptions) {}

  /** Starts the guardian, so that it is there when something to guard starts. */
  prepare(): void {
    if (this.disposed || this.guardian !== undefined || this.restartTimer !== undefined) return;
    this.start();
    this.waitIdle();
  }

  /** Guards a process group until the returned disposable is disposed. */
  protect(groupId: number): Disposable {
    if (this.disposed) return toDisposable(() => undefined);
    this.idleTimer?.dispose();
    this.idleTimer = undefined;
    this.groups.add(groupId);
    if (this.guardian !== undefined) this.tell('guard', groupId);
    else if (this.restartTimer === undefined) this.start();
    return toDisposable(() => {
      this.groups.delete(groupId);
      this.tell('release', groupId);
      this.waitIdle();
    });
  }

  dispose(): void {
    this.disposed = true;
    this.groups.clear();
    this.idleTimer?.dispose();
    this.idleTimer = undefined;
    this.restartTimer?.dispose();
    this.restartTimer = undefined;
    this.letGo();
  }

  /** Disposes and settles when the guardian has ended; one that does not end by itself is killed. */
  async stop(): Promise<void> {
    this.dispose();
    const alive = [...this.alive];
    if (alive.length === 0) return;
    const { clock, logger } = this.options;
    const grace = clock.setTimeout(() => {
      logger.warning('The guardian of child processes did not end by itself and gets SIGKILL.');
      for (const guardian of alive) void guardian.kill();
    }, stopGraceMs);
    await Promise.all(alive.map(({ result }) => result));
    grace.dispose();
  }

  private start(): void {
    this.startedMs = this.options.clock.monotonicMs();
    const guardian = this.options.start((reason) => {
      if (this.guardian === guardian) this.failed(reason);
    });
    this.guardian = guardian;
    this.alive.add(guardian);
    void guardian.result.then(() => this.alive.delete(guardian));
    // The pipe holds what is written until the guardian reads it, also when the host ends before that.
    for (const group of this.groups) this.tell('guard', group);
  }

  private failed(reason: string): void {
    this.guardian = undefined;
    const delayMs = this.backoff.nextDelayMs(this.options.clock.monotonicMs() - this.startedMs);
    this.options.logger.warning(`The guardian of child processes ended unexpectedly: ${reason}`);
    this.restartTimer = this.options.clock.setTimeout(() => {
      this.restartTimer = undefined;
      if (this.groups.size > 0) this.start();
    }, delayMs);
  }

  private tell(what: 'guard' | 'release', groupId: number): void {
    this.guardian?.write(`${what} ${groupId}\n`);
  }

  private waitIdle(): void {
    if (this.groups.size > 0 || this.guardian === undefined || this.disposed) return;
    this.idleTimer?.dispose();
    this.idleTimer = this.options.clock.setTimeout(() => {
      this.idleTimer = undefined;
      this.letGo();
    }, this.options.idleMs ?? 10_000);
  }

  private letGo(): void {
    const { guardian } = this;
    this.guardian = undefined;
    guardian?.endInput();
  }
}

import type { Transferable } from 'node:worker_threads';
import { Backoff } from '../shared/backoff';
import { SilenceTimer } from '../shared/silenceTimer';
import type { Clock } from '../shared/clock';
import { type Disposable, DisposableStore, toDisposable } from '../shared/disposable';
import { errorMessage, SentinelError } from '../shared/errors';
import { Emitter, type Event } from '../shared/event';
import type { Logger } from '../shared/logger';
import { parseThreadMessage, type RequestTypes, type WorkerProtocol } from '../shared/protocol/worker';
import type { Thread, ThreadExit } from './thread';

/** The editor gives all of its extensions five seconds to end. */
const stopLimitMs = 2_000;

export interface WorkerClientOptions<Requests extends RequestTypes, Notification, Push> {
  /** For log and errors. */
  readonly name: string;
  readonly protocol: WorkerProtocol<Requests, Notification, Push>;
  readonly spawn: () => Thread;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the thread after this long without an outstanding request and without `keepAlive`; absent: never. */
  readonly idleMs?: number;
  /** A thread from which nothing was heard for this long is replaced. For threads that push or send `alive`. */
  readonly silenceLimitMs?: number;
}

export interface RequestOptions {
  readonly timeoutMs?: number;
  /** Tells the thread to abort. */
  readonly signal?: AbortSignal;
  /**
   * After an abort `reject` (the default) fails the request at once; `wait` leaves it outstanding until the thread
   * answers or ends, for callers who must know that the work has stopped.
   */
  readonly onAbort?: 'reject' | 'wait';
  readonly transfer?: readonly Transferable[];
}

/** How a thread ended. `planned`: by its owner's wish (idle, `replace`), not through a failure. */
export interface WorkerExit extends Omit<ThreadExit, 'reason'> {
  readonly reason: ThreadExit['reason'] | 'silent' | 'startFailed';
  readonly planned: boolean;
}

interface PendingRequest {
  readonly name: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SentinelError) => void;
  /** Time limit and abort listener. */
  readonly watches: DisposableStore;
}

interface RunningThread {
  readonly thread: Thread;
  readonly startedMs: number;
  readonly attachments: DisposableStore;
  readonly silence: SilenceTimer | undefined;
}

/**
 * The one owner of a thread, which is started on first use and replaced when it fails.
 *
 * ```ts
 * const client = new WorkerClient({
 *   name: 'metrics', protocol: metricsProtocol, clock, logger, silenceLimitMs: 20_000,
 *   spawn: () => spawnThread(file, { name: 'metrics', logger }),
 * });
 * client.onStarted(() => client.notify({ type: 'configure', intervalMs })); // for each new thread
 * client.onPush((push) => { show(push); });                                  // parsed by the protocol
 * const streaming = client.keepAlive();   // starts it, and replaces it on failure until disposed
 * const list = await client.request('list', { limit: 5 }, { timeoutMs: 2_000, signal }); // typed, parsed
 * streaming.dispose();                    // idle stop may follow (`idleMs`)
 * await client.stop();                    // the end: terminates and waits, though not long; `dispose()` does not
 * ```
 *
 * Requests reject with a `SentinelError`: the thread's own code, or `worker.timeout`, `worker.aborted`,
 * `worker.badReply`, `worker.notCloneable`, `worker.startFailed`, `worker.exit`, `worker.error`,
 * `worker.outOfMemory`, `worker.terminated`, `worker.silent`, `worker.disposed`.
 */
export class WorkerClient<Requests extends RequestTypes, Notification, Push> implements Disposable {
  private readonly started: Emitter<undefined>;
  private readonly exited: Emitter<WorkerExit>;
  private readonly pushed: Emitter<Push>;
  private readonly pending = new Map<number, PendingRequest>();
  private readonly ending = new Set<Promise<void>>();
  private readonly keepers = new Set<object>();
  private readonly backoff = new Backoff();
  private running: RunningThread | undefined;
  private restartTimer: Disposable | undefined;
  private idleTimer: Disposable | undefined;
  private lastId = 0;
  private refused = 0;
  private disposed = false;

  constructor(private readonly options: WorkerClientOptions<Requests, Notification, Push>) {
    const onListenerError = (error: unknown): void => {
      options.logger.error(`A listener to the thread ${options.name} failed.`, error);
    };
    this.started = new Emitter(onListenerError);
    this.exited = new Emitter(onListenerError);
    this.pushed = new Emitter(onListenerError);
    this.onStarted = this.started.event;
    this.onExited = this.exited.event;
    this.onPush = this.pushed.event;
  }

  /** A new thread runs. What is sent from here reaches it before any request. */
  readonly onStarted: Event<undefined>;
  /** The thread is gone; outstanding requests have been failed. Not fired for the end of the client itself. */
  readonly onExited: Event<WorkerExit>;
  /** What the thread sends by itself. */
  readonly onPush: Event<Push>;

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  get outstandingRequests(): number {
    return this.pending.size;
  }

  /** Messages of the thread that did not follow the protocol; the first is logged. */
  get refusedMessages(): number {
    return this.refused;
  }

  /** Asks the thread, starting it where none runs. */
  async request<K extends keyof Requests & string>(
    name: K,
    payload: Requests[K]['request'],
    { timeoutMs, signal, onAbort = 'reject', transfer }: RequestOptions = {},
  ): Promise<Requests[K]['reply']> {
    if (this.disposed) throw this.error('worker.disposed', 'is disposed');
    if (signal?.aborted === true) throw this.error('worker.aborted', `was told to abort "${name}"`);
    const { thread } = this.start();
    // A listener to the start may have ended the thread again.
    if (this.running?.thread !== thread) throw this.error('worker.terminated', 'ended while it started');

    const id = ++this.lastId;
    const watches = new DisposableStore();
    const value = await new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, { name, resolve, reject, watches });
      this.updateIdle();
      const giveUp = (code: string, what: string): void => {
        this.post({ type: 'abort', id });
        this.settle(id)?.reject(this.error(code, what));
      };
      if (timeoutMs !== undefined) {
        watches.add(
          this.options.clock.setTimeout(() => {
            giveUp('worker.timeout', `did not answer "${name}" within ${timeoutMs} ms`);
          }, timeoutMs),
        );
      }
      if (signal !== undefined) {
        const abort = (): void => {
          if (onAbort === 'wait') this.post({ type: 'abort', id });
          else giveUp('worker.aborted', `was told to abort "${name}"`);
        };
        signal.addEventListener('abort', abort);
        watches.add(
          toDisposable(() => {
            signal.removeEventListener('abort', abort);
          }),
        );
      }
      try {
        thread.post({ type: 'request', id, name, payload }, transfer);
      } catch (error) {
        this.settle(id)?.reject(
          this.error('worker.notCloneable', `cannot be sent "${name}": ${errorMessage(error)}`, error),
        );
      }
    });

    const parsed = this.options.protocol.requests[name].reply(value);
    if ('value' in parsed) return parsed.value;
    this.refuse(`a reply to "${name}": ${parsed.problem}`);
    throw this.error('worker.badReply', `answered "${name}" in a wrong form: ${parsed.problem}`);
  }

  /**
   * Sends without waiting for an answer. Starts nothing: what a thread must know is sent to each in `onStarted`.
   * @returns whether a thread was there to receive it
   * @throws DataCloneError when the message cannot be copied
   */
  notify(message: Notification, transfer?: readonly Transferable[]): boolean {
    return this.post({ type: 'notification', payload: message }, transfer);
  }

  /** Starts the thread and keeps one running until the returned hold is disposed. Holds may overlap. */
  keepAlive(): Disposable {
    const keeper = {};
    if (this.disposed) return toDisposable(() => undefined);
    this.keepers.add(keeper);
    this.updateIdle();
    if (this.running === undefined && this.restartTimer === undefined) this.tryStart();
    return toDisposable(() => {
      this.keepers.delete(keeper);
      if (this.keepers.size > 0) return;
      this.restartTimer?.dispose();
      this.restartTimer = undefined;
      this.updateIdle();
    });
  }

  /**
   * Ends the present thread, also one that obeys nothing; its requests fail with `worker.terminated`. Where the
   * thread is kept alive a new one starts at once, otherwise with the next request.
   * @returns when the old thread has ended
   */
  async replace(why: string): Promise<void> {
    const ended = this.retire({ reason: 'terminated', planned: true, message: why });
    if (this.keepers.size > 0) this.tryStart();
    await ended;
  }

  /** Ends everything at once; waiting for it is `stop`. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.keepers.clear();
    this.restartTimer?.dispose();
    this.restartTimer = undefined;
    // Nobody is told: whoever disposes the client knows.
    this.started.dispose();
    this.exited.dispose();
    this.pushed.dispose();
    void this.retire({ reason: 'terminated', planned: true });
    this.idleTimer?.dispose();
    this.idleTimer = undefined;
  }

  /**
   * Disposes the client and settles when no thread of it is left, or after two seconds: a thread in a system call
   * that does not return, such as a read from a broken disk, ends when that returns. Never rejects.
   */
  async stop(): Promise<void> {
    this.dispose();
    if (this.ending.size === 0) return;
    const { clock, logger, name } = this.options;
    await new Promise<void>((resolve) => {
      const limit = clock.setTimeout(() => {
        logger.warning(`Thread ${name} did not end within ${stopLimitMs / 1_000} s and is left to itself.`);
        resolve();
      }, stopLimitMs);
      void Promise.all(this.ending).then(() => {
        limit.dispose();
        resolve();
      });
    });
  }

  private start(): RunningThread {
    if (this.running !== undefined) return this.running;
    let thread: Thread;
    try {
      thread = this.options.spawn();
    } catch (error) {
      throw this.error('worker.startFailed', `could not be started: ${errorMessage(error)}`, error);
    }
    this.restartTimer?.dispose();
    this.restartTimer = undefined;
    const { clock, silenceLimitMs } = this.options;
    const attachments = new DisposableStore();
    const silence =
      silenceLimitMs === undefined
        ? undefined
        : attachments.add(
            new SilenceTimer(clock, silenceLimitMs, (silentMs) => {
              this.fail({
                reason: 'silent',
                planned: false,
                message: `nothing was heard for ${Math.round(silentMs)} ms`,
              });
            }),
          );
    const running = { thread, startedMs: clock.monotonicMs(), attachments, silence };
    attachments.add(
      thread.onMessage((message) => {
        silence?.heard();
        this.receive(message);
      }),
    );
    attachments.add(
      thread.onExit((exit) => {
        this.fail({ ...exit, planned: false });
      }),
    );
    this.running = running;
    this.options.logger.debug(`Thread ${this.options.name} started.`);
    this.started.fire(undefined);
    return running;
  }

  /** Starts a thread for those who keep it alive; a start that fails counts as a failure of the thread. */
  private tryStart(): void {
    if (this.disposed) return;
    try {
      this.start();
    } catch (error) {
      this.fail({ reason: 'startFailed', planned: false, message: errorMessage(error) });
    }
  }

  private fail(exit: WorkerExit): void {
    const ranMs = this.running === undefined ? 0 : this.options.clock.monotonicMs() - this.running.startedMs;
    const detail = exit.message === undefined ? '' : `: ${exit.message}`;
    const cause = `Thread ${this.options.name} ended unexpectedly (${exit.reason}${detail})`;
    const delayMs = this.keepers.size > 0 ? this.backoff.nextDelayMs(ranMs) : undefined;
    if (delayMs === undefined) this.options.logger.warning(`${cause}; the next request starts a new one.`);
    else
      this.options.logger.warning(
        `${cause}; a new one starts ${delayMs === 0 ? 'now' : `in ${delayMs} ms`}.`,
      );
    if (delayMs !== undefined && delayMs > 0) {
      this.restartTimer?.dispose();
      this.restartTimer = this.options.clock.setTimeout(() => {
        this.restartTimer = undefined;
        this.tryStart();
      }, delayMs);
    }
    void this.retire(exit);
    // A listener may have let go of the thread, or have started a new one by a request.
    if (delayMs === 0 && this.keepers.size > 0) this.tryStart();
  }

  /** Lets go of the present thread: ends it, fails its requests, then tells. Settles when it has ended. */
  private retire(exit: WorkerExit): Promise<void> {
    const { running } = this;
    if (running === undefined) {
      if (exit.reason === 'startFailed') this.exited.fire(exit);
      return Promise.resolve();
    }
    this.running = undefined;
    running.attachments.dispose();
    const ended = running.thread.terminate().catch((error: unknown) => {
      this.options.logger.warning(`Thread ${this.options.name} did not end: ${errorMessage(error)}`);
    });
    this.ending.add(ended);
    void ended.then(() => this.ending.delete(ended));
    const detail = exit.message === undefined ? '' : `: ${exit.message}`;
    for (const id of [...this.pending.keys()]) {
      this.settle(id)?.reject(
        this.disposed
          ? this.error('worker.disposed', 'is disposed')
          : this.error(`worker.${exit.reason}`, `ended (${exit.reason}${detail})`),
      );
    }
    this.updateIdle();
    this.exited.fire(exit);
    return ended;
  }

  private receive(raw: unknown): void {
    const parsed = parseThreadMessage(raw);
    if ('problem' in parsed) {
      this.refuse(parsed.problem);
      return;
    }
    const message = parsed.value;
    switch (message.type) {
      case 'reply':
        this.settle(message.id)?.resolve(message.value);
        break;
      case 'failure': {
        const { code, message: text, stack } = message.error;
        const error = new SentinelError(code, text);
        if (stack !== undefined) error.stack = stack;
        this.settle(message.id)?.reject(error);
        break;
      }
      case 'push': {
        const push = this.options.protocol.push(message.payload);
        if ('value' in push) this.pushed.fire(push.value);
        else this.refuse(push.problem);
        break;
      }
      case 'alive':
        break;
    }
  }

  private post(message: unknown, transfer?: readonly Transferable[]): boolean {
    if (this.running === undefined) return false;
    this.running.thread.post(message, transfer);
    return true;
  }

  /** Takes a request off the list, so that exactly one outcome reaches the caller. */
  private settle(id: number): PendingRequest | undefined {
    const request = this.pending.get(id);
    if (request === undefined) return undefined;
    this.pending.delete(id);
    request.watches.dispose();
    this.updateIdle();
    return request;
  }

  private updateIdle(): void {
    this.idleTimer?.dispose();
    this.idleTimer = undefined;
    const { idleMs, clock } = this.options;
    if (idleMs === undefined || this.disposed) return;
    if (this.running === undefined || this.pending.size > 0 || this.keepers.size > 0) return;
    this.idleTimer = clock.setTimeout(() => {
      this.idleTimer = undefined;
      void this.retire({ reason: 'terminated', planned: true, message: 'idle' });
    }, idleMs);
  }

  private refuse(problem: string): void {
    this.refused += 1;
    if (this.refused > 1) return;
    this.options.logger.warning(
      `Thread ${this.options.name} sent what the protocol does not know: ${problem} (logged once)`,
    );
  }

  private error(code: string, what: string, cause?: unknown): SentinelError {
    return new SentinelError(code, `Thread ${this.options.name} ${what}.`, { cause });
  }
}

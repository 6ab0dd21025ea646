import type { Transferable } from 'node:worker_threads';
import type { Clock } from '../shared/clock';
import { type Disposable, DisposableStore, toDisposable } from '../shared/disposable';
import { errorMessage, errorStack, SentinelError } from '../shared/errors';
import {
  type OwnerMessage,
  parseOwnerMessage,
  type RequestTypes,
  type ThreadError,
  type ThreadMessage,
  type WorkerProtocol,
} from '../shared/protocol/worker';

/** The part of a `MessagePort` that a server needs. */
export interface ThreadPort {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

export interface RequestContext {
  /** Aborted when the owner no longer wants the answer. Seen only where a handler awaits something. */
  readonly signal: AbortSignal;
  /** Takes along what the reply shall move instead of copy. */
  transfer(item: Transferable): void;
}

export type RequestHandlers<Requests extends RequestTypes> = {
  readonly [K in keyof Requests]: (
    payload: Requests[K]['request'],
    context: RequestContext,
  ) => Requests[K]['reply'] | Promise<Requests[K]['reply']>;
};

export interface ThreadServerOptions<Requests extends RequestTypes, Notification, Push> {
  readonly port: ThreadPort;
  readonly protocol: WorkerProtocol<Requests, Notification, Push>;
  readonly handlers: RequestHandlers<Requests>;
  readonly onNotification?: (message: Notification) => void;
  /** Receives what goes wrong outside a request; by default it is written to stderr, which the owner logs. */
  readonly onFault?: (message: string) => void;
  /** Sends a sign of life this often, for owners with a limit of silence. */
  readonly alive?: { readonly clock: Clock; readonly intervalMs: number };
}

/**
 * The thread's side of the owner's protocol: parses what arrives, runs handlers, and answers errors as data with
 * a code. No error of a handler leaves it, so that one bad request does not end the thread.
 */
export class ThreadServer<Requests extends RequestTypes, Notification, Push> implements Disposable {
  private readonly attachments = new DisposableStore();
  private readonly running = new Map<number, AbortController>();

  constructor(private readonly options: ThreadServerOptions<Requests, Notification, Push>) {
    const { port, alive } = options;
    const onMessage = (raw: unknown): void => {
      const parsed = parseOwnerMessage(raw);
      if ('value' in parsed) this.receive(parsed.value);
      else this.fault(`A message of the owner was refused: ${parsed.problem}`);
    };
    port.on('message', onMessage);
    this.attachments.add(toDisposable(() => port.off('message', onMessage)));
    if (alive !== undefined) {
      this.attachments.add(
        alive.clock.setInterval(() => {
          this.send({ type: 'alive' });
        }, alive.intervalMs),
      );
    }
  }

  /** Sends something that nobody asked for. */
  push(payload: Push, transfer?: readonly Transferable[]): void {
    this.send({ type: 'push', payload }, transfer);
  }

  /** Stops listening and aborts what runs. */
  dispose(): void {
    this.attachments.dispose();
    for (const controller of this.running.values()) controller.abort();
  }

  private receive(message: OwnerMessage): void {
    switch (message.type) {
      case 'request':
        void this.answer(message.id, message.name, message.payload);
        break;
      case 'abort':
        this.running.get(message.id)?.abort();
        break;
      case 'notification':
        this.notified(message.payload);
        break;
    }
  }

  private notified(payload: unknown): void {
    const parsed = this.options.protocol.notification(payload);
    if ('problem' in parsed) {
      this.fault(`A notification was refused: ${parsed.problem}`);
      return;
    }
    try {
      this.options.onNotification?.(parsed.value);
    } catch (error) {
      this.fault(`A notification failed: ${errorStack(error)}`);
    }
  }

  /** Never rejects. */
  private async answer(id: number, name: string, payload: unknown): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    const transfers: Transferable[] = [];
    try {
      const value = await this.handle(name, payload, {
        signal: controller.signal,
        transfer: (item) => transfers.push(item),
      });
      this.options.port.postMessage({ type: 'reply', id, value } satisfies ThreadMessage, transfers);
    } catch (error) {
      this.send({ type: 'failure', id, error: errorAsData(error) });
    } finally {
      this.running.delete(id);
    }
  }

  private handle(name: string, payload: unknown, context: RequestContext): unknown {
    const { protocol, handlers } = this.options;
    // Own properties only: "constructor" is the name of no request.
    if (!Object.hasOwn(protocol.requests, name)) {
      throw new SentinelError('worker.unknownRequest', `There is no request "${name}".`);
    }
    const known: keyof Requests & string = name;
    const parsed = protocol.requests[known].request(payload);
    if ('problem' in parsed) {
      throw new SentinelError('worker.badRequest', `The request "${name}" is malformed: ${parsed.problem}`);
    }
    return handlers[known](parsed.value, context);
  }

  private send(message: ThreadMessage, transfer?: readonly Transferable[]): void {
    try {
      this.options.port.postMessage(message, transfer);
    } catch (error) {
      this.fault(`A message to the owner could not be sent: ${errorMessage(error)}`);
    }
  }

  private fault(message: string): void {
    if (this.options.onFault === undefined) process.stderr.write(`${message}\n`);
    else this.options.onFault(message);
  }
}

/** Keeps the code of Sentinel's own errors, of the system's (`ENOENT`) and of messages that cannot be copied. */
function errorAsData(error: unknown): ThreadError {
  return {
    code: errorCode(error),
    message: errorMessage(error),
    ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}

function errorCode(error: unknown): string {
  if (error instanceof Error) {
    if (error.name === 'DataCloneError') return 'worker.notCloneable';
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return 'worker.requestFailed';
}

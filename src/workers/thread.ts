import workerThreads, { type ResourceLimits, type Transferable } from 'node:worker_threads';
import type { Readable } from 'node:stream';
import { LineSplitter } from '../services/process/lineSplitter';
import { reducedEnvironment } from '../services/process/environment';
import { errorMessage } from '../shared/errors';
import { type Event, Emitter } from '../shared/event';
import type { Logger } from '../shared/logger';

/** Why a thread is no more. `exit`: it ended by itself; `terminated`: its owner ended it. */
export interface ThreadExit {
  readonly reason: 'exit' | 'error' | 'outOfMemory' | 'terminated';
  readonly code?: number;
  readonly message?: string;
}

/** A thread as its owner sees it. `onExit` fires exactly once, and nothing is fired after it. */
export interface Thread {
  /** @throws DataCloneError when the message cannot be copied */
  post(message: unknown, transfer?: readonly Transferable[]): void;
  readonly onMessage: Event<unknown>;
  readonly onExit: Event<ThreadExit>;
  /** Ends the thread wherever it is, also in an endless loop; settles when it has ended. */
  terminate(): Promise<void>;
}

export interface ThreadOptions {
  /** Shown in the log and by debuggers. */
  readonly name: string;
  readonly logger: Logger;
  readonly workerData?: unknown;
  readonly resourceLimits?: ResourceLimits;
}

/** Starts a thread. Its console goes to the log; of the host's environment it sees the allowed part. */
export function spawnThread(file: string, options: ThreadOptions): Thread {
  // Looked up at the time of the call, so that a test can count threads or put something in their place.
  const worker = new workerThreads.Worker(file, {
    name: options.name,
    workerData: options.workerData,
    env: reducedEnvironment(process.env),
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    ...(options.resourceLimits === undefined ? {} : { resourceLimits: options.resourceLimits }),
  });
  const messages = new Emitter<unknown>();
  const exits = new Emitter<ThreadExit>();
  let failure: ThreadExit | undefined;
  let terminating = false;

  logLines(worker.stdout, (line) => {
    options.logger.debug(`${options.name}: ${line}`);
  });
  logLines(worker.stderr, (line) => {
    options.logger.warning(`${options.name}: ${line}`);
  });
  worker.on('message', (message: unknown) => {
    messages.fire(message);
  });
  worker.on('messageerror', (error) => {
    options.logger.warning(`${options.name}: a message could not be read: ${errorMessage(error)}`);
  });
  worker.on('error', (error: unknown) => {
    const outOfMemory =
      error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    failure = { reason: outOfMemory ? 'outOfMemory' : 'error', message: errorMessage(error) };
  });
  worker.on('exit', (code) => {
    exits.fire({ ...(failure ?? { reason: terminating ? 'terminated' : 'exit' }), code });
    messages.dispose();
    exits.dispose();
  });

  return {
    onMessage: messages.event,
    onExit: exits.event,
    post(message, transfer) {
      worker.postMessage(message, transfer);
    },
    async terminate() {
      terminating = true;
      await worker.terminate();
    },
  };
}

function logLines(stream: Readable, log: (line: string) => void): void {
  const splitter = new LineSplitter(({ text }) => {
    log(text);
  }, 2_000);
  stream.on('data', (chunk: Buffer) => {
    splitter.push(chunk);
  });
  stream.on('end', () => {
    splitter.end();
  });
}

import path from 'node:path';
import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { type FileHashRequests, fileHashWorkerProtocol } from '../../shared/protocol/fileHashWorker';
import { spawnThread } from '../../workers/thread';
import { WorkerClient } from '../../workers/workerClient';

/** The part of a `WorkerClient` that hashing needs. */
export type HashThread = Pick<
  WorkerClient<FileHashRequests, never, never>,
  'request' | 'replace' | 'dispose' | 'stop'
>;

/** A thread that belongs to one task until it is given back. */
export interface HashThreadLease {
  readonly thread: HashThread;
  release(): void;
}

const idleMs = 30_000;
/** The hashes and one chunk; the rest is Node itself. */
const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };

/**
 * A thread for each task that hashes at the same time: a loop that blocks its thread would keep another task's
 * request from being heard, and ending one task by force would end the other. The task queue bounds their number.
 */
export class HashThreads implements Disposable {
  private readonly threads: HashThread[] = [];
  private readonly free: HashThread[] = [];
  private disposed = false;

  constructor(private readonly create: () => HashThread) {}

  acquire(): HashThreadLease {
    const thread = this.free.pop() ?? this.create();
    if (!this.threads.includes(thread)) this.threads.push(thread);
    // Its requests fail, and no thread is started that nobody would end.
    if (this.disposed) thread.dispose();
    let released = false;
    return {
      thread,
      release: () => {
        if (released) return;
        released = true;
        this.free.push(thread);
      },
    };
  }

  dispose(): void {
    this.disposed = true;
    for (const thread of this.threads) thread.dispose();
  }

  /** Disposes and settles when no thread is left, or none that ends within the limit of `WorkerClient.stop`. */
  async stop(): Promise<void> {
    this.dispose();
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }
}

/** @param distFolder where the bundles are */
export function createHashThreads(distFolder: string, clock: Clock, logger: Logger): HashThreads {
  return new HashThreads(
    () =>
      new WorkerClient({
        name: 'fileHash',
        protocol: fileHashWorkerProtocol,
        clock,
        logger,
        idleMs,
        spawn: () =>
          spawnThread(path.join(distFolder, 'workers', 'fileHash.js'), {
            name: 'sentinel-file-hash',
            logger,
            resourceLimits,
          }),
      }),
  );
}

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../shared/clock';
import { Emitter, type Event } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import {
  type MoveRequest,
  type MoveResult,
  type QuarantineRequests,
  quarantineWorkerProtocol,
  type RemoveResult,
  type RestoreRequest,
  type RestoreResult,
} from '../../shared/protocol/quarantineWorker';
import type { QuarantineItem, QuarantineRecord } from '../../shared/quarantine/quarantineRecord';
import { spawnThread } from '../../workers/thread';
import { WorkerClient } from '../../workers/workerClient';
import type { Task, TaskContext } from '../tasks/task';
import { fileTimeLimitMs } from '../tasks/taskKinds';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import { runOnThread } from '../tasks/threadWork';

/** The part of a `WorkerClient` that the quarantine needs. */
export type QuarantineThread = Pick<
  WorkerClient<QuarantineRequests, never, never>,
  'request' | 'replace' | 'stop'
>;

export interface QuarantineServiceOptions {
  readonly thread: QuarantineThread;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly clock: Clock;
  /** What tasks are called. */
  readonly titles: {
    readonly move: (path: string) => string;
    readonly restore: (path: string) => string;
    readonly remove: (path: string) => string;
    readonly list: () => string;
  };
}

/** Content is read, written and read again. */
const passes = 3;
/** A sparse file can claim to be so large that its limit would not fit a timer. */
const longestExtensionMs = 24 * 3_600_000;
/** Starting a thread takes some 50 ms, and a list is often followed by what is done with it. */
const idleMs = 30_000;
/** Records and one chunk; the rest is Node itself. */
const resourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };

/**
 * Moves files into the quarantine and out of it, as supervised tasks on a thread that is started when it is needed.
 * What was refused is a result, with its reason; nothing has changed then.
 */
export class QuarantineService {
  private readonly changed = new Emitter<void>();
  /** A thread does one thing at a time, and a pause holds it. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: QuarantineServiceOptions) {}

  /** Something was moved or deleted in this window. */
  get onChanged(): Event<void> {
    return this.changed.event;
  }

  move(request: MoveRequest): Task<MoveResult> {
    const { thread, titles } = this.options;
    return this.submit(titles.move(request.path), async (context) => {
      extend(context, await sizeOf(request.path));
      return this.run(context, (control) =>
        thread.request('move', { ...request, path: path.resolve(request.path), control }),
      );
    });
  }

  restore(record: QuarantineRecord, target?: string): Task<RestoreResult> {
    const { thread, titles } = this.options;
    const request: RestoreRequest = { id: record.id, ...(target === undefined ? {} : { target }) };
    return this.submit(titles.restore(target ?? record.origin), (context) => {
      extend(context, record.sizeBytes);
      return this.run(context, (control) => thread.request('restore', { ...request, control }));
    });
  }

  /** Deletes for good. @param name as people know it */
  remove(id: string, name: string): Task<RemoveResult> {
    const { thread, titles } = this.options;
    return this.submit(titles.remove(name), (context) =>
      this.run(context, (control) => thread.request('remove', { id, control })),
    );
  }

  /** Newest first. */
  list(): Task<readonly QuarantineItem[]> {
    const { thread, titles, supervisor } = this.options;
    return supervisor.submit({
      kind: 'file',
      title: titles.list(),
      userStarted: true,
      run: (context) => this.run(context, (control) => thread.request('list', { control })),
    });
  }

  /** Ends the thread. Never rejects. */
  async stop(): Promise<void> {
    await this.options.thread.stop();
  }

  private submit<T extends { readonly status: string }>(
    title: string,
    run: (context: TaskContext) => Promise<T>,
  ): Task<T> {
    return this.options.supervisor.submit({
      kind: 'file',
      title,
      userStarted: true,
      run: async (context) => {
        const result = await run(context);
        if (result.status !== 'refused') this.changed.fire();
        return result;
      },
    });
  }

  private async run<R>(context: TaskContext, send: (control: SharedArrayBuffer) => Promise<R>): Promise<R> {
    const { thread, clock } = this.options;
    const before = this.turn;
    const mine = Promise.withResolvers<undefined>();
    this.turn = mine.promise;
    const waiting = clock.setInterval(context.heartbeat, 1_000);
    try {
      await before;
      waiting.dispose();
      return await runOnThread(context, thread, clock, send);
    } finally {
      waiting.dispose();
      mine.resolve(undefined);
    }
  }
}

/** @param distFolder where the bundles are @param folder of the store, which is made with the first file */
export function createQuarantineThread(
  distFolder: string,
  folder: string,
  clock: Clock,
  logger: Logger,
): QuarantineThread {
  return new WorkerClient({
    name: 'quarantine',
    protocol: quarantineWorkerProtocol,
    clock,
    logger,
    idleMs,
    spawn: () =>
      spawnThread(path.join(distFolder, 'workers', 'quarantine.js'), {
        name: 'sentinel-quarantine',
        logger,
        workerData: { folder },
        resourceLimits,
      }),
  });
}

function extend(context: TaskContext, sizeBytes: number): void {
  const byMs = passes * (fileTimeLimitMs(sizeBytes) - fileTimeLimitMs(0));
  if (byMs > 0) context.extendTimeLimit(Math.min(byMs, longestExtensionMs));
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    // What became of it is for the thread to say.
    return 0;
  }
}

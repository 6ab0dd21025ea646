import { stat } from 'node:fs/promises';
import nodePath from 'node:path';
import type { Clock } from '../../shared/clock';
import type { FileHashResult } from '../../shared/protocol/fileHashWorker';
import type { Task, TaskContext } from '../tasks/task';
import { fileTimeLimitMs } from '../tasks/taskKinds';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import { runOnThread } from '../tasks/threadWork';
import type { HashThread, HashThreads } from './hashThreads';

export interface HashedFile {
  readonly path: string;
  readonly result: FileHashResult;
}

/** What opening a file costs, in bytes that could be read instead; keeps progress going over empty files. */
const openingBytes = 64 * 1024;

/** A sparse file can claim to be so large that its limit would not fit a timer. */
const longestExtensionMs = 24 * 3_600_000;

/** Hashes files as a supervised task, one after another. */
export class FileHashService {
  constructor(
    private readonly supervisor: Pick<TaskSupervisor, 'submit'>,
    private readonly threads: Pick<HashThreads, 'acquire'>,
    private readonly clock: Clock,
  ) {}

  /** @returns a task whose result has one entry for each path, in order */
  start(paths: readonly string[], title: string): Task<readonly HashedFile[]> {
    return this.supervisor.submit({
      kind: 'file',
      title,
      userStarted: true,
      run: (context) => this.run(paths, context),
    });
  }

  private async run(paths: readonly string[], context: TaskContext): Promise<readonly HashedFile[]> {
    const weights: number[] = [];
    for (const path of paths) {
      await context.checkpoint();
      weights.push((await sizeBytesOf(path)) + openingBytes);
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    context.extendTimeLimit(Math.min(fileTimeLimitMs(total) - fileTimeLimitMs(0), longestExtensionMs));

    const lease = this.threads.acquire();
    const results: HashedFile[] = [];
    let done = 0;
    try {
      for (const [index, path] of paths.entries()) {
        await context.checkpoint();
        // A single file is what the title names.
        if (paths.length > 1) {
          const step = `${nodePath.basename(path)} (${index + 1}/${paths.length})`;
          context.reportProgress((done / total) * 100, step);
        }
        const before = done;
        const weight = weights[index] ?? 0;
        const result = await this.hash(path, lease.thread, {
          ...context,
          reportProgress: (percent) => {
            context.reportProgress(((before + weight * (percent / 100)) / total) * 100);
          },
        });
        results.push({ path, result });
        done += weight;
        context.reportProgress((done / total) * 100);
      }
    } finally {
      lease.release();
    }
    return results;
  }

  private hash(path: string, thread: HashThread, context: TaskContext): Promise<FileHashResult> {
    return runOnThread(context, thread, this.clock, (control) => thread.request('hash', { control, path }));
  }
}

/** 0 for what cannot be looked at: why is found out when it is read. */
async function sizeBytesOf(path: string): Promise<number> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : 0;
  } catch {
    return 0;
  }
}

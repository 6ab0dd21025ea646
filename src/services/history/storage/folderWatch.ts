import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';

export interface FolderWatchOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** A file may have changed. Bursts are told once. */
  readonly onChange: () => void;
  /** How often to look where the system tells nothing. */
  readonly pollMs?: number;
  /** How often to look although the system tells of changes: it may miss those that come over a network. */
  readonly slowPollMs?: number;
}

const burstMs = 20;

/**
 * Notices that another window wrote. The system tells at once, where it can: a folder that is not there yet, or one
 * watch too many for the user, leave it to looking again and again, which costs two system calls.
 */
export class FolderWatch implements Disposable {
  private watcher: FSWatcher | undefined;
  private pending: Disposable | undefined;
  private poll: Disposable | undefined;
  private ended = false;

  constructor(private readonly options: FolderWatchOptions) {
    this.start();
    this.schedulePoll();
  }

  dispose(): void {
    this.ended = true;
    this.watcher?.close();
    this.watcher = undefined;
    this.pending?.dispose();
    this.poll?.dispose();
  }

  private start(): void {
    try {
      const watcher = watch(this.options.folder, (_, name) => {
        if (name === null || name.startsWith('history')) this.changed();
      });
      watcher.on('error', () => {
        // The folder went away, for example. The next look tries again.
        watcher.close();
        if (this.watcher === watcher) this.watcher = undefined;
      });
      this.watcher = watcher;
    } catch {
      this.watcher = undefined;
    }
  }

  private changed(): void {
    if (this.ended || this.pending !== undefined) return;
    this.pending = this.options.clock.setTimeout(() => {
      this.pending = undefined;
      this.options.onChange();
    }, burstMs);
  }

  private schedulePoll(): void {
    if (this.ended) return;
    const { clock, pollMs = 1_500, slowPollMs = 15_000, onChange } = this.options;
    this.poll = clock.setTimeout(
      () => {
        if (this.watcher === undefined) this.start();
        onChange();
        this.schedulePoll();
      },
      this.watcher === undefined ? pollMs : slowPollMs,
    );
  }
}

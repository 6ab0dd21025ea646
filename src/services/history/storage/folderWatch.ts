import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';

export interface FolderWatchOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** A file may have changed. Bursts are told once. */
  readonly onChange: () => void;
  /** How often to look where the system tells nothing. */
  readonly pollMs: number;
  /** How often to look although the system tells of changes: it may miss those that come over a network. */
  readonly slowPollMs: number;
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
    this.listen();
    this.schedulePoll();
  }

  /** Whether the system tells of changes. */
  get isListening(): boolean {
    return this.watcher !== undefined;
  }

  dispose(): void {
    this.ended = true;
    this.watcher?.close();
    this.watcher = undefined;
    this.pending?.dispose();
    this.poll?.dispose();
  }

  private listen(): void {
    this.watcher?.close();
    this.watcher = undefined;
    try {
      const watcher = watch(this.options.folder, (_, name) => {
        if (name === null || name.startsWith('history')) this.changed();
      });
      watcher.on('error', () => {
        watcher.close();
        if (this.watcher === watcher) this.watcher = undefined;
      });
      this.watcher = watcher;
    } catch {
      // The folder is not there yet, or the system has no watch left.
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
    const { clock, pollMs, slowPollMs, onChange } = this.options;
    this.poll = clock.setTimeout(
      () => {
        // Anew each time: of a folder that was removed and made again the system tells nothing any more.
        this.listen();
        onChange();
        if (!this.ended) this.schedulePoll();
      },
      this.isListening ? slowPollMs : pollMs,
    );
  }
}

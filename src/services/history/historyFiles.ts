import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../shared/clock';
import { type Disposable, DisposableStore } from '../../shared/disposable';
import { Emitter } from '../../shared/event';
import { FolderWatch } from './storage/folderWatch';
import { baseName, journalGenerations } from './storage/folderNames';

export interface HistoryFilesOptions {
  /** Where the history's files are, or will be. */
  readonly folder: string;
  readonly clock: Clock;
  /** How often to look where the system tells nothing, such as of a folder that is not there yet. */
  readonly pollMs?: number;
  /** How often to look although the system tells of changes. */
  readonly slowPollMs?: number;
}

/** What another window found shall be seen within two seconds. Each look costs a few system calls. */
const defaultPollMs = 1_000;
const defaultSlowPollMs = 60_000;

/**
 * Tells that some window wrote the history, without a thread that would have to read it: for whoever only needs to
 * know that it is worth asking.
 */
export class HistoryFiles implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<void>());
  private known: Promise<string>;

  /** A file appeared, went or was written to. */
  readonly onChanged = this.changes.event;

  constructor(private readonly options: HistoryFilesOptions) {
    const { folder, clock, pollMs = defaultPollMs, slowPollMs = defaultSlowPollMs } = options;
    this.known = this.look();
    const onChange = (): void => {
      void this.compare();
    };
    this.store.add(new FolderWatch({ folder, clock, onChange, pollMs, slowPollMs }));
  }

  /** Whether there is anything to ask for. */
  async exist(): Promise<boolean> {
    return (await this.look()) !== '';
  }

  dispose(): void {
    this.store.dispose();
  }

  private async compare(): Promise<void> {
    const before = this.known;
    this.known = this.look();
    if ((await before) !== (await this.known)) this.changes.fire();
  }

  /** Names, sizes and times of all files that hold records; empty where there are none. */
  private async look(): Promise<string> {
    const { folder } = this.options;
    try {
      const names = await readdir(folder);
      const files = names.filter((name) => name === baseName || journalGenerations([name]).length > 0).sort();
      const states = files.map(async (name) => {
        const { size, mtimeMs } = await stat(path.join(folder, name));
        return `${name} ${size} ${mtimeMs}`;
      });
      return (await Promise.all(states)).join('\n');
    } catch {
      // Not there yet, or going at this moment, of which the system tells as well.
      return '';
    }
  }
}

import { watch } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { refusalOf } from '../files/regularFile';
import { isRuleFile } from './ruleSets';

/**
 * Listens to what happens to the entries of a folder, and on some systems below it.
 * @param onEvent the name of an entry, below the folder; undefined where the system does not say which
 * @throws what the system says, such as ENOSPC where the user has no watch left
 */
export type WatchFolder = (
  folder: string,
  onEvent: (name: string | undefined) => void,
  onError: () => void,
) => Disposable;

export interface RuleFolderWatchOptions {
  readonly logger: Logger;
  /** Rules may be others than before. Not gathered: a program that writes tells of each of its steps. */
  readonly onChange: () => void;
  readonly watchFolder?: WatchFolder;
  /** Whether a folder is watched with all that is below it. */
  readonly isRecursive?: boolean;
}

/** Each folder takes one of the watches that a user has, which editors need as well. */
const maxFolders = 256;
/** Somebody may have chosen their home folder. */
const maxEntries = 20_000;
/** More names than that at the same time are not looked at one by one. */
const maxLooks = 64;
/** Elsewhere Node would walk through the folder and watch each file by itself. */
const systemIsRecursive = process.platform === 'win32' || process.platform === 'darwin';

/**
 * Notices that files of rules change, come or go, without looking by itself: the system tells, and nothing is done
 * until it does. It does not tell of what is beyond the bounds, of folders that cannot be watched, and of what stands
 * behind a link: such changes count from the next scan on.
 */
export class RuleFolderWatch implements Disposable {
  private readonly watches = new Map<string, Disposable>();
  private readonly looks = new Set<string>();
  private readonly isRecursive: boolean;
  private roots: readonly string[] = [];
  private planting: Promise<unknown> = Promise.resolve();
  /** All that can be watched is. */
  private isCurrent = true;
  private toldReason = '';
  private disposed = false;

  constructor(private readonly options: RuleFolderWatchOptions) {
    this.isRecursive = options.isRecursive ?? systemIsRecursive;
  }

  /**
   * Watches these folders and those below them, and no others any more. Costs nothing where they are watched already.
   * @returns whether folders are watched that were not before, in which something may have changed until now
   */
  async watch(roots: readonly string[]): Promise<boolean> {
    if (!sameNames(roots, this.roots)) {
      this.roots = roots;
      this.isCurrent = false;
    }
    const planted = this.planting.then(() => (this.isCurrent || this.disposed ? false : this.plant()));
    this.planting = planted.catch(() => undefined);
    return planted;
  }

  dispose(): void {
    this.disposed = true;
    this.clear();
  }

  private clear(): void {
    for (const watching of this.watches.values()) watching.dispose();
    this.watches.clear();
  }

  private async plant(): Promise<boolean> {
    this.isCurrent = true;
    const folders = await this.foldersBelow(this.roots);
    if (this.disposed) return false;
    const before = new Set(this.watches.keys());
    // Anew: what was removed and made again has its name and is another one, of which no old watch tells.
    this.clear();
    for (const { folder, only } of folders) {
      if (!this.add(folder, only)) break;
    }
    return [...this.watches.keys()].some((key) => !before.has(key));
  }

  /** @returns whether it is worth trying the next one */
  private add(folder: string, only: string | undefined): boolean {
    const { watchFolder = watchBySystem, logger } = this.options;
    const key = only === undefined ? folder : `${folder}\0${only}`;
    try {
      const watching = watchFolder(
        folder,
        (name) => {
          this.hear(folder, name, only);
        },
        () => {
          this.watches.get(key)?.dispose();
          this.foldersMoved();
        },
      );
      this.watches.set(key, watching);
      return true;
    } catch (error) {
      // The next scan tries again.
      this.isCurrent = false;
      const { systemCode = '' } = refusalOf(error);
      if (systemCode !== this.toldReason) {
        this.toldReason = systemCode;
        logger.info(
          `Changes of rules below ${folder} count from the next scan on: no watch (${systemCode}).`,
        );
      }
      return systemCode === 'ENOENT' || systemCode === 'EACCES';
    }
  }

  private hear(folder: string, name: string | undefined, only: string | undefined): void {
    if (this.disposed || (only !== undefined && name !== undefined && name !== only)) return;
    if (name === undefined || only !== undefined) this.foldersMoved();
    else if (isRuleFile(name)) this.options.onChange();
    else if (this.watches.has(path.join(folder, name)) || name === path.basename(folder)) this.foldersMoved();
    else if (this.isRecursive && path.extname(name) === '') this.foldersMoved();
    else if (!this.isRecursive) void this.look(path.join(folder, name));
  }

  /** What came may be a folder, with rules or without. */
  private async look(entry: string): Promise<void> {
    if (this.looks.has(entry)) return;
    if (this.looks.size >= maxLooks) {
      this.foldersMoved();
      return;
    }
    this.looks.add(entry);
    try {
      if ((await lstat(entry)).isDirectory()) this.foldersMoved();
    } catch {
      // It is gone already, and was no folder that is watched.
    } finally {
      this.looks.delete(entry);
    }
  }

  private foldersMoved(): void {
    if (this.disposed) return;
    this.isCurrent = false;
    this.options.onChange();
  }

  /** Those further up first. Instead of one that is not there, the one in which it would appear. */
  private async foldersBelow(
    roots: readonly string[],
  ): Promise<readonly { readonly folder: string; readonly only?: string }[]> {
    const found: { folder: string; only?: string }[] = [];
    const open = [...roots];
    let entries = 0;
    for (let folder = open.shift(); folder !== undefined; folder = open.shift()) {
      if (found.length >= maxFolders || entries >= maxEntries || this.disposed) break;
      try {
        const below: string[] = [];
        for await (const entry of await opendir(folder, { bufferSize: 256 })) {
          if (++entries > maxEntries) break;
          if (entry.isDirectory() && !this.isRecursive) below.push(path.join(folder, entry.name));
        }
        found.push({ folder });
        open.push(...below);
      } catch (error) {
        const { systemCode } = refusalOf(error);
        if (!roots.includes(folder) || systemCode !== 'ENOENT') continue;
        found.push({ folder: path.dirname(folder), only: path.basename(folder) });
      }
    }
    return found;
  }
}

function watchBySystem(
  folder: string,
  onEvent: (name: string | undefined) => void,
  onError: () => void,
): Disposable {
  const watcher = watch(folder, { persistent: false, recursive: systemIsRecursive }, (_, name) => {
    onEvent(name ?? undefined);
  });
  watcher.on('error', onError);
  return {
    dispose: () => {
      watcher.close();
    },
  };
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

import { lstatSync, readdirSync, type Stats, statfsSync, statSync } from 'node:fs';
import nodePath from 'node:path';
import type { EngineReason } from '../../shared/scan/record';
import { type FilePath, refusalOf } from '../files/regularFile';
import type { Excludes } from './exclude';

/** A folder or a file that could not even be looked at. */
export interface WalkProblem {
  readonly path: FilePath;
  readonly reason: Extract<EngineReason, 'unreadable' | 'vanished' | 'notApplicable'>;
  /** The system's code, such as `EACCES`; the name of a file system that is none of files. */
  readonly detail?: string;
}

export interface WalkVisitor {
  onFile(path: FilePath, stats: Stats): void;
  onProblem(problem: WalkProblem): void;
}

/** So many of those that are left out are told by name. */
const mostNamedExcluded = 1_000;

export interface WalkCounts {
  readonly excluded: number;
  readonly special: number;
  readonly links: number;
}

/**
 * File systems in which the kernel shows itself: their files are made up at the moment of reading, may never end, and
 * reading some of them does something. Their numbers are the kernel's own (`linux/magic.h`).
 */
const kernelFileSystems: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x6165676c, 'pstore'],
  [0xcafe4a11, 'bpf'],
  [0xde5e81e4, 'efivarfs'],
  [0x62656570, 'configfs'],
  [0x1cd1, 'devpts'],
  [0x19800202, 'mqueue'],
  [0x42494e4d, 'binfmt_misc'],
  [0xf97cff8c, 'selinuxfs'],
  [0x65735543, 'fusectl'],
]);

const unlessGone = { throwIfNoEntry: false } as const;

/** What the system's names become where they are no valid UTF-8. */
const replacement = '\ufffd';

interface OpenFolder {
  readonly path: FilePath;
  readonly names: readonly (string | Buffer)[];
  readonly device: number;
  next: number;
}

/**
 * Walks a folder in small steps, so that whoever walks can do something else between them. Symbolic links are counted
 * and not followed: what they lead to inside of the folder is met where it lies, and a folder cannot send a scan
 * elsewhere, or round in circles. Other file systems that are mounted below the folder are walked like the rest of it,
 * except those of the kernel.
 */
export class FolderWalk {
  private readonly waiting: { path: FilePath; device: number | undefined }[] = [];
  private open: OpenFolder | undefined;
  private excluded = 0;
  private readonly excludedNames: string[] = [];
  private special = 0;
  private links = 0;

  /** @param root absolute; it is entered even if `excludes` names it */
  constructor(
    private readonly root: string,
    private readonly visitor: WalkVisitor,
    private readonly excludes: Excludes = () => false,
  ) {
    this.waiting.push({ path: root, device: undefined });
  }

  get counts(): WalkCounts {
    return { excluded: this.excluded, special: this.special, links: this.links };
  }

  /** Files and folders that were left out; the first of very many. */
  get excludedPaths(): readonly string[] {
    return this.excludedNames;
  }

  /** Looks at so many entries. @returns whether there are more */
  step(maxEntries: number): boolean {
    for (let left = maxEntries; left > 0;) {
      const folder = this.open ?? this.enterNext();
      if (folder === undefined) {
        if (this.waiting.length === 0) return false;
        // An unreadable folder is work, too.
        left -= 1;
        continue;
      }
      const end = Math.min(folder.names.length, folder.next + left);
      left -= end - folder.next + 1;
      while (folder.next < end) this.look(folder, folder.names[folder.next++] ?? '');
      if (folder.next >= folder.names.length) this.open = undefined;
    }
    return this.open !== undefined || this.waiting.length > 0;
  }

  private enterNext(): OpenFolder | undefined {
    const next = this.waiting.pop();
    if (next === undefined) return undefined;
    const { path } = next;
    try {
      // The folder that was chosen may be a link; all others were looked at when they were met.
      const { dev } = statSync(path);
      // Asked of roots and mount points alone.
      const kernel = next.device === dev ? undefined : kernelFileSystem(path);
      if (kernel === undefined) {
        this.open = { path, names: namesIn(path), device: dev, next: 0 };
        return this.open;
      }
      this.visitor.onProblem({ path, reason: 'notApplicable', detail: kernel });
    } catch (error) {
      this.failed(path, error);
    }
    return undefined;
  }

  private look(folder: OpenFolder, name: string | Buffer): void {
    const path = joined(folder.path, name);
    let stats: Stats | undefined;
    try {
      stats = lstatSync(path, unlessGone);
    } catch (error) {
      this.failed(path, error);
      return;
    }
    // Gone since the folder was read: it is no part of it any more.
    if (stats === undefined) return;
    const isFolder = stats.isDirectory();
    if (typeof path === 'string' && typeof name === 'string' && this.excludes(path, name, isFolder)) {
      this.excluded += 1;
      if (this.excluded <= mostNamedExcluded) this.excludedNames.push(path);
    } else if (stats.isFile()) this.visitor.onFile(path, stats);
    else if (isFolder) this.waiting.push({ path, device: folder.device });
    else if (stats.isSymbolicLink()) this.links += 1;
    else this.special += 1;
  }

  private failed(path: FilePath, error: unknown): void {
    const { reason, systemCode } = refusalOf(error);
    if (reason === 'vanished' && path !== this.root) return;
    this.visitor.onProblem({
      path,
      reason: reason === 'vanished' ? reason : 'unreadable',
      ...(systemCode === undefined ? {} : { detail: systemCode }),
    });
  }
}

function namesIn(path: FilePath): readonly (string | Buffer)[] {
  const names = readdirSync(path);
  if (!names.some((name) => name.includes(replacement))) return names;
  return readdirSync(path, { encoding: 'buffer' }).map((bytes) => {
    const name = bytes.toString();
    return Buffer.from(name).equals(bytes) ? name : bytes;
  });
}

function joined(folder: FilePath, name: string | Buffer): FilePath {
  if (typeof folder === 'string' && typeof name === 'string') {
    return folder.endsWith(nodePath.sep) ? folder + name : folder + nodePath.sep + name;
  }
  return Buffer.concat([Buffer.from(folder), Buffer.from(nodePath.sep), Buffer.from(name)]);
}

/** @returns its name where the folder lies in a file system of the kernel */
function kernelFileSystem(path: FilePath): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return kernelFileSystems.get(statfsSync(path).type);
}

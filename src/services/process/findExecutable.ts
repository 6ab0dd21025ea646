import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

export interface FindOptions {
  /** The value of PATH. */
  readonly pathEnv: string | undefined;
  /** Folders to look in after those of PATH, such as `/usr/sbin`, which shells of ordinary users leave out. */
  readonly extraFolders?: readonly string[];
  /** Folders from which nothing is run, with all below them: those that are open in the editor. */
  readonly refusedFolders?: readonly string[];
  readonly platform?: NodeJS.Platform;
  /** Endings that Windows takes for programs; scripts for `cmd.exe` are left out, since they need a shell. */
  readonly pathExtensions?: readonly string[];
}

const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

/**
 * The absolute path of a program, or undefined where there is none. Entries of PATH that are empty or relative
 * mean the current folder, which may be somebody's repository; they are skipped.
 * @param name without a folder
 */
export async function findExecutable(name: string, options: FindOptions): Promise<string | undefined> {
  if (!plainName.test(name)) return undefined;
  const platform = options.platform ?? process.platform;
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const isRefused = (folder: string): boolean =>
    (options.refusedFolders ?? []).some((refused) => {
      const inside = paths.relative(refused, folder);
      return inside === '' || (inside !== '..' && !/^\.\.[\\/]/.test(inside) && !paths.isAbsolute(inside));
    });
  const folders = [...(options.pathEnv ?? '').split(paths.delimiter), ...(options.extraFolders ?? [])];
  const hasEnding = platform !== 'win32' || /\.(exe|com)$/i.test(name);
  const endings = hasEnding ? [''] : (options.pathExtensions ?? ['.exe', '.com']);

  for (const quoted of folders) {
    const folder = platform === 'win32' ? quoted.replace(/^"(.*)"$/, '$1') : quoted;
    if (!paths.isAbsolute(folder) || isRefused(folder)) continue;
    for (const ending of endings) {
      const candidate = paths.join(folder, name + ending);
      if (await isExecutableFile(candidate)) return candidate;
    }
  }
  return undefined;
}

async function isExecutableFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // Absent, or not ours to run: the same to whoever asks.
    return false;
  }
}

/** Finds each program once. One that was not found is looked for again, since it may be installed meanwhile. */
export class ExecutableFinder {
  private readonly found = new Map<string, string>();

  constructor(private readonly options: () => FindOptions) {}

  async find(name: string): Promise<string | undefined> {
    const known = this.found.get(name);
    if (known !== undefined) return known;
    const file = await findExecutable(name, this.options());
    if (file !== undefined) this.found.set(name, file);
    return file;
  }

  /** For a program that turned out to be gone, or when PATH or settings changed. */
  forget(name: string): void {
    this.found.delete(name);
  }
}

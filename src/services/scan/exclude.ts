import ignore from 'ignore';
import picomatch from 'picomatch';

export interface ExclusionOptions {
  /** Globs and ignore lines speak of paths below this folder. */
  readonly base: string;
  /** The folder that is scanned, which somebody chose: what would leave it out as a whole does not hold in it. */
  readonly root?: string;
  readonly globs: readonly string[];
  /** What stands in the ignore file, in the form of `.gitignore`. */
  readonly ignoreLines?: string;
  /** The system's own separator. */
  readonly separator: '/' | '\\';
  /** File names that differ in case alone are the same: Windows, macOS. */
  readonly ignoreCase: boolean;
}

/** @param path absolute @param name its last part @returns whether it is to be left out */
export type Excludes = (path: string, name: string, isFolder: boolean) => boolean;

/** A name at any depth, the form of nearly all globs in settings. */
const anywhere = /^\*\*\/([^*?[\]{}()!+@\\/]+)$/;

/** Longer ones are no globs that a person wrote, and are not matched. */
const longestGlob = 1_000;

/**
 * Decides what the scan of a folder leaves out. A folder that is left out is not entered. Globs match as in the
 * editor's `files.exclude`; ignore lines as in Git, so that a later line can take back what an earlier one left out,
 * though nothing below a folder that is left out.
 */
export function excluder(options: ExclusionOptions): Excludes {
  const { base, root = base, globs, ignoreLines, separator, ignoreCase } = options;
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const prefix = base.endsWith(separator) ? base : base + separator;
  /** Below the base, with slashes; undefined for what does not lie there. */
  const relativeOf = (path: string): string | undefined => {
    if (!path.startsWith(prefix)) return undefined;
    const below = path.slice(prefix.length);
    return separator === '/' ? below : below.replaceAll(separator, '/');
  };
  const chosen = relativeOf(root);
  const chosenNames = new Set((chosen ?? '').split('/').map(fold));
  const globOptions = { dot: true, nocase: ignoreCase, nonegate: true };
  const names = new Set<string>();
  const patterns: string[] = [];
  for (const glob of globs) {
    const name = anywhere.exec(glob)?.[1];
    if (name !== undefined) {
      if (!chosenNames.has(fold(name))) names.add(fold(name));
    } else if (glob !== '' && glob.length <= longestGlob) {
      const matches = picomatch(glob, globOptions);
      if (chosen === undefined || !pathsInto(chosen).some((path) => matches(path))) patterns.push(glob);
    }
  }
  const matchesPattern = patterns.length === 0 ? undefined : picomatch(patterns, globOptions);
  const lines = ignoreLinesFor(chosen, ignoreLines, ignoreCase);

  return (path, name, isFolder) => {
    if (names.has(fold(name))) return true;
    if (matchesPattern === undefined && lines === undefined) return false;
    const relative = relativeOf(path);
    if (relative === undefined) return false;
    if (matchesPattern?.(relative) === true) return true;
    if (lines === undefined || !ignore.isPathValid(relative)) return false;
    return lines.ignores(isFolder ? `${relative}/` : relative);
  };
}

/** The folders on the way, the folder itself, and something in it of which nothing but that is known. */
function pathsInto(folder: string): readonly string[] {
  const parts = [...folder.split('/'), anyName];
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** No glob or line names it. */
const anyName = '\u0001';

/** Lines speak of each other, so that they hold together or not at all. */
function ignoreLinesFor(
  chosen: string | undefined,
  text: string | undefined,
  ignoreCase: boolean,
): ReturnType<typeof ignore> | undefined {
  if (text === undefined) return undefined;
  const lines = ignore({ ignoreCase }).add(text);
  const isLeftOut =
    chosen !== undefined && ignore.isPathValid(chosen) && lines.ignores(`${chosen}/${anyName}`);
  return isLeftOut ? undefined : lines;
}

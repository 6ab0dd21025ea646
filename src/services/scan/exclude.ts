import ignore from 'ignore';
import picomatch from 'picomatch';

export interface ExclusionOptions {
  /** Globs and ignore lines speak of paths below this folder. */
  readonly base: string;
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
  const { base, globs, ignoreLines, separator, ignoreCase } = options;
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const names = new Set<string>();
  const patterns: string[] = [];
  for (const glob of globs) {
    const name = anywhere.exec(glob)?.[1];
    if (name !== undefined) names.add(fold(name));
    else if (glob !== '' && glob.length <= longestGlob) patterns.push(glob);
  }
  const matchesPattern =
    patterns.length === 0
      ? undefined
      : picomatch(patterns, { dot: true, nocase: ignoreCase, nonegate: true });
  const lines = ignoreLines === undefined ? undefined : ignore({ ignoreCase }).add(ignoreLines);
  const prefix = base.endsWith(separator) ? base : base + separator;

  return (path, name, isFolder) => {
    if (names.has(fold(name))) return true;
    if (matchesPattern === undefined && lines === undefined) return false;
    if (!path.startsWith(prefix)) return false;
    const below = path.slice(prefix.length);
    const relative = separator === '/' ? below : below.replaceAll(separator, '/');
    if (matchesPattern?.(relative) === true) return true;
    if (lines === undefined || !ignore.isPathValid(relative)) return false;
    return lines.ignores(isFolder ? `${relative}/` : relative);
  };
}

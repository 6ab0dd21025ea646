import { unicodeTables } from './unicodeTables';

/** Runs of code points, sorted: the first of each, the one after its last, and its set of scripts. */
interface ScriptTable {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly sets: readonly ReadonlySet<string>[];
}

const table = decode();

function decode(): ScriptTable {
  const { scripts, scriptSets, scriptRanges } = unicodeTables;
  const named = scriptSets.map((set) => new Set(set.map((index) => scripts[index] ?? '')));
  const runs = scriptRanges.split(',').map((run) => run.split(' ').map((part) => Number.parseInt(part, 36)));
  const starts = new Uint32Array(runs.length);
  const ends = new Uint32Array(runs.length);
  let end = 0;
  const sets = runs.map(([gap = 0, length = 0, set = 0], index) => {
    starts[index] = end + gap;
    end += gap + length;
    ends[index] = end;
    return named[set] ?? new Set<string>();
  });
  return { starts, ends, sets };
}

/** The scripts that a character may belong to; undefined where it goes with all, such as a digit. */
export function scriptsOf(codePoint: number): ReadonlySet<string> | undefined {
  let low = 0;
  let high = table.starts.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < (table.starts[middle] ?? 0)) high = middle - 1;
    else if (codePoint >= (table.ends[middle] ?? 0)) low = middle + 1;
    else return table.sets[middle];
  }
  return undefined;
}

/** Scripts that are written with one another, by UTS #39: each name belongs to one of these, or to one script. */
const written: readonly ReadonlySet<string>[] = [
  new Set(['Latin', 'Han', 'Hiragana', 'Katakana']),
  new Set(['Latin', 'Han', 'Bopomofo']),
  new Set(['Latin', 'Han', 'Hangul']),
];

/** Their letters look so much like those of Latin that the two are never mixed in good faith. */
const likeLatin: readonly string[] = ['Cyrillic', 'Greek', 'Cherokee', 'Armenian', 'Lisu', 'Coptic'];

/**
 * How the scripts of a text go together: `single`: one script; `written`: several that people write together;
 * `withLatin`: another script and Latin letters that do not look alike; `mixed`: scripts whose letters pass for one
 * another, or that nobody mixes.
 */
export type ScriptMix = 'single' | 'written' | 'withLatin' | 'mixed';

export function scriptMix(text: string): ScriptMix {
  /** What is left of the scripts that could have written all of it. */
  let common: ReadonlySet<string> | undefined;
  const sets: ReadonlySet<string>[] = [];
  for (const character of text) {
    const scripts = scriptsOf(character.codePointAt(0) ?? 0);
    if (scripts === undefined) continue;
    sets.push(scripts);
    common = common === undefined ? scripts : inBoth(common, scripts);
  }
  if (common === undefined || common.size > 0) return 'single';
  if (written.some((group) => sets.every((set) => inBoth(set, group).size > 0))) return 'written';
  const others = sets.filter((set) => !set.has('Latin'));
  const rest = others.reduce(inBoth);
  const separable = [...rest].some((script) => !likeLatin.includes(script));
  return others.length < sets.length && separable ? 'withLatin' : 'mixed';
}

function inBoth(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((script) => other.has(script)));
}

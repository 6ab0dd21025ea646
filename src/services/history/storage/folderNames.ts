/** Names of the files in the history's folder. */

export const baseName = 'history.sqlite';
export const temporaryEnding = '.tmp';

export function journalName(generation: number): string {
  return `history-${String(generation).padStart(6, '0')}.journal`;
}

/** @returns the generations that there are journals of, oldest first */
export function journalGenerations(names: readonly string[]): number[] {
  return names
    .map((name) => Number(/^history-(\d{6,15})\.journal$/.exec(name)?.[1] ?? Number.NaN))
    .filter((generation) => Number.isSafeInteger(generation))
    .sort((one, other) => one - other);
}

/**
 * A name that nothing has yet, with the date in UTC: `history.damaged-2026-11-23T10-15-30Z.sqlite`.
 * @param taken names in the folder
 */
export function asideName(
  problem: 'damaged' | 'foreign',
  ending: 'sqlite' | 'journal',
  nowMs: number,
  taken: readonly string[],
): string {
  const date = new Date(nowMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  for (let number = 1; ; number += 1) {
    const name = `history.${problem}-${date}${number === 1 ? '' : `-${number}`}.${ending}`;
    if (!taken.includes(name)) return name;
  }
}

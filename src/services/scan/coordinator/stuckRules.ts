/** So many files are remembered; a rule that is stuck in more is long since left out for all. */
const maxFiles = 1_000;
/** In so many files a rule may be stuck before it is left out for all: each costs a thread, and half a minute. */
const maxFilesOfRule = 2;

/**
 * Which rules did not come to an end over which files, for as long as the rules are the same. A single file may be made
 * to keep a rule busy, and must not take it away from all others: the rule is left out for that file alone, whose
 * verdict is then unknown at best, and asked about every other. One that is stuck in another file as well is slow
 * rather than attacked; from then on it is left out for all, and no file is called clean without it.
 */
export class StuckRules {
  private readonly files = new Map<string, readonly string[]>();
  private readonly counts = new Map<string, number>();

  /** Those that were stuck in any file. */
  get rules(): readonly string[] {
    return [...this.counts.keys()];
  }

  /** @param file with whatever tells one state of it from another */
  over(file: string): readonly string[] {
    return this.files.get(file) ?? [];
  }

  /** @returns whether it is to be left out for all files from now on */
  add(file: string, rule: string): boolean {
    const rules = this.over(file);
    const count = (this.counts.get(rule) ?? 0) + (rules.includes(rule) ? 0 : 1);
    this.counts.set(rule, count);
    if (!rules.includes(rule) && this.files.size < maxFiles) this.files.set(file, [...rules, rule]);
    return count >= maxFilesOfRule;
  }

  clear(): void {
    this.files.clear();
    this.counts.clear();
  }
}

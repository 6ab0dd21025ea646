/**
 * Finds the rule that does not come to an end, by asking ever smaller parts of all rules. Each question costs up to a
 * few seconds, and there are as many as the number of rules has binary digits.
 * @param isStuck asks these rules alone; undefined when that could not be done, or not in time
 * @returns undefined where it cannot be told: no single rule is to blame, or there was no time
 */
export async function findStuckRule(
  rules: readonly string[],
  isStuck: (rules: readonly string[]) => Promise<boolean | undefined>,
): Promise<string | undefined> {
  let suspects = rules;
  let otherwise = false;
  while (suspects.length > 1) {
    const half = suspects.slice(0, Math.ceil(suspects.length / 2));
    const stuck = await isStuck(half);
    if (stuck === undefined) return undefined;
    otherwise ||= !stuck;
    suspects = stuck ? half : suspects.slice(half.length);
  }
  const [suspect] = suspects;
  // Without this, the last one would be blamed for what none of them did.
  if (suspect === undefined || (await isStuck([suspect])) !== true) return undefined;
  // Nor is any to blame where it is the file that keeps whoever reads it, whatever is asked.
  return otherwise || (await isStuck([])) === false ? suspect : undefined;
}

/** How many questions it takes at most. */
export function mostQuestions(rules: number): number {
  return Math.ceil(Math.log2(Math.max(1, rules))) + 2;
}

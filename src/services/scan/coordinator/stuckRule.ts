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
  while (suspects.length > 1) {
    const half = suspects.slice(0, Math.ceil(suspects.length / 2));
    const stuck = await isStuck(half);
    if (stuck === undefined) return undefined;
    suspects = stuck ? half : suspects.slice(half.length);
  }
  const [suspect] = suspects;
  // Without this, the last one would be blamed for what none of them did.
  return suspect !== undefined && (await isStuck([suspect])) === true ? suspect : undefined;
}

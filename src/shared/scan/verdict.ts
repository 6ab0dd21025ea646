import * as v from 'valibot';

/**
 * What a scan says about its target, most alarming first. `noThreatFound` says what was done, not that the target is
 * safe; `unknown` that nothing could be asked, or not about all of it; `error` that what was asked did not answer.
 */
export const verdicts = ['malicious', 'suspicious', 'error', 'unknown', 'noThreatFound'] as const;
export const verdictSchema = v.picklist(verdicts);
export type Verdict = v.InferOutput<typeof verdictSchema>;

/** Verdicts that a person should not miss. */
export const alarmingVerdicts: readonly Verdict[] = ['malicious', 'suspicious'];

/** What counts of a verdict before its scan has finished: an alarm. That nothing was found until then says nothing. */
export function verdictUntilThen(verdict: Verdict | undefined): Verdict | undefined {
  return verdict !== undefined && alarmingVerdicts.includes(verdict) ? verdict : undefined;
}

/** @returns whether the first is more alarming than the second */
export function isWorse(one: Verdict, other: Verdict): boolean {
  return verdicts.indexOf(one) < verdicts.indexOf(other);
}

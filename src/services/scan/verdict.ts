import type { EngineReport, Finding, FolderDetails } from '../../shared/scan/record';
import { type Verdict, verdicts } from '../../shared/scan/verdict';
import { judges } from './engines';

/** All that is known about a target: what each engine has to say for itself, and what they found. */
export interface Evidence {
  readonly engines: readonly EngineReport[];
  readonly findings: readonly Finding[];
}

/**
 * The one place where evidence becomes a verdict, for local engines and for those that are asked over the network.
 * What speaks against a target counts whole, whatever else is said: it is never averaged with what speaks for it.
 *
 * | evidence                                             | verdict         |
 * | ---------------------------------------------------- | --------------- |
 * | a malicious finding                                  | `malicious`     |
 * | a suspicious finding, or a hit that names none       | `suspicious`    |
 * | an engine that was asked and failed                  | `error`         |
 * | one that saw a part, or has not answered yet         | `unknown`       |
 * | one that takes nothing so large                      | `unknown`       |
 * | no engine that judges was asked, or knows the target | `unknown`       |
 * | every engine that was asked found nothing            | `noThreatFound` |
 *
 * An engine that was not asked (not installed, switched off, no consent), or that has never seen the target, changes
 * nothing: the verdict is that of those who judged, and the report names the others. How much an engine's answer weighs
 * is settled where its findings are made: by a rule's metadata and its set's level, by how many scanners of a service
 * agree.
 */
export function verdictOf({ engines, findings }: Evidence): Verdict {
  if (findings.some(({ weight }) => weight === 'malicious')) return 'malicious';
  const hit = engines.some(({ state }) => state === 'hit');
  if (hit || findings.some(({ weight }) => weight === 'suspicious')) return 'suspicious';
  const asked = engines.filter(({ state }) => state !== 'notAsked' && state !== 'notKnown');
  if (asked.some(({ state }) => state === 'failed')) return 'error';
  if (asked.some(({ state }) => state === 'partial' || state === 'running')) return 'unknown';
  if (engines.some(takesNothingSoLarge)) return 'unknown';
  return asked.some(judges) ? 'noThreatFound' : 'unknown';
}

/** An engine that is at hand and was not asked for the target's size alone: what it would have seen is not known. */
export function takesNothingSoLarge({ state, reason }: Pick<EngineReport, 'state' | 'reason'>): boolean {
  return state === 'notAsked' && reason === 'tooLarge';
}

/**
 * The evidence about a file that somebody looked at and marked as safe: everything found stays visible and decides
 * nothing any more. Engines that failed, or saw a part, still did.
 */
export function markedSafe({ engines, findings }: Evidence): Evidence {
  return {
    findings: findings.map((finding) => ({ ...finding, weight: 'informational' })),
    engines: engines.map((engine) => (engine.state === 'hit' ? { ...engine, state: 'noHit' } : engine)),
  };
}

/** How an engine that saw the whole target did: found something that speaks against it, or nothing such. */
export function answered(
  engine: Pick<EngineReport, 'id'>,
  findings: readonly Finding[],
): Extract<EngineReport['state'], 'hit' | 'noHit'> {
  const speaksAgainst = findings.some(
    (finding) => finding.engine === engine.id && finding.weight !== 'informational',
  );
  return speaksAgainst ? 'hit' : 'noHit';
}

/** The verdict on a folder: that of its worst file; of a folder in which nothing was asked about, `unknown`. */
export function worstVerdict(counts: FolderDetails['verdicts']): Verdict {
  return verdicts.find((verdict) => (counts[verdict] ?? 0) > 0) ?? 'unknown';
}

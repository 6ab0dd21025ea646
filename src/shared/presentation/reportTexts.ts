import { type EngineReport, type Finding, type ScanRecord, severities } from '../scan/record';
import type { Verdict } from '../scan/verdict';
import { engineReasonClause } from './engineReasons';
import { formatCount } from './format';
import { formatAge } from './moments';
import { scanStatusLabel, verdictLabel, verdictMeaning } from './verdictTexts';

/** How a report looks at first glance: by its verdict, or by how its scan went where that has none. */
export type ReportTone = Verdict | 'running' | 'ended';

export function reportTone({ verdict, status }: Pick<ScanRecord, 'verdict' | 'status'>): ReportTone {
  if (verdict !== undefined) return verdict;
  if (status === 'running') return 'running';
  return status === 'finished' ? 'ended' : 'error';
}

/** The verdict in words; of a scan that has none, how it went. */
export function reportHeadline({ verdict, status, kind }: ScanRecord): string {
  if (verdict !== undefined)
    return status === 'running' ? `${verdictLabel(verdict)} so far` : verdictLabel(verdict);
  if (status === 'running') return 'Scanning…';
  if (status === 'finished') return kind === 'network' ? 'Network scanned' : 'Scanned, without a verdict';
  return `${scanStatusLabel(status)}, without a verdict`;
}

/** What the headline does and does not say. */
export function reportMeaning({ verdict, status, kind }: ScanRecord): string {
  const ending = endingText(status);
  if (verdict !== undefined) return [ending, verdictMeaning(verdict)].filter(Boolean).join(' ');
  if (ending !== '') return ending;
  return kind === 'network' ? 'This kind of scan describes and does not judge.' : 'Nothing was judged.';
}

/** What it means for a report that its scan did not come to its end; empty where it did. */
function endingText(status: ScanRecord['status']): string {
  switch (status) {
    case 'running':
      return 'The scan goes on; this is what it has found until now.';
    case 'finished':
      return '';
    case 'failed':
      return 'The scan failed before its end; this is what it had found until then.';
    case 'cancelled':
      return 'The scan was cancelled; this is what it had found until then.';
    case 'timedOut':
      return 'The scan took too long and was stopped; this is what it had found until then.';
    case 'stalled':
      return 'The scan gave no sign of life and was stopped; this is what it had found until then.';
  }
}

/** A finding and where it stands in the record, which is how others refer to it. */
export interface IndexedFinding {
  readonly finding: Finding;
  readonly index: number;
}

const weights = ['malicious', 'suspicious', 'informational'] as const;

/** Gravest first; of the same severity, what speaks louder, and else in the record's order. */
export function sortedFindings(findings: readonly Finding[]): IndexedFinding[] {
  const rank = ({ severity, weight }: Finding): number =>
    severities.indexOf(severity) * weights.length + weights.indexOf(weight);
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort((one, other) => rank(one.finding) - rank(other.finding) || one.index - other.index);
}

/** What a finding says by itself about its target. */
export function weightText(weight: Finding['weight']): string {
  switch (weight) {
    case 'malicious':
      return 'speaks for malicious';
    case 'suspicious':
      return 'speaks for suspicious';
    case 'informational':
      return 'decides nothing';
  }
}

/** What an engine answered, without its name: `Nothing found.`, `Not asked, because it is not set up.` */
export function engineAnswer({ state, reason }: EngineReport, findings: number): string {
  const because = reason === undefined ? '' : `, because ${engineReasonClause(reason)}`;
  switch (state) {
    case 'hit':
      return findings === 0 ? 'Found something' : formatCount(findings, 'finding');
    case 'noHit':
      return findings === 0 ? 'Nothing found' : `${formatCount(findings, 'finding')}, none against it`;
    case 'partial':
      return `${findings === 0 ? 'Nothing found' : formatCount(findings, 'finding')} in the part that it saw${because}`;
    case 'failed':
      return `No answer${because}`;
    case 'notAsked':
      return `Not asked${because}`;
    case 'running':
      return 'Has not answered yet';
  }
}

/** `version 27310, 2 days old then`; undefined where the engine tells nothing of its database. @param asOf epoch ms */
export function databaseText({ database }: EngineReport, asOf: number): string | undefined {
  if (!database) return undefined;
  const { version, updatedAt } = database;
  const age = updatedAt === undefined ? undefined : formatAge(asOf - updatedAt);
  const parts = [
    ...(version === undefined ? [] : [version]),
    ...(age === undefined ? [] : [`${age} old at the scan`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** How many findings name which engine. */
export function findingsByEngine(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { engine } of findings) counts.set(engine, (counts.get(engine) ?? 0) + 1);
  return counts;
}

/** Who answered and who did not, in a sentence or two. */
export function engineSummary(engines: readonly EngineReport[]): string {
  if (engines.length === 0) return 'Nothing was asked.';
  const count = (...states: EngineReport['state'][]): number =>
    engines.filter(({ state }) => states.includes(state)).length;
  const asked = engines.length - count('notAsked');
  if (asked === 0) return 'Nobody was asked.';
  const answered = count('hit', 'noHit', 'partial');
  const parts = [`${answered} of ${formatCount(asked, 'engine')} asked answered`];
  if (count('partial') > 0) parts.push(`${count('partial')} in part`);
  if (count('running') > 0) parts.push(`${count('running')} still at it`);
  if (count('failed') > 0) parts.push(`${count('failed')} failed`);
  const sentence = `${parts.join(', ')}.`;
  return count('notAsked') === 0 ? sentence : `${sentence} ${count('notAsked')} not asked.`;
}

/**
 * Whether it is sure that nothing about the target was sent away: nobody was asked but engines that are known to
 * work on this machine alone.
 */
export function nothingLeftMachine(engines: readonly EngineReport[]): boolean {
  return (
    engines.length > 0 && engines.every(({ state, sendsAway }) => state === 'notAsked' || sendsAway === false)
  );
}

import { defined } from '../defined';
import {
  type EngineReport,
  type EngineState,
  type Finding,
  type ScanDetails,
  type ScanRecord,
  severities,
} from '../scan/record';
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

/** The record's own line, without the verdict where it begins with it: that is the headline. */
export function reportSummary({ verdict, summary }: ScanRecord): string {
  const prefix = verdict === undefined ? '' : `${verdictLabel(verdict)}: `;
  return summary.startsWith(prefix) ? summary.slice(prefix.length) : summary;
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
    case 'interrupted':
      return 'VS Code was ended in the middle of the scan; this is what it had found until then.';
  }
}

/** Where a finding stands in the record, which is how others refer to it, and what it says of where. */
export interface Occurrence extends Pick<Finding, 'path' | 'members' | 'matches' | 'matchCount'> {
  readonly index: number;
}

/** The same finding, in however many places. */
export interface FindingGroup {
  readonly finding: Omit<Finding, 'path' | 'members' | 'matches' | 'matchCount'>;
  /** At least one, in the record's order. */
  readonly occurrences: readonly Occurrence[];
}

const weights = ['malicious', 'suspicious', 'informational'] as const;

/**
 * What was found, each once with all its places: in a folder, one rule may speak of a thousand files. Gravest first;
 * of the same severity, what speaks louder, and else in the record's order.
 */
export function groupedFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, { finding: FindingGroup['finding']; occurrences: Occurrence[] }>();
  findings.forEach(({ path, members, matches, matchCount, ...finding }, index) => {
    const key = JSON.stringify(finding);
    const group = groups.get(key) ?? { finding, occurrences: [] };
    groups.set(key, group);
    group.occurrences.push({ index, ...defined({ path, members, matches, matchCount }) });
  });
  const rank = ({ finding: { severity, weight } }: FindingGroup): number =>
    severities.indexOf(severity) * weights.length + weights.indexOf(weight);
  // Sorting keeps the order of equals, which is that of their first occurrence.
  return [...groups.values()].sort((one, other) => rank(one) - rank(other));
}

/** What a finding says by itself about its target. */
export function weightText(weight: Finding['weight']): string {
  switch (weight) {
    case 'malicious':
      return 'counts as malicious';
    case 'suspicious':
      return 'counts as suspicious';
    case 'informational':
      return 'decides nothing';
  }
}

/**
 * What an engine answered, without its name: `Nothing found`, `Not asked, because it is not set up`.
 * @param judges whether the scan looks for something that speaks against its target
 */
export function engineAnswer({ state, reason }: EngineReport, findings: number, judges: boolean): string {
  const because = reason === undefined ? '' : `, because ${engineReasonClause(reason)}`;
  switch (state) {
    case 'hit':
      return findings === 0 ? 'Found something' : formatCount(findings, 'finding');
    case 'noHit':
      if (!judges && findings === 0) return 'Answered';
      return findings === 0 ? 'Nothing found' : `${formatCount(findings, 'finding')}, none against it`;
    case 'partial':
      return `${findings === 0 ? 'Nothing found' : formatCount(findings, 'finding')} in the part that it saw${because}`;
    case 'notKnown':
      return 'Has never seen it';
    case 'failed':
      return `No answer${because}`;
    case 'notAsked':
      return `Not asked${because}`;
    case 'running':
      return 'Has not answered yet';
  }
}

/**
 * What an engine knew: `database 27310, 2 days old at the scan`, `128 rules`; undefined where it tells nothing of that.
 * @param asOf epoch ms
 */
export function databaseText({ database }: EngineReport, asOf: number): string | undefined {
  if (!database) return undefined;
  const { version, updatedAt } = database;
  const age = updatedAt === undefined ? undefined : formatAge(asOf - updatedAt);
  // A bare number or sum says nothing by itself.
  const name = !version?.includes(' ') ? ['database', version] : [version];
  const text = name.filter((part) => part !== undefined).join(' ');
  if (age !== undefined) return `${text}, ${age} old at the scan`;
  return version === undefined ? undefined : text;
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
  const count = (...states: EngineState[]): number =>
    engines.filter(({ state }) => states.includes(state)).length;
  const asked = engines.length - count('notAsked');
  if (asked === 0) return 'Nobody was asked.';
  const notAsked = asked === engines.length ? '' : ` ${engines.length - asked} not asked.`;
  return `${formatCount(asked, 'engine')} asked${answersText(asked, count)}.${notAsked}`;
}

function answersText(asked: number, count: (...states: EngineState[]) => number): string {
  const inPart = count('partial');
  const answered = count('hit', 'noHit', 'notKnown') + inPart;
  const failed = count('failed');
  if (asked === 1) {
    if (failed === 1) return ', which gave no answer';
    if (answered === 0) return ', which is still at it';
    return inPart === 1 ? ', which answered in part' : ', which answered';
  }
  if (answered === asked && inPart === 0) return ', all of which answered';
  const parts = [
    ...(answered > 0 ? [`${answered} answered${inPart > 0 ? `, ${inPart} of them in part` : ''}`] : []),
    ...(failed > 0 ? [`${failed} gave no answer`] : []),
    ...(count('running') > 0 ? [`${count('running')} still at it`] : []),
  ];
  return `: ${parts.join('; ')}`;
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

/** Whether scans of this kind look for something that speaks against their target. */
export function judges({ kind }: Pick<ScanRecord, 'kind'>): boolean {
  return kind !== 'network';
}

/** How many findings there were besides those that the record has. */
export function omittedFindingsOf(details: ScanDetails | undefined): number {
  const has = details?.type === 'file' || details?.type === 'folder';
  return has ? (details.omittedFindings ?? 0) : 0;
}

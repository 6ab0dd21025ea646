import type { Location, PhysicalLocation, Result } from 'sarif';
import { defined } from '../../../../shared/defined';
import { verdictLabel, verdictMeaning } from '../../../../shared/presentation/verdictTexts';
import type { Finding, Match, ScanRecord, Severity } from '../../../../shared/scan/record';
import { placeText } from '../recordTexts';
import { namedPlace, type RecordArtifacts } from './sarifArtifacts';
import { findingLevel, type SarifRules } from './sarifRules';
import { asSentence, messageText } from './sarifText';

/** On SARIF's scale of 0 to 100. */
const ranks: Readonly<Record<Severity, number>> = { critical: 95, high: 80, medium: 50, low: 25, info: 5 };

/** What results of one record share. */
export interface RecordContext {
  readonly record: ScanRecord;
  readonly rules: SarifRules;
  readonly artifacts: RecordArtifacts;
  /** The place of the record's scan in the list of invocations. */
  readonly invocationIndex: number;
}

/** A result for each finding, and one for the verdict where no finding says it already. */
export function resultsOf(context: RecordContext): readonly Result[] {
  const { record } = context;
  const results = record.findings.map((finding) => ofFinding(finding, context));
  return isSaidByFindings(record) ? results : [...results, ofVerdict(context)];
}

function isSaidByFindings({ verdict, findings }: ScanRecord): boolean {
  return findings.some(({ weight }) => weight === verdict);
}

function ofFinding(finding: Finding, context: RecordContext): Result {
  const { record, rules, artifacts } = context;
  const { title, description = '', engine, severity, weight, matches = [], matchCount } = finding;
  const place = artifacts.ofFinding(finding);
  const target = artifacts.target();
  const [first, ...others] = matches;
  const at = (match: Match | undefined): Location =>
    place === undefined
      ? namedPlace(placeText({ ...finding, path: finding.path ?? record.target }))
      : { physicalLocation: matchPlace({ artifactLocation: place }, match), ...patternMessage(match) };
  return defined({
    ...rules.refer(
      finding,
      record.engines.find(({ id }) => id === engine),
    ),
    kind: weight === 'informational' ? ('informational' as const) : ('fail' as const),
    level: findingLevel(finding),
    rank: ranks[severity],
    message: { text: messageText(`${asSentence(title)} ${asSentence(description)}`.trim()) },
    analysisTarget: target === undefined || target === place ? undefined : target,
    locations: [at(first)],
    relatedLocations: others.length === 0 || place === undefined ? undefined : unique(others).map(at),
    suppressions: suppressionsOf(record),
    provenance: { invocationIndex: context.invocationIndex },
    properties: defined({ severity, weight, matchCount }),
  });
}

function ofVerdict({ record, rules, artifacts, invocationIndex }: RecordContext): Result {
  const { verdict, summary, target } = record;
  const place = artifacts.target();
  const words = verdict === undefined ? 'No verdict' : verdictLabel(verdict);
  const text = summary.trim() === '' && verdict !== undefined ? verdictMeaning(verdict) : summary;
  return defined({
    ...rules.verdict,
    ...verdictKind(record),
    message: { text: messageText(`${words}: ${asSentence(text)}`) },
    locations: [place === undefined ? namedPlace(target) : { physicalLocation: { artifactLocation: place } }],
    suppressions: suppressionsOf(record),
    provenance: { invocationIndex },
    properties: verdict === undefined ? {} : { verdict },
  });
}

/** `open` says that there was too little to decide: what an error or an unknown verdict means, and never a pass. */
function verdictKind({ verdict }: ScanRecord): Required<Pick<Result, 'kind' | 'level'>> {
  switch (verdict) {
    case 'malicious':
      return { kind: 'fail', level: 'error' };
    case 'suspicious':
      return { kind: 'fail', level: 'warning' };
    case 'noThreatFound':
      return { kind: 'pass', level: 'none' };
    case 'error':
    case 'unknown':
    case undefined:
      return { kind: 'open', level: 'none' };
  }
}

function matchPlace(place: PhysicalLocation, match: Match | undefined): PhysicalLocation {
  if (match === undefined) return place;
  return { ...place, region: { byteOffset: match.offset, byteLength: match.length } };
}

function patternMessage(match: Match | undefined): Pick<Location, 'message'> {
  return match?.pattern === undefined ? {} : { message: { text: messageText(match.pattern) } };
}

/** Elements of the list have to differ. */
function unique(matches: readonly Match[]): readonly Match[] {
  return [...new Map(matches.map((match) => [JSON.stringify(match), match])).values()];
}

/** A person's own judgement, with its reason. */
function suppressionsOf({ details }: ScanRecord): Result['suppressions'] {
  if (details?.type !== 'file' || details.markedSafe === undefined) return undefined;
  return [{ kind: 'external', status: 'accepted', justification: details.markedSafe }];
}

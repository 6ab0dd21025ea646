import type { Finding, Severity } from '../../shared/scan/record';
import type { RuleSetLevel } from '../../shared/scan/settings';
import type { RuleMatch } from './rules/ruleScanner';

export type Weight = Finding['weight'];

export interface RuleSays {
  readonly severity: Severity;
  readonly weight: Weight;
}

/** What metadata and tags call rules that tell what a file can do, or what it is made with, and not that it does harm. */
const describing = new Set([
  'capability',
  'capabilities',
  'info',
  'information',
  'informational',
  'notice',
  'hunting',
  'compiler',
  'library',
]);

/** Words that rule sets use for a severity. */
const severityWords: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  severe: 'critical',
  high: 'high',
  dangerous: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  suspicious: 'medium',
  low: 'low',
  minor: 'low',
  info: 'info',
  information: 'info',
  informational: 'info',
  notice: 'info',
  none: 'info',
};

const weightOfSeverity: Readonly<Record<Severity, Weight>> = {
  critical: 'malicious',
  high: 'malicious',
  medium: 'suspicious',
  low: 'informational',
  info: 'informational',
};

const severityOfWeight: Readonly<Record<Weight, Severity>> = {
  malicious: 'high',
  suspicious: 'medium',
  informational: 'info',
};

/** Rising, so that the weaker of two is the one that stands first. */
const weights: readonly Weight[] = ['informational', 'suspicious', 'malicious'];

const limitOfLevel: Readonly<Record<RuleSetLevel, Weight>> = {
  full: 'malicious',
  suspicious: 'suspicious',
  informational: 'informational',
};

/**
 * How much a rule that matches says, by its own metadata and the level of its set. The first line that applies counts:
 *
 * | what the rule says                                                          | severity     | weight          |
 * | --------------------------------------------------------------------------- | ------------ | --------------- |
 * | `weight` = malicious, suspicious, informational                             | its severity | as it says      |
 * | a tag, `category` or `type` such as capability, info, hunting, compiler     | info         | informational   |
 * | `severity` in words, or as a number; of `score`, `threat_level` the number  |              |                 |
 * | … critical, 95–100                                                          | critical     | malicious       |
 * | … high, 80–94                                                               | high         | malicious       |
 * | … medium, 50–79                                                             | medium       | suspicious      |
 * | … low, 25–49                                                                | low          | informational   |
 * | … info, 0–24                                                                | info         | informational   |
 * | nothing of these                                                            | medium       | suspicious      |
 *
 * Scores count to 100. A `severity` or `threat_level` of at most 10 counts to 10. No level of a set makes a rule say
 * more than it says itself.
 */
export function ruleWeight(rule: Pick<RuleMatch, 'tags' | 'metadata'>, level: RuleSetLevel): RuleSays {
  const { severity, weight } = ownWords(rule);
  const limit = limitOfLevel[level];
  return { severity, weight: weights.indexOf(weight) > weights.indexOf(limit) ? limit : weight };
}

function ownWords({ tags, metadata }: Pick<RuleMatch, 'tags' | 'metadata'>): RuleSays {
  const weight = weights.find((one) => one === lowerText(metadata['weight']));
  const severity = severityOf(metadata);
  if (weight !== undefined) return { severity: severity ?? severityOfWeight[weight], weight };
  const kinds = [...tags, metadata['category'], metadata['type']].map(lowerText);
  if (kinds.some((kind) => describing.has(kind))) return { severity: 'info', weight: 'informational' };
  if (severity !== undefined) return { severity, weight: weightOfSeverity[severity] };
  return { severity: 'medium', weight: 'suspicious' };
}

function severityOf(metadata: RuleMatch['metadata']): Severity | undefined {
  const given = metadata['severity'];
  const word = lowerText(given);
  if (Object.hasOwn(severityWords, word)) return severityWords[word];
  return (
    severityOfScore(given, 10) ??
    severityOfScore(metadata['score'], 100) ??
    severityOfScore(metadata['threat_level'], 10)
  );
}

/** @param scale what the score may count to if it is not larger than that; otherwise to 100 */
function severityOfScore(
  given: string | number | boolean | undefined,
  scale: 10 | 100,
): Severity | undefined {
  const text = typeof given === 'string' ? given.trim() : given;
  if (typeof text === 'boolean' || text === undefined || text === '') return undefined;
  const score = Number(text);
  if (!Number.isFinite(score) || score < 0 || score > 100) return undefined;
  const percent = score <= scale ? (score * 100) / scale : score;
  if (percent >= 95) return 'critical';
  if (percent >= 80) return 'high';
  if (percent >= 50) return 'medium';
  return percent >= 25 ? 'low' : 'info';
}

function lowerText(value: string | number | boolean | undefined): string {
  return typeof value === 'string' ? value.trim().toLowerCase() : '';
}

const longestTitle = 200;
const longestText = 1_000;

/** A rule's match as a piece of evidence. Text of rules is anybody's: bounded, and an address only where it is one. */
export function findingOf(match: RuleMatch, level: RuleSetLevel): Finding {
  const { severity, weight } = ruleWeight(match, level);
  const description = textOf(match.metadata['description']);
  const title = textOf(match.metadata['title']) ?? firstSentence(description) ?? spaced(match.rule);
  const reference = referenceOf(match.metadata);
  return {
    engine: 'yara',
    rule: match.rule,
    title: title.slice(0, longestTitle),
    ...(description === undefined || description === title
      ? {}
      : { description: description.slice(0, longestText) }),
    severity,
    weight,
    ...(reference === undefined ? {} : { reference }),
    ...(match.tags.length === 0 ? {} : { tags: [...match.tags] }),
    ...(match.matchCount === 0 ? {} : { matches: [...match.matches], matchCount: match.matchCount }),
  };
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

function firstSentence(text: string | undefined): string | undefined {
  return text?.split(/(?<=[.!?])\s|[\r\n]/, 1)[0]?.replace(/\.$/, '');
}

function spaced(name: string): string {
  const words = name.replace(/_+/g, ' ').trim();
  return words === '' ? name : words;
}

function referenceOf(metadata: RuleMatch['metadata']): string | undefined {
  for (const key of ['reference', 'reference_url', 'url', 'ref', 'source_url']) {
    const text = textOf(metadata[key]);
    if (text === undefined || text.length > longestText || !URL.canParse(text)) continue;
    const { protocol } = new URL(text);
    if (protocol === 'https:' || protocol === 'http:') return text;
  }
  return undefined;
}

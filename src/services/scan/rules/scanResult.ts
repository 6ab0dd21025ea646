import * as v from 'valibot';
import { SentinelError } from '../../../shared/errors';
import type { Match } from '../../../shared/scan/record';
import type { RuleMatch } from './ruleScanner';

/** How many places of a rule are kept: evidence that a person can look at. */
const maxPlaces = 16;

const placeSchema = v.object({ offset: v.number(), length: v.number() });
const patternSchema = v.object({
  identifier: v.string(),
  isPrivate: v.boolean(),
  matches: v.array(placeSchema),
});
type PatternResult = v.InferOutput<typeof patternSchema>;

/** Text that is not Unicode comes as bytes. */
const metadataValueSchema = v.union([v.string(), v.number(), v.boolean(), v.array(v.number())]);

const resultSchema = v.object({
  valid: v.boolean(),
  errors: v.array(v.unknown()),
  matches: v.array(
    v.object({
      identifier: v.string(),
      namespace: v.string(),
      isPrivate: v.boolean(),
      tags: v.array(v.string()),
      metadata: v.array(v.object({ identifier: v.string(), value: metadataValueSchema })),
      patterns: v.array(patternSchema),
    }),
  ),
});

/** What a scan of YARA-X says about a rule that matched. */
export type RuleResult = v.InferOutput<typeof resultSchema>['matches'][number];

/** @throws SentinelError `rules.scanFailed` */
export function readScanResult(result: unknown): readonly RuleResult[] {
  const parsed = v.safeParse(resultSchema, result);
  if (!parsed.success || !parsed.output.valid)
    throw new SentinelError(
      'rules.scanFailed',
      'YARA-X could not scan, or its answer could not be understood.',
    );
  return parsed.output.matches;
}

/** Leaves out private rules and strings: they serve other rules. */
export function ruleMatches(results: readonly RuleResult[]): readonly RuleMatch[] {
  return results
    .filter((rule) => !rule.isPrivate)
    .map((rule) => {
      const shown = rule.patterns.filter((pattern) => !pattern.isPrivate);
      return {
        namespace: rule.namespace,
        rule: rule.identifier,
        tags: rule.tags,
        metadata: readMetadata(rule.metadata),
        matches: firstPlaces(shown),
        matchCount: shown.reduce((sum, pattern) => sum + pattern.matches.length, 0),
      };
    });
}

/** A key that is there several times keeps its first value. */
function readMetadata(
  entries: readonly { identifier: string; value: v.InferOutput<typeof metadataValueSchema> }[],
): RuleMatch['metadata'] {
  const reversed = entries.toReversed();
  return Object.fromEntries(
    reversed.map(({ identifier, value }) => [
      identifier,
      Array.isArray(value) ? Buffer.from(value).toString('utf8') : value,
    ]),
  );
}

/** The first place of each string before the second of any, so that no frequent one hides the others; by offset. */
function firstPlaces(patterns: readonly PatternResult[]): readonly Match[] {
  const places: Match[] = [];
  const longest = Math.max(0, ...patterns.map((pattern) => pattern.matches.length));
  for (let round = 0; round < longest && places.length < maxPlaces; round += 1) {
    for (const { identifier, matches } of patterns) {
      const place = matches[round];
      if (place !== undefined && places.length < maxPlaces) places.push({ ...place, pattern: identifier });
    }
  }
  return places.sort((one, other) => one.offset - other.offset || one.length - other.length);
}

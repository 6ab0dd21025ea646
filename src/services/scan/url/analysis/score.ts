import type { Finding } from '../../../../shared/scan/record';
import { type Feature, severityOf } from './feature';

/** From how many points, of 100, a link counts as what. The one place where points become more than points. */
const limits = { malicious: 80, suspicious: 40 } as const;

export type UrlLevel = Finding['weight'];

/** 0: nothing speaks against it; 100: everything does. */
export function scoreOf(features: readonly Feature[]): number {
  return Math.min(
    100,
    features.reduce((sum, { points }) => sum + points, 0),
  );
}

export function levelOf(score: number): UrlLevel {
  if (score >= limits.malicious) return 'malicious';
  return score >= limits.suspicious ? 'suspicious' : 'informational';
}

export interface WeighedFeature extends Feature {
  readonly weight: UrlLevel;
}

/**
 * Features, heaviest first, with what each decides: the heaviest that together reach the limit of the score's level bear
 * the level, the others are worth knowing and would change nothing.
 */
export function weighed(features: readonly Feature[]): readonly WeighedFeature[] {
  const level = levelOf(scoreOf(features));
  const needed = level === 'informational' ? 0 : limits[level];
  let reached = 0;
  return [...features]
    .sort((one, other) => other.points - one.points)
    .map((feature) => {
      const decides = reached < needed && feature.points > 0;
      reached += feature.points;
      return { ...feature, weight: decides ? level : 'informational' };
    });
}

export function findingOf(engine: string, feature: WeighedFeature): Finding {
  const { rule, title, reason, weight } = feature;
  return { engine, rule, title, description: reason, severity: severityOf(feature), weight };
}

import type { Severity } from '../../../../shared/scan/record';

/** One thing that was noticed about a link. */
export interface Feature {
  /** Stable, such as `userInfoLooksLikeHost`. */
  readonly rule: string;
  /** In plain words. */
  readonly title: string;
  /** Why it matters. */
  readonly reason: string;
  /**
   * What it speaks against the link, of 100: 0 is worth knowing and no more, 80 and more is enough to call it malicious
   * by itself.
   */
  readonly points: number;
  /** What it is about: the link's own name and form, or the address that it hands on to. */
  readonly about?: 'nested';
}

export function severityOf({ points }: Feature): Severity {
  if (points >= 80) return 'critical';
  if (points >= 60) return 'high';
  if (points >= 30) return 'medium';
  return points > 0 ? 'low' : 'info';
}

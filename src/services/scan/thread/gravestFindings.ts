import { type Finding, severities } from '../../../shared/scan/record';

/** More about one file nobody reads, and an archive can hold a finding in each of its members. */
export const mostFindings = 200;

const weights: readonly Finding['weight'][] = ['malicious', 'suspicious', 'informational'];

/**
 * The gravest findings about one file, however many there are, in the order in which they came. Each engine's gravest
 * one is among them, so that what an engine says for itself is the same as with all of them.
 */
export class GravestFindings {
  private kept: Finding[] = [];
  private omittedCount = 0;

  constructor(private readonly most = mostFindings) {}

  add(findings: Iterable<Finding>): void {
    for (const finding of findings) {
      this.kept.push(finding);
      // Not with each one: sorting takes its time.
      if (this.kept.length >= 2 * this.most) this.trim();
    }
  }

  get findings(): readonly Finding[] {
    this.trim();
    return this.kept;
  }

  /** How many there were besides. */
  get omitted(): number {
    this.trim();
    return this.omittedCount;
  }

  private trim(): void {
    const { length } = this.kept;
    if (length <= this.most) return;
    const byGravity = this.kept.toSorted((one, other) => rank(one) - rank(other));
    const firsts = new Map<string, Finding>();
    for (const finding of byGravity) if (!firsts.has(finding.engine)) firsts.set(finding.engine, finding);
    const chosen = new Set(firsts.values());
    for (const finding of byGravity) if (chosen.size < this.most) chosen.add(finding);
    this.kept = this.kept.filter((finding) => chosen.has(finding));
    this.omittedCount += length - this.kept.length;
  }
}

function rank({ weight, severity }: Finding): number {
  return weights.indexOf(weight) * severities.length + severities.indexOf(severity);
}

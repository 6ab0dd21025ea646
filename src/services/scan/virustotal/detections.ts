import { formatCount } from '../../../shared/presentation/format';
import { oneLine } from '../../../shared/presentation/plainText';
import type { Finding } from '../../../shared/scan/record';
import type { Analysis } from './virusTotalAnswers';

/** What a record keeps of who found what. */
const maxNames = 20;
/** With so many the question is not whether, but what. */
const manyDetections = 10;

/** Scanners by what they said; those that could not judge the target are counted nowhere. */
export interface Detections {
  readonly malicious: number;
  readonly suspicious: number;
  /** All that gave an answer. */
  readonly scanners: number;
}

export function detectionsOf({ stats }: Pick<Analysis, 'stats'>): Detections {
  const { malicious = 0, suspicious = 0, undetected = 0, harmless = 0 } = stats;
  return { malicious, suspicious, scanners: malicious + suspicious + undetected + harmless };
}

/** `12 of 70 scanners`. */
export function detectionsText({ malicious, suspicious, scanners }: Detections): string {
  const detected = malicious + suspicious;
  return `${detected === 0 ? 'none' : detected} of ${formatCount(scanners, 'scanner')}`;
}

/**
 * What an analysis says against its target. One scanner of seventy that calls something malicious is more often wrong
 * than right: it takes a number of them.
 *
 * | malicious, of a least number | weight          |
 * | ---------------------------- | --------------- |
 * | at least the number          | `malicious`     |
 * | two, or the number together with those that say suspicious | `suspicious` |
 * | one                          | `informational` |
 *
 * @param leastMalicious at least 1
 */
export function findingOf(
  analysis: Analysis,
  leastMalicious: number,
  reference: string,
): Finding | undefined {
  const detections = detectionsOf(analysis);
  const { malicious, suspicious } = detections;
  const detected = malicious + suspicious;
  if (detected === 0) return undefined;
  const weight =
    malicious >= leastMalicious
      ? 'malicious'
      : malicious >= 2 || detected >= leastMalicious
        ? 'suspicious'
        : 'informational';
  const severity =
    weight === 'malicious'
      ? malicious >= manyDetections
        ? 'critical'
        : 'high'
      : weight === 'suspicious'
        ? 'medium'
        : 'low';
  const label = analysis.threatLabel === undefined ? undefined : oneLine(analysis.threatLabel, 100);
  const least = weight === 'malicious' ? '' : ` It takes ${leastMalicious} to call it malicious.`;
  return {
    engine: 'virustotal',
    rule: label ?? 'detections',
    title: `${malicious > 0 ? malicious : suspicious} of ${formatCount(detections.scanners, 'scanner')} at VirusTotal ${
      malicious > 0 ? 'say' : 'suspect'
    }${(malicious > 0 ? malicious : suspicious) === 1 ? 's' : ''} that it does harm`,
    description: `${namesText(analysis)}.${least}`,
    severity,
    weight,
    reference,
    ...(label === undefined ? {} : { tags: [label] }),
  };
}

/** `Alpha: Trojan.X; Beta: suspicious; and 4 more`, those first that say malicious. */
function namesText({ results }: Analysis): string {
  const rank = (category: string): number => (category === 'malicious' ? 0 : 1);
  const named = Object.entries(results)
    .filter(([, { category }]) => category === 'malicious' || category === 'suspicious')
    .sort(([one, a], [other, b]) => rank(a.category) - rank(b.category) || (one < other ? -1 : 1))
    .map(([name, { category, result }]) => `${oneLine(name, 60)}: ${oneLine(result ?? category, 80)}`);
  if (named.length === 0) return 'VirusTotal does not say which';
  const more = named.length > maxNames ? [`and ${named.length - maxNames} more`] : [];
  return [...named.slice(0, maxNames), ...more].join('; ');
}

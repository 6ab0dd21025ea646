import type { ScanRecord } from '../../src/shared/scan/record';
import type { Random } from '../unit/support/random';

const folders =
  'src lib node_modules dist main parser component service history scan model view controller test fixture build react package'.split(
    ' ',
  );

/** One record every five minutes, for the last of 100,000 a year after the first. */
export function startOf(index: number): number {
  return 1_700_000_000_000 + index * 300_000;
}

/** A record of the usual size: four engines, a finding in each third. */
export function benchRecord(random: Random, index: number): ScanRecord {
  const hex = (length: number): string =>
    Array.from({ length }, () => random.below(16).toString(16)).join('');
  const sha256 = hex(64);
  const startedAt = startOf(index);
  const isFile = !random.chance(0.1);
  const isAlarming = random.chance(0.002);
  const path = Array.from({ length: 5 }, () => random.pick(folders)).join('/');
  return {
    id: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    kind: isFile ? 'file' : random.pick(['folder', 'url', 'network'] as const),
    target: `/home/someone/projects/${path}-${index}.js`,
    ...(isFile ? { sha256 } : {}),
    status: 'finished',
    verdict: isAlarming ? random.pick(['malicious', 'suspicious'] as const) : 'noThreatFound',
    startedAt,
    finishedAt: startedAt + 1_500,
    durationMs: 1_500,
    summary: isAlarming ? 'A rule found a threat.' : 'No threat was found; 2 engines were not asked.',
    engines: [
      {
        id: 'yara',
        name: 'YARA-X',
        version: '1.20.0',
        database: { version: '2026.11', updatedAt: 1_790_000_000_000 },
        state: isAlarming ? 'hit' : 'noHit',
        elapsedMs: 12.5,
      },
      { id: 'content', name: 'Content', state: 'noHit', elapsedMs: 1.25 },
      { id: 'clamav', name: 'ClamAV', state: 'notAsked', reason: 'notFound' },
      { id: 'virustotal', name: 'VirusTotal', state: 'notAsked', reason: 'notConfigured' },
    ],
    findings:
      isAlarming || random.chance(0.33)
        ? [
            {
              engine: 'yara',
              rule: 'encoded_powershell',
              title: 'PowerShell with a command in Base64',
              severity: 'high',
              weight: isAlarming ? 'malicious' : 'informational',
              description: 'Starts PowerShell with a command that is hidden from whoever reads it.',
              matches: [{ offset: random.below(1e6), length: 60, pattern: '$command' }],
              matchCount: 1,
            },
          ]
        : [],
    ...(isFile
      ? {
          details: {
            type: 'file' as const,
            sizeBytes: random.below(1e6),
            modifiedAt: startedAt - 1e6,
            hashes: { md5: hex(32), sha1: hex(40), sha256 },
            contentType: { name: 'JavaScript', mime: 'text/javascript', extension: 'js' },
            entropy: 4.51,
          },
        }
      : {}),
  };
}

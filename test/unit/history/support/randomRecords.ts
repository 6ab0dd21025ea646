import { scanKinds, type ScanRecord, scanStatuses, severities } from '../../../../src/shared/scan/record';
import { verdicts } from '../../../../src/shared/scan/verdict';
import type { Random } from '../../support/random';

/** Text that has broken databases, searches and exports elsewhere. */
export const hostileTexts: readonly string[] = [
  `it's "quoted", with commas; DROP TABLE records; --`,
  'two\r\nlines\nand\ttabs',
  `=cmd|' /C calc'!A0`,
  '+1-1@SUM(A1)',
  '100%_of [all] * files?',
  String.raw`C:\Users\someone\new folder\x.exe`,
  'emoji 👩‍👩‍👧 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'right\u202Eto\u202Cleft \u05E9\u05DC\u05D5\u05DD \u200F',
  'a zero\0in the middle',
  'half \uD83D of a pair, and the \uDE00 other',
  '\uDE00\uD83D',
  'Straße ΟΔΟΣ ǅ İstanbul ﬁle K',
  'cafe\u0301 café',
  '\u2028 line separator \uFEFF',
  '__proto__ constructor',
  '\uFFFD \u{10F800} \u{10FFFF}',
  '',
  ' ',
];

export const longTarget = `/long/${'abcdefghij/'.repeat(6_000)}end\uD800`;

const words = ['alpha', 'Beta', 'gamma.js', 'node_modules', 'Ünïcode', 'delta-42', 'setup', 'report'];

export function randomText(random: Random): string {
  if (random.chance(0.3)) return random.pick(hostileTexts);
  if (random.chance(0.01)) return longTarget;
  return Array.from({ length: 1 + random.below(4) }, () => random.pick(words)).join(
    random.pick([' ', '/', '']),
  );
}

/** @param id absent: a random one */
export function randomRecord(random: Random, id?: string): ScanRecord {
  const day = 86_400_000;
  // Times that collide, among others.
  const startedAt = random.pick([
    1_700_000_000_000 + random.below(5),
    1_700_000_000_000 + random.below(40) * day,
    1_690_000_000_000 + random.next() * 300 * day,
    random.below(10),
  ]);
  const verdict = random.pick([...verdicts, 'none'] as const);
  return {
    id: id ?? `id-${random.below(1e9)}`,
    kind: random.pick(scanKinds),
    target: randomText(random),
    ...(random.chance(0.5) ? { sha256: randomHash(random) } : {}),
    status: random.pick(scanStatuses),
    ...(verdict === 'none' ? {} : { verdict }),
    startedAt,
    finishedAt: startedAt + random.below(3) * random.next() * day,
    durationMs: random.next() * 1_000,
    summary: randomText(random),
    engines: Array.from({ length: random.below(3) }, () => ({
      id: 'yara',
      name: randomText(random),
      state: 'noHit' as const,
      ...(random.chance(0.5) ? { elapsedMs: random.pick([0, 1.5, 1_000 * random.next()]) } : {}),
    })),
    findings: Array.from({ length: random.below(3) }, () => ({
      engine: 'yara',
      rule: randomText(random),
      title: randomText(random),
      severity: random.pick(severities),
      weight: 'suspicious' as const,
    })),
    ...(random.chance(0.3) ? { details: { type: 'file' as const, sizeBytes: random.below(1e6) } } : {}),
  };
}

function randomHash(random: Random): string {
  return Array.from({ length: 64 }, () => random.below(16).toString(16)).join('');
}

import {
  type EngineReport,
  type Finding,
  type ScanRecord,
  scanStatuses,
} from '../../../../../src/shared/scan/record';
import type { Random } from '../../../support/random';

/** A finished scan of a file in which nothing was found. */
export function sampleRecord(changes: Partial<ScanRecord> = {}): ScanRecord {
  return {
    id: '5f0c2c5e-6a6e-4a42-8f0e-0d9b5a6a7c01',
    kind: 'file',
    target: '/home/user/project/setup.sh',
    sha256: 'ab'.repeat(32),
    status: 'finished',
    verdict: 'noThreatFound',
    startedAt: Date.UTC(2026, 10, 23, 6, 15, 21, 424),
    finishedAt: Date.UTC(2026, 10, 23, 6, 15, 22, 1),
    durationMs: 576.5,
    summary: 'No threat found by YARA-X.',
    engines: [
      { id: 'yara', name: 'YARA-X', version: '1.20.0', state: 'noHit', elapsedMs: 12 },
      { id: 'clamav', name: 'ClamAV', state: 'notAsked', reason: 'notFound' },
    ],
    findings: [],
    details: {
      type: 'file',
      sizeBytes: 68,
      modifiedAt: Date.UTC(2026, 0, 2),
      hashes: { md5: 'cd'.repeat(16), sha1: 'ef'.repeat(20), sha256: 'ab'.repeat(32) },
      contentType: { name: 'Shell script', mime: 'text/x-shellscript', extension: 'sh' },
      entropy: 4.567,
    },
    ...changes,
  };
}

export function sampleFinding(changes: Partial<Finding> = {}): Finding {
  return {
    engine: 'yara',
    rule: 'Reverse_Shell',
    title: 'Reverse shell',
    description: 'Hands a shell to another machine',
    severity: 'high',
    weight: 'malicious',
    reference: 'https://example.org/rules/reverse shell?x=[1]',
    tags: ['shell', 'network', 'shell'],
    matches: [
      { offset: 12, length: 34, pattern: '$connect' },
      { offset: 99, length: 0 },
    ],
    matchCount: 3,
    ...changes,
  };
}

export const failedEngine: EngineReport = {
  id: 'virustotal',
  name: 'VirusTotal',
  state: 'failed',
  reason: 'quotaExceeded',
  detail: '429',
};

/** What breaks formats, spreadsheets and pages. */
export const hostileTexts: readonly (readonly [string, string])[] = [
  ['quotes', `/tmp/"a" 'b' ""`],
  ['newlines', '/tmp/one\ntwo\r\nthree\rfour\n'],
  ['commas and semicolons', '/tmp/a,b;c,,;'],
  ['a formula', `=cmd|' /C calc'!A0`],
  ['a formula behind blanks', ' \u00a0\u200b\ufeff=1+1'],
  ['a formula behind an apostrophe', "'=1+1"],
  ['a formula in the second line', `/tmp/x\n=cmd|' /C calc'!A0;y`],
  ['a formula of full-width signs', '＝1＋1'],
  ['an at sign', '@SUM(1)'],
  ['a minus', '-2+3'],
  ['a leading tab', '\t=1+1'],
  ['a leading carriage return', '\r=1+1'],
  ['emoji', '/tmp/👩‍👩‍👧‍👦/🏴󠁧󠁢󠁥󠁮󠁧󠁿.txt'],
  ['marks from right to left', '/tmp/\u202egpj.exe\u202c\u200f\u061c'],
  ['64 KB', `/tmp/${'long,"'.repeat(64 * 171)}`],
  ['halves of surrogate pairs', '/tmp/\ud800 and \udc00\ud83d'],
  ['nothing but half of a pair', '\udfff'],
  ['NUL and other controls', '/tmp/\u0000\u0001\u001b[31m\u007f\u0085'],
  ['the end of a script', '/tmp/</script><script>alert(1)</script><!--'],
  ['placeholders and links', '/tmp/{0} {{1}} [link](https://example.org) [x\\](y)'],
  ['percent signs and separators', '/tmp/%2e%2e/%zz/../#?\\:*|<>^`'],
  ['line and paragraph separators', '/tmp/\u2028\u2029'],
  ['nothing', ''],
  ['blanks', '  '],
];

const pieces = [
  ...Array.from('=+-@\'",;\t\r\n ab/\\.:%#?&|<>{}[]()'),
  '\u0000',
  '\u200b',
  '\u00a0',
  '\u202e',
  '\ufeff',
  '＝',
  '＠',
  '\ud83d',
  '\ude00',
  '😀',
  'é',
  'word',
  '{0}',
  '](',
];

function randomText(random: Random): string {
  return Array.from({ length: random.below(12) }, () => random.pick(pieces)).join('');
}

/** A record with hostile text wherever text may stand. */
export function randomRecord(random: Random, id: number): ScanRecord {
  const maybe = <T>(value: T): T | undefined => (random.chance(0.5) ? value : undefined);
  const kind = random.pick(['file', 'folder', 'url', 'network'] as const);
  const finding = (): Finding => ({
    engine: random.pick(['yara', randomText(random)]),
    rule: randomText(random),
    title: randomText(random),
    severity: random.pick(['critical', 'high', 'medium', 'low', 'info'] as const),
    weight: random.pick(['malicious', 'suspicious', 'informational'] as const),
    ...(random.chance(0.5) ? { description: randomText(random) } : {}),
    ...(random.chance(0.5) ? { reference: randomText(random) } : {}),
    ...(random.chance(0.5) ? { tags: [randomText(random), randomText(random)] } : {}),
    ...(random.chance(0.5) ? { path: random.pick(['/', '']) + randomText(random) } : {}),
    ...(random.chance(0.5) ? { members: [randomText(random), randomText(random)] } : {}),
    ...(random.chance(0.5)
      ? { matches: Array.from({ length: random.below(4) }, () => ({ offset: random.below(3), length: 1 })) }
      : {}),
  });
  const verdict = maybe(
    random.pick(['malicious', 'suspicious', 'error', 'unknown', 'noThreatFound'] as const),
  );
  const details: ScanRecord['details'] =
    kind === 'file'
      ? {
          type: 'file',
          sizeBytes: random.below(1e9),
          contentType: { name: randomText(random), mime: randomText(random) },
          archive: { members: 1, unpackedBytes: 2, problems: [randomText(random)] },
          ...(random.chance(0.2) ? { markedSafe: randomText(random) } : {}),
        }
      : {
          type: 'folder',
          files: 3,
          bytes: 4,
          unchanged: 1,
          excluded: random.below(2),
          special: 0,
          verdicts: { malicious: 1, noThreatFound: 2 },
          problems: [{ path: randomText(random), reason: 'unreadable', detail: randomText(random) }],
        };
  return {
    id: `record-${id}`,
    kind,
    target: random.pick(['/', '', 'https://', 'C:\\']) + randomText(random),
    status: random.pick(scanStatuses),
    startedAt: random.below(2 ** 41),
    finishedAt: random.chance(0.1) ? 1e300 : random.below(2 ** 41),
    durationMs: random.next() * 1e6,
    summary: randomText(random),
    engines: [
      { id: 'yara', name: 'YARA-X', version: randomText(random), state: 'hit' },
      { id: 'x', name: randomText(random), state: 'failed', reason: 'failed', detail: randomText(random) },
      { id: 'y', name: randomText(random), state: 'notAsked', reason: 'noConsent' },
    ],
    findings: Array.from({ length: random.below(4) }, finding),
    ...(verdict === undefined ? {} : { verdict }),
    ...(random.chance(0.5) && (kind === 'file' || kind === 'folder') ? { details } : {}),
  };
}

import type { ScanRecord } from '../../../src/shared/scan/record';
import { SeededHistory } from '../../e2e/support/seededHistory';
import type { Stage } from './surface';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const yara = { id: 'yara', name: 'YARA-X', version: '1.20.0', state: 'noHit' } as const;

type Told = Pick<ScanRecord, 'kind' | 'target'> &
  Partial<Pick<ScanRecord, 'status' | 'verdict' | 'sha256' | 'summary' | 'engines' | 'findings'>> & {
    ageMs: number;
  };

/** Answers as scans give them, made up: the pictures show how they look. */
const told: readonly Told[] = [
  {
    kind: 'file',
    target: '/home/mia/Downloads/invoice.pdf.exe',
    verdict: 'malicious',
    sha256: '5d41402abc4b2a76b9719d911017c592'.repeat(2),
    summary: '1 of 1 engine asked speaks against it.',
    engines: [{ ...yara, state: 'hit' }],
    findings: [
      {
        engine: 'yara',
        rule: 'Double_Extension',
        title: 'A program that poses as a document',
        severity: 'high',
        weight: 'malicious',
      },
    ],
    ageMs: 2 * minuteMs,
  },
  { kind: 'folder', target: '/home/mia/projects/shop', verdict: 'noThreatFound', ageMs: 9 * minuteMs },
  { kind: 'file', target: '/home/mia/projects/shop/install.sh', verdict: 'suspicious', ageMs: 31 * minuteMs },
  { kind: 'file', target: '/home/mia/Downloads/video.iso', status: 'cancelled', ageMs: 40 * minuteMs },
  { kind: 'file', target: '/home/mia/Downloads/fonts.zip', verdict: 'unknown', ageMs: dayMs },
  {
    kind: 'file',
    target: '/home/mia/Downloads/editor.vsix',
    verdict: 'noThreatFound',
    ageMs: dayMs + 9 * minuteMs,
  },
  { kind: 'folder', target: '/home/mia/projects/blog', verdict: 'error', ageMs: 2 * dayMs },
];

/** Fills a user's history, whatever was in it. */
export async function writePictureRecords({ server }: Stage): Promise<void> {
  const history = await SeededHistory.open(server);
  const nowMs = Date.now();
  await history.clear();
  await history.put(
    ...told.map(({ ageMs, ...given }, index): ScanRecord => ({
      id: `picture-${index}`,
      status: 'finished',
      startedAt: nowMs - ageMs,
      finishedAt: nowMs - ageMs + 400,
      durationMs: 400,
      summary: 'Nothing was found.',
      engines: [yara],
      findings: [],
      ...given,
    })),
  );
  await history.close();
}

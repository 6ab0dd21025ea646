import type { ScanRecord } from '../../../src/shared/scan/record';

let made = 0;

/** A record with what is given, and what a scan of a file that found nothing says for the rest. */
export function madeRecord(given: Partial<ScanRecord> = {}): ScanRecord {
  made += 1;
  const startedAt = given.startedAt ?? Date.parse('2024-01-15T10:30:00.000Z');
  return {
    id: `record-${made.toString().padStart(6, '0')}`,
    kind: 'file',
    target: `/home/someone/file-${made}.txt`,
    status: 'finished',
    verdict: 'noThreatFound',
    startedAt,
    finishedAt: startedAt + 40,
    durationMs: 40,
    summary: 'Nothing was found.',
    engines: [{ id: 'yara', name: 'YARA-X', version: '1.20.0', state: 'noHit' }],
    findings: [],
    ...given,
  };
}

import assert from 'node:assert/strict';
import {
  fileSummary,
  folderSummary,
  unfinishedSummary,
} from '../../../../src/shared/presentation/scanSummary';
import type { FolderDetails } from '../../../../src/shared/scan/record';

describe('what a scan of a file came to', () => {
  const malicious = { title: 'EICAR test file', weight: 'malicious' } as const;
  const odd = { title: 'Odd', weight: 'suspicious' } as const;
  const shown = { title: 'Can do things', weight: 'informational' } as const;

  it('names the worst finding and counts the others that speak against it', () => {
    assert.equal(
      fileSummary({ verdict: 'malicious', findings: [odd, malicious, shown] }),
      'Malicious: EICAR test file and 1 more finding',
    );
    assert.equal(fileSummary({ verdict: 'suspicious', findings: [odd] }), 'Suspicious: Odd');
    assert.equal(fileSummary({ verdict: 'suspicious', findings: [] }), 'Suspicious');
  });

  it('does not promise safety', () => {
    assert.equal(fileSummary({ verdict: 'noThreatFound', findings: [] }), 'No threat found');
    assert.equal(
      fileSummary({ verdict: 'noThreatFound', findings: [shown] }),
      'No threat found (1 finding that decides nothing)',
    );
    assert.equal(
      fileSummary({ verdict: 'noThreatFound', findings: [shown], markedSafe: 'our own' }),
      'No threat found (1 finding that decides nothing); marked as safe: our own',
    );
  });

  it('says why there is no verdict', () => {
    assert.equal(
      fileSummary({ verdict: 'error', findings: [], problem: { reason: 'unreadable', detail: 'EACCES' } }),
      'Not judged. It could not be read (EACCES).',
    );
    assert.equal(fileSummary({ verdict: 'unknown', findings: [] }), 'No verdict');
  });

  it('keeps text from outside on one line', () => {
    const title = 'a\nb\u202ec';
    assert.doesNotMatch(
      fileSummary({ verdict: 'malicious', findings: [{ title, weight: 'malicious' }] }),
      /[\n\u202e]/,
    );
  });
});

describe('what a scan of a folder came to', () => {
  const summary = (verdicts: FolderDetails['verdicts'], unreadable = 0): string => {
    const files = Object.values(verdicts).reduce<number>((sum, count = 0) => sum + count, 0);
    return folderSummary({ details: { files, verdicts }, unreadable });
  };

  it('counts', () => {
    assert.equal(summary({ noThreatFound: 1_204 }), 'No threat found in 1\u202f204 files');
    assert.equal(summary({ noThreatFound: 1 }), 'No threat found in 1 file');
    assert.equal(
      summary({ malicious: 2, suspicious: 1, noThreatFound: 1_201 }),
      '2 malicious and 1 suspicious of 1\u202f204 files',
    );
    assert.equal(summary({}), 'No files to scan');
  });

  it('never leaves out what could not be judged', () => {
    assert.equal(
      summary({ noThreatFound: 1_201, error: 3 }, 3),
      'No threat found in 1\u202f201 files; 3 could not be read',
    );
    assert.equal(
      summary({ noThreatFound: 9, error: 3, unknown: 2 }, 1),
      'No threat found in 9 files; 1 could not be read; 4 could not be judged in whole',
    );
    assert.equal(
      summary({ suspicious: 1, unknown: 1 }),
      '1 suspicious of 2 files; 1 could not be judged in whole',
    );
    assert.equal(summary({ error: 2 }, 2), 'No verdict: 2 could not be read');
  });
});

describe('what a scan came to that did not come to its end', () => {
  it('is an alarm, or nothing', () => {
    assert.equal(unfinishedSummary('finished', 'No threat found', 'noThreatFound'), 'No threat found');
    assert.equal(unfinishedSummary('cancelled', 'No threat found in 3 files', 'noThreatFound'), 'Cancelled');
    assert.equal(
      unfinishedSummary('stalled', '1 malicious of 3 files', 'malicious'),
      'Gave no sign of life and was ended; until then: 1 malicious of 3 files',
    );
    assert.equal(unfinishedSummary('failed', '', undefined), 'Failed');
    assert.equal(
      unfinishedSummary('interrupted', 'No threat found', 'noThreatFound'),
      'Interrupted, because VS Code was ended',
    );
  });
});

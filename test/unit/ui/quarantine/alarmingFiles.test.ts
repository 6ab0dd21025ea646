import assert from 'node:assert/strict';
import type { FileResult, ScanEnd } from '../../../../src/services/scan/scans';
import { Emitter } from '../../../../src/shared/event';
import { AlarmingFiles } from '../../../../src/ui/quarantine/alarmingFiles';
import { madeRecord } from '../../support/scanRecords';

describe('files that alarm', () => {
  const results = new Emitter<FileResult>();
  const ends = new Emitter<ScanEnd>();
  let told: (readonly string[])[];
  let files: AlarmingFiles;

  beforeEach(() => {
    told = [];
    files = new AlarmingFiles({
      scans: { onFileResult: results.event, onEnded: ends.event },
      now: () => 77,
      onChanged: (paths) => told.push(paths),
    });
  });
  afterEach(() => {
    files.dispose();
  });

  it('are those that the latest scan has spoken against', () => {
    results.fire({ path: '/a', verdict: 'malicious', findings: [] });
    results.fire({ path: '/b', verdict: 'unknown', findings: [] });
    assert.deepEqual(told, [['/a']]);
    assert.deepEqual(files.suspect('/a'), { path: '/a', scannedAt: 77, reason: { verdict: 'malicious' } });
    const record = madeRecord({ target: '/c', sha256: 'a'.repeat(64), verdict: 'suspicious' });
    ends.fire({ record, complete: true });
    assert.deepEqual(told.at(-1), ['/a', '/c']);
    assert.equal(files.suspect('/c').sha256, 'a'.repeat(64));
    assert.equal(files.suspect('/c').reason?.recordId, record.id);
    ends.fire({ record: madeRecord({ target: '/c', verdict: 'noThreatFound' }), complete: true });
    assert.deepEqual(told.at(-1), ['/a']);
    files.forget('/a');
    assert.deepEqual(told.at(-1), []);
    assert.deepEqual(files.suspect('/a'), { path: '/a' });
  });

  it('keep what is known when a later scan did not come to its end', () => {
    results.fire({ path: '/a', verdict: 'malicious', findings: [] });
    const cancelled = madeRecord({ target: '/a', status: 'cancelled', verdict: 'unknown' });
    ends.fire({ record: cancelled, complete: false });
    assert.equal(told.length, 1);
  });

  it('keep what is known when a later scan could not look at the file', () => {
    results.fire({ path: '/a', verdict: 'malicious', findings: [] });
    for (const verdict of ['error', 'unknown'] as const) {
      ends.fire({ record: madeRecord({ target: '/a', verdict }), complete: true });
    }
    assert.equal(told.length, 1);
    const gone = { id: 'yara', name: 'YARA-X', state: 'failed', reason: 'vanished' } as const;
    ends.fire({ record: madeRecord({ target: '/a', verdict: 'error', engines: [gone] }), complete: true });
    assert.deepEqual(told.at(-1), []);
  });

  it('are bounded, and the newest stay', () => {
    for (let index = 0; index < 1_100; index += 1)
      results.fire({ path: `/f${index}`, verdict: 'malicious', findings: [] });
    assert.equal(told.at(-1)?.length, 1_000);
    assert.equal(told.at(-1)?.at(-1), '/f1099');
  });
});

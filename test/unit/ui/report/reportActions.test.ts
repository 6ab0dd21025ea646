import assert from 'node:assert/strict';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { offeredActions as offered, type RecordRequests } from '../../../../src/ui/report/reportActions';
import { reportTitle } from '../../../../src/ui/report/reportTitle';
import {
  largeFolder,
  maliciousFile,
  networkScan,
  quietFile,
  runningFile,
  suspiciousLink,
} from '../../support/reportRecords';
import { english } from '../../support/translate';

const nothing = (): undefined => undefined;
const everything = { scanAgain: nothing, exportJson: nothing, markSafe: nothing, unmarkSafe: nothing };

function offeredActions(record: ScanRecord, requests: RecordRequests): string[] {
  return offered(record, requests, { canReveal: () => true });
}

describe('what is offered with a report', () => {
  it('is what somebody does', () => {
    assert.deepEqual(offeredActions(maliciousFile(), {}), [
      'copySha256',
      'copyReport',
      'openTarget',
      'revealTarget',
      'copyTarget',
    ]);
    assert.deepEqual(offeredActions(maliciousFile(), everything).slice(0, 2), ['scanAgain', 'markSafe']);
  });

  it('exports what has ended', () => {
    assert.ok(offeredActions(maliciousFile(), everything).includes('exportJson'));
    assert.ok(!offeredActions(runningFile(), everything).includes('exportJson'));
  });

  it('marks as safe what alarms and has a hash, and takes the mark back', () => {
    const marks = (record: ReturnType<typeof maliciousFile>): string[] =>
      offeredActions(record, everything).filter((name) => name.endsWith('Safe'));
    assert.deepEqual(marks(maliciousFile()), ['markSafe']);
    assert.deepEqual(marks(quietFile()), []);
    assert.deepEqual(marks(maliciousFile({ sha256: undefined })), []);
    assert.deepEqual(marks(largeFolder(1)), []);
    const details = maliciousFile().details;
    assert.ok(details?.type === 'file');
    const marked = maliciousFile({ details: { ...details, markedSafe: 'our own build' } });
    assert.deepEqual(marks(marked), ['unmarkSafe']);
  });

  it('never opens an address, and reveals what lies on a disk alone', () => {
    for (const record of [suspiciousLink(), networkScan()]) {
      const names = offeredActions(record, everything);
      assert.ok(!names.includes('openTarget') && !names.includes('revealTarget'), record.kind);
      assert.ok(names.includes('copyTarget'));
    }
    assert.ok(!offeredActions(largeFolder(1), everything).includes('openTarget'));
    assert.ok(offeredActions(largeFolder(1), everything).includes('revealTarget'));
    const nowhere = { canReveal: () => false };
    assert.ok(!offered(largeFolder(1), everything, nowhere).includes('revealTarget'));
  });

  it('does not scan again what is being scanned', () => {
    assert.ok(!offeredActions(runningFile(), everything).includes('scanAgain'));
  });
});

describe('the quarantine', () => {
  it('is offered for files that alarm and folders with such, unless somebody marked them as safe', () => {
    const offers = (record: ScanRecord): boolean =>
      offeredActions(record, { quarantine: nothing }).includes('quarantine');
    assert.ok(offers(maliciousFile()));
    assert.ok(!offeredActions(maliciousFile(), everything).includes('quarantine'), 'nobody does it');
    assert.ok(offers(largeFolder(1)), 'of the files in it');
    for (const record of [quietFile(), suspiciousLink(), networkScan()])
      assert.ok(!offers(record), record.target);
    const { details } = maliciousFile();
    assert.ok(details?.type === 'file');
    assert.ok(!offers(maliciousFile({ details: { ...details, markedSafe: 'our own build' } })));
  });
});

describe('a report’s title', () => {
  const titleOf = (record: Pick<ScanRecord, 'kind' | 'target'>): string => reportTitle(record, english);

  it('is the name of what was scanned, on one line of bounded length', () => {
    assert.equal(titleOf(maliciousFile()), 'Report: install.js');
    assert.equal(titleOf(largeFolder(1)), 'Report: shop');
    assert.equal(titleOf({ kind: 'folder', target: '/' }), 'Report: /');
    assert.equal(titleOf(networkScan()), 'Report: 192.168.178.0/24');
    assert.equal(titleOf({ kind: 'file', target: '' }), 'Report: –');
    const hostile = titleOf({ kind: 'file', target: `/tmp/a\n\u202e${'x'.repeat(70_000)}` });
    assert.ok(hostile.length <= 50 && !/[\n\u202e]/.test(hostile));
  });
});

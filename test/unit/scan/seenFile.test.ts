import assert from 'node:assert/strict';
import { hasSeen } from '../../../src/services/scan/seenFile';
import type { EngineReason, FolderDetails, ScanRecord } from '../../../src/shared/scan/record';
import type { Verdict } from '../../../src/shared/scan/verdict';
import { madeRecord } from '../support/scanRecords';

const target = '/home/someone/project';

function folder(given: Partial<FolderDetails> = {}): ScanRecord {
  const details: FolderDetails = {
    type: 'folder',
    files: 3,
    bytes: 3,
    unchanged: 0,
    excluded: 0,
    special: 0,
    verdicts: { noThreatFound: 3 },
    problems: [],
    ...given,
  };
  return madeRecord({ kind: 'folder', target, details });
}
const problem = (path: string, reason: EngineReason): FolderDetails['problems'][number] => ({ path, reason });

describe('whether a scan has seen a file, so that what it does not find there is gone', () => {
  for (const [verdict, seen] of [
    ['noThreatFound', true],
    ['suspicious', true],
    ['malicious', true],
    ['error', false],
    ['unknown', false],
    [undefined, false],
  ] as const satisfies readonly (readonly [Verdict | undefined, boolean])[]) {
    it(`${seen ? 'has' : 'has not'} where the answer about the file is ${verdict ?? 'none'}`, () => {
      const record = madeRecord({ target: '/a', ...(verdict && { verdict }) });
      if (verdict === undefined) delete record.verdict;
      assert.equal(hasSeen({ record, complete: true }, '/a'), seen);
      assert.equal(hasSeen({ record, complete: false }, '/a'), false, 'not if it did not come to its end');
      assert.equal(hasSeen({ record, complete: true }, '/ab'), false, 'of this file alone');
    });
  }

  it('has where the file is gone, or is none any more, and not where it could not be read', () => {
    for (const [reason, seen] of [
      ['vanished', true],
      ['notApplicable', true],
      ['unreadable', false],
      ['failed', false],
      ['timedOut', false],
      ['changed', false],
    ] as const) {
      const yara = { id: 'yara', name: 'YARA-X', state: 'failed', reason } as const;
      const record = madeRecord({ target: '/a', verdict: 'error', engines: [yara] });
      assert.equal(hasSeen({ record, complete: true }, '/a'), seen, reason);
    }
  });

  it('has for whatever lies in a folder, and for nothing beside it', () => {
    const end = { record: folder(), complete: true };
    for (const [file, seen] of [
      [`${target}/a`, true],
      [`${target}/b/c`, true],
      [`${target}-other/a`, false],
      ['/home/someone/a', false],
    ] as const) {
      assert.equal(hasSeen(end, file), seen, file);
    }
  });

  it('has not where a file of the folder, or the folder that it lies in, could not be looked at', () => {
    const problems = [problem(`${target}/a`, 'failed'), problem(`${target}/locked`, 'unreadable')];
    const end = { record: folder({ problems, verdicts: { noThreatFound: 1, error: 2 } }), complete: true };
    for (const [file, seen] of [
      [`${target}/a`, false],
      [`${target}/locked/b`, false],
      [`${target}/lockedb`, true],
      [`${target}/c`, true],
    ] as const) {
      assert.equal(hasSeen(end, file), seen, file);
    }
  });

  it('has not where the folder was scanned without the file', () => {
    const excludedPaths = [`${target}/node_modules`, `${target}/a`];
    const end = { record: folder({ excluded: 2 }), complete: true, excludedPaths };
    for (const [file, seen] of [
      [`${target}/node_modules/some/index.js`, false],
      [`${target}/a`, false],
      [`${target}/ab`, true],
    ] as const) {
      assert.equal(hasSeen(end, file), seen, file);
    }
    const many = { ...end, record: folder({ excluded: 5_000 }) };
    assert.equal(hasSeen(many, `${target}/ab`), false, 'more was left out than is named');
  });

  it('has where a file of the folder went meanwhile', () => {
    const record = folder({ problems: [problem(`${target}/a`, 'vanished')] });
    assert.equal(hasSeen({ record, complete: true }, `${target}/a`), true);
  });

  it('has not where more files were not judged than are named', () => {
    const record = folder({ problems: [problem(`${target}/a`, 'failed')], verdicts: { error: 3 } });
    assert.equal(hasSeen({ record, complete: true }, `${target}/c`), false);
  });
});

import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { withExportErrors } from '../../../../src/services/history/export/exportErrors';
import { SentinelError } from '../../../../src/shared/errors';
import { skip } from '../../../support/skip';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it did not work`), { code });
}

describe('errors of an export', () => {
  it('have a code by what the system said, and the system’s words', () => {
    const rows: readonly (readonly [string, string])[] = [
      ['ENOENT', 'export.folderMissing'],
      ['ENOTDIR', 'export.folderMissing'],
      ['EISDIR', 'export.isFolder'],
      ['EACCES', 'export.denied'],
      ['EPERM', 'export.denied'],
      ['EBUSY', 'export.busy'],
      ['EROFS', 'export.readOnly'],
      ['ENOSPC', 'export.diskFull'],
      ['EDQUOT', 'export.diskFull'],
      ['EFBIG', 'export.tooLarge'],
      ['ENAMETOOLONG', 'export.badName'],
      ['EIO', 'export.failed'],
    ];
    for (const [systemCode, code] of rows) {
      const cause = systemError(systemCode);
      assert.throws(
        () =>
          withExportErrors(() => {
            throw cause;
          }),
        (error) =>
          error instanceof SentinelError &&
          error.code === code &&
          error.cause === cause &&
          error.message.startsWith(systemCode),
      );
    }
  });

  it('leaves other errors as they are', () => {
    for (const other of [new TypeError('a fault'), new SentinelError('task.cancelled', 'x')]) {
      assert.throws(
        () =>
          withExportErrors(() => {
            throw other;
          }),
        other,
      );
    }
  });

  it('knows a disk that is really full', function () {
    if (process.platform !== 'linux') skip(this, 'needs /dev/full');
    const file = openSync('/dev/full', 'w');
    try {
      assert.throws(
        () => withExportErrors(() => writeSync(file, 'x')),
        (error) => error instanceof SentinelError && error.code === 'export.diskFull',
      );
    } finally {
      closeSync(file);
    }
  });
});

import assert from 'node:assert/strict';
import { systemToolFolders } from '../../../src/services/process/systemToolFolders';

describe('the programs of a system', () => {
  it('are where Windows is', () => {
    assert.deepEqual(systemToolFolders('win32', { SystemRoot: 'D:\\W' }), [
      'D:\\W\\System32',
      'D:\\W\\System32\\WindowsPowerShell\\v1.0',
    ]);
  });

  it('are in two folders elsewhere', () => {
    assert.deepEqual(systemToolFolders('linux', {}), ['/usr/bin', '/bin']);
  });
});

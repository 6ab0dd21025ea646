import { errorMessage } from '../../../shared/errors';
import { systemCode } from '../../files/fileCalls';
import type { HistoryState } from '../history';
import type { AccessFailure } from './exclusiveAccess';

/** How the files are; `failed` and `newerVersion` leave nothing to ask. */
export type StoreState = Exclude<HistoryState, { type: 'closed' }>;

/** @param waiting how many operations are in memory alone */
export function unwritableState(failure: AccessFailure, waiting: number): StoreState {
  if (failure.type === 'locked') {
    const message = 'Another window has the files of the history and does not go on.';
    return { type: 'unwritable', problem: 'locked', waiting, message };
  }
  const code = systemCode(failure.error);
  return {
    type: 'unwritable',
    problem: problemOf(code),
    ...(code !== undefined && { systemCode: code }),
    waiting,
    message: errorMessage(failure.error),
  };
}

function problemOf(code = ''): 'full' | 'readOnly' | 'forbidden' | 'failed' {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full';
    case 'EROFS':
      return 'readOnly';
    case 'EACCES':
    case 'EPERM':
      return 'forbidden';
    default:
      return 'failed';
  }
}

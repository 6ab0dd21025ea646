import { errorMessage, SentinelError } from '../../../shared/errors';

/** Codes of the errors with which an export ends; `export.failed` is any other of the file system. */
export type ExportErrorCode =
  | 'export.folderMissing'
  | 'export.isFolder'
  | 'export.notRegularFile'
  | 'export.denied'
  | 'export.busy'
  | 'export.readOnly'
  | 'export.diskFull'
  | 'export.tooLarge'
  | 'export.badName'
  | 'export.failed';

export function exportError(code: ExportErrorCode, message: string, cause?: unknown): SentinelError {
  return new SentinelError(code, message, { cause });
}

/**
 * Does what may fail for reasons of the file system.
 * @throws SentinelError `export.*` for such a reason; anything else as it is
 */
export function withExportErrors<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asExportError(error);
  }
}

/** The error of an export for one of the file system; anything else as it is. */
export function asExportError(error: unknown): unknown {
  const systemCode = systemCodeOf(error);
  return systemCode === undefined ? error : exportError(codeOf(systemCode), errorMessage(error), error);
}

function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error instanceof SentinelError) return undefined;
  return String(error.code);
}

function codeOf(systemCode: string): ExportErrorCode {
  switch (systemCode) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'export.folderMissing';
    case 'EISDIR':
      return 'export.isFolder';
    case 'EACCES':
    case 'EPERM':
      return 'export.denied';
    case 'EBUSY':
    case 'ETXTBSY':
      return 'export.busy';
    case 'EROFS':
      return 'export.readOnly';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'export.diskFull';
    case 'EFBIG':
      return 'export.tooLarge';
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'ERR_INVALID_ARG_VALUE':
      return 'export.badName';
    default:
      return 'export.failed';
  }
}

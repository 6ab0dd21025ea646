import path from 'node:path';
import type { HashedFile } from '../../services/hashing/fileHashService';
import type { FileHashes, HashRefusal } from '../../shared/protocol/fileHashWorker';
import { formatInteger, formatSize } from '../../shared/presentation/format';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';

const mebibyte = 1024 * 1024;

/** The strongest first: it is the one to compare. */
export const algorithms: readonly { readonly name: string; readonly of: (hashes: FileHashes) => string }[] = [
  { name: 'SHA-256', of: ({ sha256 }) => sha256 },
  { name: 'SHA-1', of: ({ sha1 }) => sha1 },
  { name: 'MD5', of: ({ md5 }) => md5 },
];

/** `12 bytes`, `4.2 MB (4 404 019 bytes)`. */
export function sizeText(sizeBytes: number, t: Translate): string {
  const bytes = sizeBytes === 1 ? t('1 byte') : t('{0} bytes', formatInteger(sizeBytes));
  return sizeBytes < mebibyte ? bytes : `${formatSize(sizeBytes / mebibyte)} (${bytes})`;
}

/** What a task that hashes these files is called. */
export function taskTitle(paths: readonly string[], t: Translate): string {
  const [first] = paths;
  return first !== undefined && paths.length === 1
    ? t('Computing hashes of {0}', path.basename(first))
    : t('Computing hashes of {0} files', paths.length);
}

/** Why a file has no hashes, in a sentence. */
export function refusalText(
  file: string,
  reason: HashRefusal,
  systemCode: string | undefined,
  t: Translate,
): string {
  const name = plainText(path.basename(file));
  switch (reason) {
    case 'vanished':
      return t('{0} does not exist any more.', name);
    case 'permissionDenied':
      return t('You have no permission to read {0}.', name);
    case 'isDirectory':
      return t('{0} is a folder. Choose the files in it.', name);
    case 'notRegularFile':
      return t('{0} is a pipe, a socket or a device, and has no content to compute hashes of.', name);
    case 'linkLoop':
      return t('{0} is a link that leads back to itself.', name);
    case 'changed':
      return t('{0} changed while it was read, so that it has no hashes yet. Try again.', name);
    case 'unreadable':
      return t('{0} could not be read ({1}).', name, systemCode ?? '?');
  }
}

/** What the button that copies everything copies: lines as `sha256sum` and its kin write them. */
export function allHashesText(files: readonly HashedFile[]): string {
  return files
    .flatMap(({ path: file, result }) =>
      result.status === 'hashed'
        ? algorithms.map(({ name, of }) => `${name} (${path.basename(file)}) = ${of(result.hashes)}`)
        : [],
    )
    .map((line) => `${line}\n`)
    .join('');
}

import type { ByteSource } from './byteSource';
import { isTarHeader, tarBlockBytes } from './tarHeader';
import { findZipDirectory } from './zipDirectory';

/** Formats that are opened. */
export type ReadableFormat = 'zip' | 'tar' | 'gzip' | 'zstd';
/** A file of another format is an archive whose content is not looked at. */
export type ArchiveFormat =
  | { readonly type: 'readable'; readonly format: ReadableFormat }
  | { readonly type: 'unreadable'; readonly name: string };

const unreadable: readonly { readonly name: string; readonly magic: string }[] = [
  { name: '7-Zip', magic: '7z\xbc\xaf\x27\x1c' },
  { name: 'RAR', magic: 'Rar!\x1a\x07' },
  { name: 'XZ', magic: '\xfd7zXZ\0' },
  { name: 'bzip2', magic: 'BZh' },
  { name: 'LZ4', magic: '\x04\x22\x4d\x18' },
  { name: 'lzip', magic: 'LZIP' },
  { name: 'Cabinet', magic: 'MSCF\0\0\0\0' },
  { name: 'compress', magic: '\x1f\x9d' },
];

const zipSignatures = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08PK'];
const zstdMagic = '\x28\xb5\x2f\xfd';

/**
 * What kind of archive it is, by its content; undefined where it is none. A program with an archive at its end, such
 * as one that unpacks itself, is one as well.
 */
export function archiveFormatOf(source: ByteSource): ArchiveFormat | undefined {
  const head = source.read(0, tarBlockBytes);
  const start = head.toString('latin1', 0, 8);
  const readable = (format: ReadableFormat): ArchiveFormat => ({ type: 'readable', format });
  if (zipSignatures.some((signature) => start.startsWith(signature))) return readable('zip');
  if (start.startsWith('\x1f\x8b\x08')) return readable('gzip');
  if (start.startsWith(zstdMagic)) return readable('zstd');
  const other = unreadable.find(({ magic }) => start.startsWith(magic));
  if (other !== undefined)
    return isPlausible(other.name, head) ? { type: 'unreadable', name: other.name } : undefined;
  if (isTarHeader(head)) return readable('tar');
  return hasZipAtEnd(source) ? readable('zip') : undefined;
}

/** What follows the size of a block: the first block, or none. */
const bzip2Blocks = ['1AY&SY', '\x17rE8P\x90'];

/** Three letters alone may begin a text. */
function isPlausible(name: string, head: Buffer): boolean {
  return name !== 'bzip2' || bzip2Blocks.includes(head.toString('latin1', 4, 10));
}

function hasZipAtEnd(source: ByteSource): boolean {
  const { directory } = findZipDirectory(source);
  return directory !== undefined && directory.entryCount > 0;
}

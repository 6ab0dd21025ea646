import type { ByteSource } from './byteSource';
import { isTarHeader, isZeroBlock, tarBlockBytes } from './tarHeader';
import { findZipDirectory } from './zipDirectory';
import { isSkippableMagic, isZstdMagic } from './zstdFrames';

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
  { name: 'lzip', magic: 'LZIP\x01' },
  { name: 'Cabinet', magic: 'MSCF\0\0\0\0' },
  { name: 'compress', magic: '\x1f\x9d\x90' },
  { name: 'Debian package', magic: '!<arch>\ndebian-binary' },
  { name: 'RPM package', magic: '\xed\xab\xee\xdb' },
  { name: 'Squashfs', magic: 'hsqs' },
];
/** Longer than any of them. */
const longestMagic = 32;

const zipSignatures = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08PK'];

/**
 * What kind of archive it is, by its content; undefined where it is none. A program with an archive at its end, such
 * as one that unpacks itself, is one as well.
 */
export function archiveFormatOf(source: ByteSource): ArchiveFormat | undefined {
  const head = source.read(0, tarBlockBytes);
  const start = head.toString('latin1', 0, longestMagic);
  const readable = (format: ReadableFormat): ArchiveFormat => ({ type: 'readable', format });
  if (zipSignatures.some((signature) => start.startsWith(signature))) return readable('zip');
  if (start.startsWith('\x1f\x8b\x08')) return readable('gzip');
  if (isZstd(source)) return readable('zstd');
  const other = unreadable.find(({ magic }) => start.startsWith(magic));
  if (other !== undefined && isPlausible(other.name, start)) return { type: 'unreadable', name: other.name };
  if (isTarHeader(head)) return readable('tar');
  return hasZipAtEnd(source) ? readable('zip') : undefined;
}

/**
 * Whether an archive of another format is a zip archive, too: zip is read from its end, others from their beginning,
 * and which of them a program sees depends on the program.
 */
export function isZipAsWell(source: ByteSource, format: ArchiveFormat): boolean {
  if (format.type === 'readable' && format.format === 'zip') return false;
  // The last member of a tar archive may be a zip archive that lies in it as it is; zeros follow it.
  const isTar = format.type === 'readable' && format.format === 'tar';
  return (
    hasZipAtEnd(source) &&
    !(isTar && isZeroBlock(source.read(source.sizeBytes - tarBlockBytes, tarBlockBytes)))
  );
}

/** More frames than that to be passed over are none of what programs write. */
const maxSkippedFrames = 64;

/** Frames that programs pass over may stand before the first one that they unpack. */
function isZstd(source: ByteSource): boolean {
  for (let at = 0, count = 0; count <= maxSkippedFrames; count += 1) {
    const head = source.read(at, 8);
    if (head.length < 8) return false;
    const magic = head.readUInt32LE(0);
    if (!isSkippableMagic(magic)) return isZstdMagic(magic);
    at += 8 + head.readUInt32LE(4);
  }
  return false;
}

/** What follows the size of a block: the first block, or none. */
const bzip2Blocks = ['1AY&SY', '\x17rE8P\x90'];

/** Three letters alone may begin a text. */
function isPlausible(name: string, start: string): boolean {
  return name !== 'bzip2' || bzip2Blocks.includes(start.slice(4, 10));
}

function hasZipAtEnd(source: ByteSource): boolean {
  const { directory } = findZipDirectory(source);
  return directory !== undefined && directory.entryCount > 0;
}

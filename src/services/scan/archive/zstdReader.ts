import type { ArchiveBudget } from './archiveBudget';
import type { ByteSource } from './byteSource';
import type { FormatEvent } from './formatEvent';
import { isTarHeader } from './tarHeader';
import { readUnpackedTar } from './tarReader';
import { unzstd } from './zstd';

/** Reads a Zstandard file: what it holds is one member, or those of the tar archive that it is. */
export function* readZstd(
  source: ByteSource,
  fileName: string,
  budget: ArchiveBudget,
): Generator<FormatEvent> {
  const { bytes, trouble } = unzstd({ source, start: 0, length: source.sizeBytes }, budget);
  // What could be unpacked before the trouble is looked at all the same.
  if (isTarHeader(bytes)) yield* readUnpackedTar(bytes, budget);
  else if ((trouble === undefined || bytes.length > 0) && budget.addMember()) {
    const name = fileName.replace(/\.(zst|zstd)$/i, '').replace(/\.tzst$/i, '.tar') || fileName;
    yield { type: 'member', name, bytes, isWhole: trouble === undefined, isShared: false };
  }
  if (trouble !== undefined) yield { type: 'problem', ...trouble };
}

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
  if (trouble !== undefined) yield { type: 'problem', ...trouble };
  else if (isTarHeader(bytes)) yield* readUnpackedTar(bytes, budget);
  else if (budget.addMember()) {
    const name = fileName.replace(/\.(zst|zstd)$/i, '').replace(/\.tzst$/i, '.tar') || fileName;
    yield { type: 'member', name, bytes, isWhole: true, isShared: false };
  }
}

import type { ArchiveBudget } from './archiveBudget';
import { type ByteSource, MemorySource } from './byteSource';
import type { FormatEvent } from './formatEvent';
import { isTarHeader } from './tarHeader';
import { SourceInput } from './tarInput';
import { readTar } from './tarReader';
import { unzstd } from './unpack';

/** Reads a Zstandard file: what it holds is one member, or those of the tar archive that it is. */
export function* readZstd(
  source: ByteSource,
  fileName: string,
  budget: ArchiveBudget,
): Generator<FormatEvent> {
  const { bytes, trouble } = unzstd({ source, start: 0, length: source.sizeBytes }, budget);
  if (trouble !== undefined) yield { type: 'problem', ...trouble };
  else if (isTarHeader(bytes)) {
    yield* readTar(new SourceInput(new MemorySource(bytes)), budget, { isCounted: true });
  } else if (budget.addMember()) {
    const name = fileName.replace(/\.(zst|zstd)$/i, '').replace(/\.tzst$/i, '.tar') || fileName;
    yield { type: 'member', name, bytes, whole: true };
  }
}

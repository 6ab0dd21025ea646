import { constants, zstdDecompressSync } from 'node:zlib';
import { type ArchiveBudget, freeMemberBytes } from './archiveBudget';
import { asInformed, type Packed, type Trouble, type Unpacked } from './unpack';
import { claimedContentBytes, findZstdFrames } from './zstdFrames';

/** The largest window, as a power of two, for which memory is set aside; what `zstd` itself makes without `--long`. */
const largestWindow = 27;

/** Zstandard, by Node's zlib in one call for each frame: it has no way to do so in pieces that could be given up. */
export function unzstd(packed: Packed, budget: ArchiveBudget): Unpacked {
  const nothing = Buffer.alloc(0);
  // Editors older than 1.101 have a Node without it.
  if (typeof zstdDecompressSync !== 'function') {
    return { bytes: nothing, trouble: { problem: 'unsupportedMethod', detail: 'Zstandard' } };
  }
  if (packed.length > budget.memberBytes) return { bytes: nothing, trouble: { problem: 'memberTooLarge' } };
  const input = packed.source.read(packed.start, packed.length);
  const { frames, isDamaged } = findZstdFrames(input);
  const byRatio = Math.max(freeMemberBytes, packed.length * budget.limits.maxRatio);
  const parts: Buffer[] = [];
  let unpackedBytes = 0;
  for (const { start, end } of frames) {
    budget.checkpoint();
    const frame = input.subarray(start, end);
    const bySize = Math.min(budget.memberBytes - unpackedBytes, budget.leftBytes);
    const leftByRatio = byRatio - unpackedBytes;
    try {
      const bytes = unpackFrame(frame, Math.min(leftByRatio, bySize));
      parts.push(bytes);
      unpackedBytes += bytes.length;
      // No more than what is left of the budget was unpacked.
      budget.addBytes(bytes.length);
    } catch (error) {
      const claimedBytes =
        unpackedBytes + Math.max(claimedContentBytes(frame), Math.min(leftByRatio, bySize));
      return { bytes: Buffer.concat(parts), trouble: troubleOf(error, leftByRatio < bySize, claimedBytes) };
    }
  }
  const [first = nothing] = parts;
  const bytes = parts.length > 1 ? Buffer.concat(parts) : first;
  return isDamaged || frames.length === 0 ? { bytes, trouble: invalid } : { bytes };
}

/** @throws what zlib throws, also where it leaves a part of the frame unread */
function unpackFrame(frame: Buffer, maxBytes: number): Buffer {
  const { buffer, engine } = asInformed(
    zstdDecompressSync(frame, {
      maxOutputLength: Math.max(1, maxBytes),
      params: { [constants.ZSTD_d_windowLogMax]: largestWindow },
      info: true,
    }),
  );
  if (engine.bytesWritten !== frame.length) throw new Error('A part of the frame was left.');
  return buffer;
}

const invalid: Trouble = { problem: 'damaged', detail: 'its compressed data is invalid' };

function troubleOf(error: unknown, isRatio: boolean, claimedBytes: number): Trouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return { problem: isRatio ? 'ratioTooHigh' : 'memberTooLarge', claimedBytes };
  }
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') return { problem: 'memberTooLarge' };
  return invalid;
}

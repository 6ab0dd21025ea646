import { constants, zstdDecompressSync } from 'node:zlib';
import { type ArchiveBudget, freeMemberBytes } from './archiveBudget';
import type { Packed, Trouble, Unpacked } from './unpack';

/** The largest window, as a power of two, for which memory is set aside; what `zstd` itself makes without `--long`. */
const largestWindow = 27;

/** Zstandard, by Node's zlib in one call: it has no way to do so in pieces that could be given up. */
export function unzstd(packed: Packed, budget: ArchiveBudget): Unpacked {
  const nothing = Buffer.alloc(0);
  // Editors older than 1.101 have a Node without it.
  if (typeof zstdDecompressSync !== 'function') {
    return { bytes: nothing, trouble: { problem: 'unsupportedMethod', detail: 'Zstandard' } };
  }
  if (packed.length > budget.memberBytes) return { bytes: nothing, trouble: { problem: 'memberTooLarge' } };
  const input = packed.source.read(packed.start, packed.length);
  const byRatio = Math.max(freeMemberBytes, packed.length * budget.limits.maxRatio);
  const bySize = Math.min(budget.memberBytes, budget.leftBytes);
  budget.checkpoint();
  try {
    const bytes = zstdDecompressSync(input, {
      maxOutputLength: Math.max(1, Math.min(byRatio, bySize)),
      params: { [constants.ZSTD_d_windowLogMax]: largestWindow },
    });
    budget.addBytes(bytes.length);
    return { bytes };
  } catch (error) {
    const claimedBytes = Math.max(claimedSize(input), Math.min(byRatio, bySize));
    return { bytes: nothing, trouble: troubleOf(error, byRatio < bySize, claimedBytes) };
  }
}

function troubleOf(error: unknown, isRatio: boolean, claimedBytes: number): Trouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return { problem: isRatio ? 'ratioTooHigh' : 'memberTooLarge', claimedBytes };
  }
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') return { problem: 'memberTooLarge' };
  return { problem: 'damaged', detail: 'its compressed data is invalid' };
}

/** @returns the size that the first frame's header states (RFC 8878, 3.1.1.1); 0 where it states none */
function claimedSize(frame: Buffer): number {
  const headerAt = 4;
  const descriptor = frame[headerAt] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = headerAt + 1 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  const isLong = descriptor >>> 6 === 3;
  // Sizes of fewer than eight bytes are too small to matter, or fit four.
  if (descriptor >>> 6 === 2 && at + 4 <= frame.length) return frame.readUInt32LE(at);
  return isLong && at + 8 <= frame.length ? Number(frame.readBigUInt64LE(at)) : 0;
}

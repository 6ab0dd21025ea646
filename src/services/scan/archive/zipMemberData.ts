import type { ArchiveBudget } from './archiveBudget';
import {
  hasChecksum,
  inflateBounded,
  inflateWhole,
  type Packed,
  type Trouble,
  type Unpacked,
} from './unpack';
import { type ZipEntry, zipFlags } from './zipDirectory';
import { unzstd } from './zstd';

/** Methods that are not unpacked, by their usual names (APPNOTE 4.4.5). */
const otherMethods: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  95: 'XZ',
  98: 'PPMd',
};
const methods = { stored: 0, deflate: 8, zstandard: 93, aes: 99 } as const;
const nothing = Buffer.alloc(0);

/** What a member of a zip archive holds; with trouble, what came before it. */
export function unpackEntry(entry: ZipEntry, packed: Packed, budget: ArchiveBudget): Unpacked {
  const quick = ifAllIsTrue(entry, packed, budget);
  if (quick !== undefined) return quick;
  // Some set the mark of encryption on what is not encrypted, which some readers do not mind: that is found above.
  if ((entry.flags & zipFlags.encrypted) !== 0) {
    const detail = entry.method === methods.aes ? 'AES' : 'ZipCrypto';
    return { bytes: nothing, trouble: { problem: 'encrypted', detail } };
  }
  const unpacked = whateverIsTrue(entry, packed, budget);
  if (unpacked.trouble !== undefined || budget.stoppedBy !== undefined) return unpacked;
  const trouble = whatIsUntrue(entry, packed, unpacked.bytes);
  return trouble === undefined ? unpacked : { ...unpacked, trouble };
}

/** @returns undefined unless all that is said about it is true */
function ifAllIsTrue(entry: ZipEntry, packed: Packed, budget: ArchiveBudget): Unpacked | undefined {
  if (packed.length !== entry.packedBytes) return undefined;
  let unpacked: Unpacked | undefined;
  if (entry.method === methods.deflate) {
    const bytes = inflateWhole(packed, entry.unpackedBytes, 'deflate', budget);
    unpacked = bytes === undefined ? undefined : { bytes };
  } else if (entry.method === methods.stored && packed.length === entry.unpackedBytes) {
    unpacked = readStored(packed, budget);
  }
  if (unpacked === undefined || unpacked.trouble !== undefined) return undefined;
  if (!hasChecksum(unpacked.bytes, entry.checksum)) return undefined;
  budget.addBytes(unpacked.bytes.length);
  return unpacked;
}

function whateverIsTrue(entry: ZipEntry, packed: Packed, budget: ArchiveBudget): Unpacked {
  switch (entry.method) {
    case methods.stored: {
      const stored = readStored(packed, budget);
      budget.addBytes(stored.bytes.length);
      return stored;
    }
    case methods.deflate:
      return inflateBounded(packed, entry.unpackedBytes, budget);
    case methods.zstandard:
      return unzstd(packed, budget);
    default: {
      const detail = otherMethods[entry.method] ?? `method ${entry.method}`;
      return { bytes: nothing, trouble: { problem: 'unsupportedMethod', detail } };
    }
  }
}

function readStored({ source, start, length }: Packed, budget: ArchiveBudget): Unpacked {
  const { isShared } = source;
  const maxBytes = isShared ? budget.sharedBytes : budget.memberBytes;
  const bytes = source.read(start, Math.min(length, maxBytes));
  if (length <= maxBytes) return { bytes, isShared };
  return { bytes, isShared, trouble: { problem: 'memberTooLarge', claimedBytes: length } };
}

function whatIsUntrue(entry: ZipEntry, packed: Packed, bytes: Uint8Array): Trouble | undefined {
  if (packed.length < entry.packedBytes) return { problem: 'truncated' };
  if (bytes.length !== entry.unpackedBytes) {
    return { problem: 'damaged', detail: `it says ${entry.unpackedBytes} bytes and holds ${bytes.length}` };
  }
  if (!hasChecksum(bytes, entry.checksum)) return { problem: 'damaged', detail: 'its checksum is wrong' };
  return undefined;
}

/**
 * The frames of a Zstandard file (RFC 8878, 3.1): found by their headers and those of their blocks, without unpacking
 * anything. Node's zlib unpacks the first frame and says nothing of those behind it, which other programs unpack, too.
 */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
}

export interface ZstdFrames {
  readonly frames: readonly ZstdFrame[];
  /** What follows them is no frame, or the last one is cut. */
  readonly isDamaged: boolean;
}

const zstdMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** The last four bits of a skippable frame's magic are its maker's. */
const skippableMask = 0xfffffff0;
const magicBytes = 4;
const skippableHeaderBytes = 8;
const blockHeaderBytes = 3;
const checksumBytes = 4;
/** Blocks of one byte that is repeated. */
const repeatedByte = 1;
const reservedBlock = 3;

export function isZstdMagic(magic: number): boolean {
  return magic === zstdMagic;
}

export function isSkippableMagic(magic: number): boolean {
  return (magic & skippableMask) >>> 0 === skippableMagic;
}

export function findZstdFrames(bytes: Buffer): ZstdFrames {
  const frames: ZstdFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = frameEnd(bytes, at);
    if (end === undefined) return { frames, isDamaged: true };
    if (bytes.readUInt32LE(at) === zstdMagic) frames.push({ start: at, end });
    at = end;
  }
  return { frames, isDamaged: false };
}

/** Where the frame ends that begins there; undefined where none does, or it is cut. */
function frameEnd(bytes: Buffer, start: number): number | undefined {
  if (start + magicBytes >= bytes.length) return undefined;
  const magic = bytes.readUInt32LE(start);
  if (isSkippableMagic(magic)) {
    if (start + skippableHeaderBytes > bytes.length) return undefined;
    return within(bytes, start + skippableHeaderBytes + bytes.readUInt32LE(start + magicBytes));
  }
  if (!isZstdMagic(magic)) return undefined;
  const { headerBytes, hasChecksum } = readFrameHeader(bytes[start + magicBytes] ?? 0);
  let at = start + magicBytes + headerBytes;
  for (;;) {
    if (at + blockHeaderBytes > bytes.length) return undefined;
    const header = bytes.readUIntLE(at, blockHeaderBytes);
    const type = (header >>> 1) & 3;
    if (type === reservedBlock) return undefined;
    at += blockHeaderBytes + (type === repeatedByte ? 1 : header >>> 3);
    if ((header & 1) === 1) return within(bytes, at + (hasChecksum ? checksumBytes : 0));
  }
}

function within(bytes: Buffer, end: number): number | undefined {
  return end <= bytes.length ? end : undefined;
}

interface FrameHeader {
  /** From the descriptor on. */
  readonly headerBytes: number;
  readonly hasChecksum: boolean;
  /** Where the content's size stands, counted from the descriptor, and how many bytes it has. */
  readonly sizeAt: number;
  readonly sizeBytes: number;
}

function readFrameHeader(descriptor: number): FrameHeader {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const sizeAt = 1 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  return { headerBytes: sizeAt + sizeBytes, hasChecksum: (descriptor & 4) !== 0, sizeAt, sizeBytes };
}

/** @returns the size that the header of a frame states; 0 where it states none, or one too small to matter */
export function claimedContentBytes(frame: Buffer): number {
  const { sizeAt, sizeBytes } = readFrameHeader(frame[magicBytes] ?? 0);
  const at = magicBytes + sizeAt;
  if (sizeBytes < 4 || at + sizeBytes > frame.length) return 0;
  return sizeBytes === 4 ? frame.readUInt32LE(at) : Number(frame.readBigUInt64LE(at));
}

import { crc32 } from 'node:zlib';
import type { ArchiveBudget } from './archiveBudget';
import type { ByteSource } from './byteSource';
import { eventsOf, type FormatEvent } from './formatEvent';
import { Inflater } from './inflater';
import { unixName } from './memberName';
import { isTarHeader, tarBlockBytes } from './tarHeader';
import { PieceInput } from './tarInput';
import { readTar, readUnpackedTar } from './tarReader';
import { inflateWhole, inputPieceBytes, type Trouble } from './unpack';

const magic = Buffer.from([0x1f, 0x8b, 8]);
const headerBytes = 10;
const trailerBytes = 8;
const flags = { headerChecksum: 2, extra: 4, name: 8, comment: 16 } as const;
/** Names and comments in headers end somewhere. */
const longestHeader = 64 * 1024;

/**
 * Reads a gzip file: what it holds is one member, or those of the tar archive that it is.
 * @param fileName the gzip's own, after which its content is named where it does not say
 */
export function* readGzip(
  source: ByteSource,
  fileName: string,
  budget: ArchiveBudget,
): Generator<FormatEvent> {
  const whole = inflateAll(source, budget);
  if (whole !== undefined) {
    if (!budget.addBytes(whole.length)) return;
    if (isTarHeader(whole)) yield* readUnpackedTar(whole, budget);
    else if (budget.addMember()) {
      const claimedBytes = whole.length;
      const isTooLarge = claimedBytes > budget.memberBytes;
      yield* eventsOf(contentName(source, fileName), {
        bytes: whole.subarray(0, budget.memberBytes),
        ...(isTooLarge ? { trouble: { problem: 'memberTooLarge', claimedBytes } } : {}),
      });
    }
    return;
  }
  const stream = new GzipStream(source, budget);
  const input = new PieceInput(() => stream.next());
  if (isTarHeader(input.peek(tarBlockBytes))) yield* readTar(input, budget, { isCounted: true });
  else if (budget.addMember()) {
    const { memberBytes } = budget;
    const bytes = input.take(memberBytes);
    const isTooLarge = bytes.length === memberBytes && input.peek(1).length > 0;
    const name = contentName(source, fileName);
    if (isTooLarge) yield* eventsOf(name, { bytes, trouble: { problem: 'memberTooLarge' } });
    else {
      const isWhole = stream.trouble === undefined || stream.trouble.problem === 'damaged';
      if (bytes.length > 0 || isWhole) yield { type: 'member', name, bytes, isWhole, isShared: false };
    }
  }
  if (stream.trouble !== undefined) yield { type: 'problem', ...stream.trouble };
}

/** By the size that an ordinary file has at its end. */
function inflateAll(source: ByteSource, budget: ArchiveBudget): Buffer | undefined {
  const { sizeBytes } = source;
  if (sizeBytes < headerBytes + trailerBytes || sizeBytes > budget.memberBytes) return undefined;
  const expectedBytes = source.read(sizeBytes - 4, 4).readUInt32LE(0);
  return inflateWhole({ source, start: 0, length: sizeBytes }, expectedBytes, 'gzip', budget);
}

/** The name in its header, else its own without `.gz`. */
function contentName(source: ByteSource, fileName: string): string {
  const header = readHeader(source, 0);
  if (header?.name !== undefined && header.name !== '') return header.name;
  return fileName.replace(/\.(gz|gzip|z)$/i, '').replace(/\.(tgz|taz)$/i, '.tar') || fileName;
}

interface GzipHeader {
  readonly dataAt: number;
  readonly name?: string;
}

function readHeader(source: ByteSource, start: number): GzipHeader | undefined {
  const bytes = source.read(start, longestHeader);
  if (bytes.length < headerBytes || !bytes.subarray(0, 3).equals(magic)) return undefined;
  const flag = bytes[3] ?? 0;
  let at = headerBytes;
  if ((flag & flags.extra) !== 0) at += at + 2 <= bytes.length ? 2 + bytes.readUInt16LE(at) : 2;
  let name: string | undefined;
  if ((flag & flags.name) !== 0) {
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    name = unixName(bytes.subarray(at, end));
    at = end + 1;
  }
  if ((flag & flags.comment) !== 0) {
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if ((flag & flags.headerChecksum) !== 0) at += 2;
  if (at > bytes.length) return undefined;
  return { dataAt: start + at, ...(name === undefined ? {} : { name }) };
}

/** The content of all parts of a gzip file, one after another. */
class GzipStream {
  trouble: Trouble | undefined;
  private part: Inflater | undefined;
  private dataAt = 0;
  private nextAt = 0;
  private checksum = 0;
  private partBytes = 0;
  private totalBytes = 0;
  private ended = false;

  constructor(
    private readonly source: ByteSource,
    private readonly budget: ArchiveBudget,
  ) {}

  next(): Uint8Array | undefined {
    while (!this.ended) {
      this.budget.checkpoint();
      this.part ??= this.begin();
      const piece = this.part?.read();
      if (piece !== undefined) return this.checked(piece);
      this.finish();
    }
    return undefined;
  }

  private begin(): Inflater | undefined {
    const header = readHeader(this.source, this.nextAt);
    if (header === undefined) {
      this.stop(this.source.sizeBytes - this.nextAt < headerBytes ? 'truncated' : 'damaged');
      return undefined;
    }
    this.dataAt = header.dataAt;
    this.checksum = 0;
    this.partBytes = 0;
    let at = header.dataAt;
    return new Inflater(() => {
      const piece = this.source.read(at, inputPieceBytes);
      at += piece.length;
      return piece;
    });
  }

  private checked(piece: Uint8Array): Uint8Array | undefined {
    this.checksum = crc32(piece, this.checksum);
    this.partBytes += piece.length;
    this.totalBytes += piece.length;
    const consumed = this.dataAt + (this.part?.consumedBytes ?? 0);
    if (!this.budget.addBytes(piece.length)) this.ended = true;
    else if (this.budget.isRatioTooHigh(this.totalBytes, consumed)) {
      const claimedBytes = Math.round((this.totalBytes / consumed) * this.source.sizeBytes);
      this.trouble = { problem: 'ratioTooHigh', claimedBytes };
      this.ended = true;
    }
    return piece;
  }

  /** After the last byte of a part. */
  private finish(): void {
    const { part } = this;
    this.part = undefined;
    if (part === undefined) return;
    if (part.state !== 'ended') {
      this.stop(part.state === 'truncated' ? 'truncated' : 'damaged');
      return;
    }
    const trailerAt = this.dataAt + part.consumedBytes;
    const trailer = this.source.read(trailerAt, trailerBytes);
    if (trailer.length < trailerBytes) {
      this.stop('truncated');
      return;
    }
    if (trailer.readUInt32LE(0) !== this.checksum || trailer.readUInt32LE(4) !== this.partBytes >>> 0) {
      this.trouble = { problem: 'damaged', detail: 'its checksum is wrong' };
    }
    this.nextAt = this.behindZeros(trailerAt + trailerBytes);
    // Another part may follow. Anything else after the end is no part of the content, and every program passes over it.
    this.ended = readHeader(this.source, this.nextAt) === undefined;
  }

  /** Padding, over which some programs read on. */
  private behindZeros(from: number): number {
    for (let at = from; ;) {
      this.budget.checkpoint();
      const piece = this.source.read(at, inputPieceBytes);
      if (piece.length === 0) return at;
      const index = piece.findIndex((byte) => byte !== 0);
      if (index >= 0) return at + index;
      at += piece.length;
    }
  }

  private stop(problem: 'truncated' | 'damaged'): void {
    this.trouble ??= { problem };
    this.ended = true;
  }
}

import { crc32, deflateRawSync } from 'node:zlib';

/** A member of an archive, with what it says about itself where that is not true. */
export interface ZipPart {
  readonly name: string | Buffer;
  readonly content?: string | Uint8Array;
  /** 8 is DEFLATE, the default; 0 keeps the bytes as they are. Of others, `packed` has the bytes. */
  readonly method?: number;
  /** Instead of the content, packed. */
  readonly packed?: Uint8Array;
  readonly flags?: number;
  readonly checksum?: number;
  readonly packedBytes?: number;
  readonly unpackedBytes?: number;
  /** Sizes and checksum follow the data, and the header before it has none. */
  readonly sizesFollow?: boolean;
  /** Sizes are in the field of zip64. */
  readonly zip64?: boolean;
  /** It has a header and data, but no entry in the directory. */
  readonly isHidden?: boolean;
  /** It has an entry in the directory, which points there instead of to a header of its own. */
  readonly headerAt?: number;
}

export interface ZipOptions {
  /** Put before the archive, whose positions do not count it. */
  readonly prefix?: Uint8Array;
  readonly comment?: Uint8Array;
  /** Bytes between the members and the directory. */
  readonly gap?: Uint8Array;
  readonly entryCount?: number;
  readonly directoryAt?: number;
  /** The record at the end is that of zip64. */
  readonly zip64?: boolean;
}

export const flagOf = { encrypted: 1, sizesFollow: 8, utf8: 0x800 } as const;
const unknown32 = 0xffffffff;

/** Builds a zip archive byte by byte, so that any of it can be untrue. */
export function zip(parts: readonly ZipPart[], options: ZipOptions = {}): Buffer {
  const pieces: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const member = memberOf(part);
    if (part.headerAt === undefined) pieces.push(member.header, member.packed, member.descriptor);
    if (part.isHidden !== true) entries.push(entryOf(part, member, part.headerAt ?? at));
    if (part.headerAt === undefined) {
      at += member.header.length + member.packed.length + member.descriptor.length;
    }
  }
  const gap = Buffer.from(options.gap ?? []);
  const directory = Buffer.concat(entries);
  const directoryAt = options.directoryAt ?? at + gap.length;
  const entryCount = options.entryCount ?? entries.length;
  const end =
    options.zip64 === true
      ? end64(entryCount, directory.length, directoryAt, at + gap.length + directory.length)
      : Buffer.alloc(0);
  const record = endRecord(
    options.zip64 === true ? 0xffff : entryCount,
    options.zip64 === true ? unknown32 : directory.length,
    options.zip64 === true ? unknown32 : directoryAt,
    Buffer.from(options.comment ?? []),
  );
  return Buffer.concat([Buffer.from(options.prefix ?? []), ...pieces, gap, directory, end, record]);
}

interface Member {
  readonly name: Buffer;
  readonly header: Buffer;
  readonly packed: Buffer;
  readonly descriptor: Buffer;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly flags: number;
  readonly method: number;
}

function memberOf(part: ZipPart): Member {
  const name = Buffer.from(part.name);
  const content = Buffer.from(part.content ?? '');
  const method = part.method ?? 8;
  const packed = Buffer.from(part.packed ?? (method === 8 ? deflateRawSync(content) : content));
  const flags = (part.flags ?? flagOf.utf8) | (part.sizesFollow === true ? flagOf.sizesFollow : 0);
  const checksum = part.checksum ?? crc32(content);
  const packedBytes = part.packedBytes ?? packed.length;
  const unpackedBytes = part.unpackedBytes ?? content.length;
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(method, 8);
  const extra = part.zip64 === true ? sizes64(unpackedBytes, packedBytes) : Buffer.alloc(0);
  if (part.sizesFollow !== true) {
    header.writeUInt32LE(checksum, 14);
    header.writeUInt32LE(part.zip64 === true ? unknown32 : packedBytes, 18);
    header.writeUInt32LE(part.zip64 === true ? unknown32 : unpackedBytes, 22);
  }
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  const descriptor = Buffer.alloc(part.sizesFollow === true ? 16 : 0);
  if (part.sizesFollow === true) {
    descriptor.writeUInt32LE(0x08074b50, 0);
    descriptor.writeUInt32LE(checksum, 4);
    descriptor.writeUInt32LE(packedBytes, 8);
    descriptor.writeUInt32LE(unpackedBytes, 12);
  }
  return {
    name,
    header: Buffer.concat([header, name, extra]),
    packed,
    descriptor,
    checksum,
    packedBytes,
    unpackedBytes,
    flags,
    method,
  };
}

function entryOf(part: ZipPart, member: Member, headerAt: number): Buffer {
  const extra =
    part.zip64 === true ? sizes64(member.unpackedBytes, member.packedBytes, headerAt) : Buffer.alloc(0);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 4);
  entry.writeUInt16LE(20, 6);
  entry.writeUInt16LE(member.flags, 8);
  entry.writeUInt16LE(member.method, 10);
  entry.writeUInt32LE(member.checksum, 16);
  entry.writeUInt32LE(part.zip64 === true ? unknown32 : member.packedBytes, 20);
  entry.writeUInt32LE(part.zip64 === true ? unknown32 : member.unpackedBytes, 24);
  entry.writeUInt16LE(member.name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(part.zip64 === true ? unknown32 : headerAt, 42);
  return Buffer.concat([entry, member.name, extra]);
}

function sizes64(...numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  for (const [index, number] of numbers.entries()) field.writeBigUInt64LE(BigInt(number), 4 + 8 * index);
  return field;
}

function end64(entryCount: number, directoryBytes: number, directoryAt: number, at: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entryCount), 24);
  record.writeBigUInt64LE(BigInt(entryCount), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}

export function endRecord(
  entryCount: number,
  directoryBytes: number,
  directoryAt: number,
  comment: Uint8Array,
): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entryCount & 0xffff, 8);
  record.writeUInt16LE(entryCount & 0xffff, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryAt, 16);
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([record, comment]);
}

import { crc32 } from 'node:zlib';
import { storedBlock } from './deflateBuilder';
import { endRecord } from './zipBuilder';

/** Each instruction of the compressed stream is as long as any other. */
const instructionBytes = 5;

/** Says that this many bytes follow as they are. */
function literal(count: number): Buffer {
  return storedBlock(Buffer.alloc(count)).subarray(0, instructionBytes);
}

/** Bits as DEFLATE packs them: codes from their first bit on, numbers from their last. */
class BitWriter {
  private readonly bits: number[] = [];

  code(value: number, length: number): this {
    for (let bit = length - 1; bit >= 0; bit--) this.bits.push((value >>> bit) & 1);
    return this;
  }

  number(value: number, length: number): this {
    for (let bit = 0; bit < length; bit++) this.bits.push((value >>> bit) & 1);
    return this;
  }

  bytes(): Buffer {
    if (this.bits.length !== instructionBytes * 8) throw new Error(`${this.bits.length} bits`);
    const bytes = Buffer.alloc(instructionBytes);
    for (const [index, bit] of this.bits.entries())
      bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (index & 7));
    return bytes;
  }
}

const fixedBlock = 2;
const blockEnd = 0;

/** Says the last bytes once more. Only some counts fit into an instruction. */
function repeat(count: number): Buffer {
  const writer = new BitWriter().number(fixedBlock, 3);
  const match = { 18: 9, 20: 10 }[count];
  if (match !== undefined) {
    // Two matches of length 9 or 10, at a distance from 17 to 24.
    for (let times = 0; times < 2; times++)
      writer
        .code(match - 2, 7)
        .code(8, 5)
        .number(count - 17, 3);
    return writer.code(blockEnd, 7).bytes();
  }
  // One match, and an empty block to fill up.
  if (count === 65)
    writer
      .code(276 - 256, 7)
      .number(65 - 59, 3)
      .code(12, 5)
      .number(0, 5);
  else if (count === 258)
    writer
      .code(0b11000000 + 285 - 280, 8)
      .code(16, 5)
      .number(1, 7);
  else throw new Error(`No instruction repeats ${count} bytes.`);
  return writer.code(blockEnd, 7).number(fixedBlock, 3).code(blockEnd, 7).bytes();
}

/**
 * A compressed file that unpacks to itself: what precedes the stream, instructions that say themselves, what follows
 * it. The sequence is Russ Cox's ("Zip Files All The Way Down", 2010).
 */
function selfReproducing(prefix: Buffer, suffix: Buffer): Buffer {
  const [p, s] = [prefix.length + instructionBytes, suffix.length + instructionBytes];
  const four = 4 * instructionBytes;
  const [lp, rp, ls, rs] = [literal(p), repeat(p), literal(s), repeat(s)];
  const [l0, l1, l4, r4] = [literal(0), literal(instructionBytes), literal(four), repeat(four)];
  return Buffer.concat([
    ...[prefix, lp, prefix, lp, rp],
    ...[l1, rp, l1, l1, l4, rp, l1, l1, l4, r4],
    ...[l4, r4, l4, r4, l4, r4, l4, r4, l0, l0, ls, r4],
    ...[l0, l0, ls, rs, suffix, rs, suffix],
  ]);
}

const lastBlock = storedBlock(Buffer.alloc(0), true);

/** A gzip file that unpacks to itself, with the right checksum. */
export function gzipQuine(): Buffer {
  return withOwnChecksum((checksum, salt) => {
    const prefix = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, ...Buffer.from('r.gz\0')]);
    prefix.writeUInt32LE(salt, 4);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(checksum, 0);
    const build = (): Buffer => selfReproducing(prefix, Buffer.concat([lastBlock, trailer]));
    trailer.writeUInt32LE(build().length, 4);
    return build();
  });
}

/** A zip archive whose only member is the archive, with the right checksum. */
export function zipQuine(): Buffer {
  const name = Buffer.from('an-archive-that-has-itself.zip');
  return withOwnChecksum((checksum, salt) => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(salt, 10);
    header.writeUInt32LE(checksum, 14);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    header.copy(entry, 6, 4, 30);
    const comment = Buffer.alloc(258 - 2 * instructionBytes - 46 - name.length - 22, '.');
    let directoryAt = 0;
    const build = (): Buffer => {
      const end = endRecord(1, entry.length + name.length, directoryAt, comment);
      return selfReproducing(Buffer.concat([header, name]), Buffer.concat([lastBlock, entry, name, end]));
    };
    const sizeBytes = build().length;
    directoryAt = sizeBytes - 46 - name.length - 22 - comment.length;
    const packedBytes = directoryAt - header.length - name.length;
    for (const [record, at] of [
      [header, 18],
      [entry, 20],
    ] as const) {
      record.writeUInt32LE(packedBytes, at);
      record.writeUInt32LE(sizeBytes, at + 4);
    }
    return build();
  });
}

/**
 * Finds the checksum that a file has to contain to have it. Of files of one length, the checksum is an affine function
 * of each bit, so that it is the solution of 32 equations; where they have none, a salt makes other ones.
 */
function withOwnChecksum(build: (checksum: number, salt: number) => Buffer): Buffer {
  for (let salt = 0; salt < 64; salt++) {
    const base = crc32(build(0, salt));
    // A row for each bit of the checksum: which bits of the unknown it depends on, and the constant in bit 32.
    const rows = Array.from({ length: 32 }, (_, bit) => BigInt((base >>> bit) & 1) << 32n);
    for (let unknown = 0; unknown < 32; unknown++) {
      const change = (crc32(build((1 << unknown) >>> 0, salt)) ^ base ^ (1 << unknown)) >>> 0;
      for (const [bit, row] of rows.entries())
        rows[bit] = row | (BigInt((change >>> bit) & 1) << BigInt(unknown));
    }
    const checksum = solve(rows);
    if (checksum === undefined) continue;
    const file = build(checksum, salt);
    if (crc32(file) === checksum) return file;
  }
  throw new Error('There is no such checksum.');
}

/** Gauss's elimination over bits. */
function solve(rows: bigint[]): number | undefined {
  const pivots: number[] = [];
  for (let column = 0; column < 32; column++) {
    const mask = 1n << BigInt(column);
    const at = rows.findIndex((row, index) => index >= pivots.length && (row & mask) !== 0n);
    if (at < 0) continue;
    const place = pivots.length;
    [rows[place], rows[at]] = [rows[at]!, rows[place]!];
    const pivot = rows[place];
    for (const [index, row] of rows.entries())
      if (index !== place && (row & mask) !== 0n) rows[index] = row ^ pivot;
    pivots.push(column);
  }
  const constant = 1n << 32n;
  if (rows.slice(pivots.length).some((row) => (row & constant) !== 0n)) return undefined;
  return pivots.reduce(
    (value, column, index) => value + ((rows[index]! & constant) === 0n ? 0 : 2 ** column),
    0,
  );
}

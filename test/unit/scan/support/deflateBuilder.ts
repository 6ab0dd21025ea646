import { constants, deflateRawSync } from 'node:zlib';

const mebibyte = 1024 * 1024;

/** DEFLATE of many zeros, without ever having them: the same block again and again. */
export function deflatedZeros(mebibytes: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(mebibyte), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  const last = Buffer.from([3, 0]);
  return Buffer.concat([...Array.from({ length: mebibytes }, () => block), last]);
}

/** A block that says its bytes as they are. */
export function storedBlock(bytes: Uint8Array, isLast = false): Buffer {
  const header = Buffer.alloc(5);
  header[0] = isLast ? 1 : 0;
  header.writeUInt16LE(bytes.length, 1);
  header.writeUInt16LE(bytes.length ^ 0xffff, 3);
  return Buffer.concat([header, bytes]);
}

/** A gzip file around DEFLATE that is there already. */
export function gzipOf(
  deflated: Uint8Array,
  options: { checksum?: number; size?: number; name?: string } = {},
): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, options.name === undefined ? 0 : 8, 0, 0, 0, 0, 0, 3]);
  const name = options.name === undefined ? Buffer.alloc(0) : Buffer.from(`${options.name}\0`, 'latin1');
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(options.checksum ?? 0, 0);
  trailer.writeUInt32LE(options.size ?? 0, 4);
  return Buffer.concat([header, name, deflated, trailer]);
}

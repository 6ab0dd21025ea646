import { unixName } from './memberName';

export const tarBlockBytes = 512;

export interface TarHeader {
  readonly name: string;
  /** Negative where it is no size. */
  readonly sizeBytes: number;
  /** One character; `0` for an ordinary file. */
  readonly kind: string;
  readonly linkTarget: string;
  /** GNU's sparse files: more blocks of header follow. */
  readonly isExtended: boolean;
}

const zeros = Buffer.alloc(tarBlockBytes);

export function isZeroBlock(block: Uint8Array): boolean {
  return block[0] === 0 && zeros.subarray(0, block.length).equals(block);
}

/** @returns whether the block carries its own checksum, which next to nothing else does */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < tarBlockBytes || block[0] === 0) return false;
  const checksum = octal(block.subarray(148, 156));
  let unsigned = 0;
  let signed = 0;
  for (let index = 0; index < tarBlockBytes; index++) {
    const byte = index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  // Some old programs took bytes for signed.
  return checksum === unsigned || checksum === signed;
}

export function readTarHeader(block: Uint8Array): TarHeader {
  const isPosix = latin1(block.subarray(257, 262)) === 'ustar';
  const isGnu = isPosix && block[263] === 0x20;
  const prefix = isPosix && !isGnu ? text(block.subarray(345, 500)) : '';
  const name = text(block.subarray(0, 100));
  const kind = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    sizeBytes: number(block.subarray(124, 136)),
    kind: kind === '\0' ? '0' : kind,
    linkTarget: text(block.subarray(157, 257)),
    isExtended: block[482] === 1,
  };
}

/**
 * Records of a pax header, `LENGTH KEY=VALUE` and a newline each.
 * @returns those that are in order; what follows one that is not cannot be found
 */
export function readPaxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(latin1(bytes.subarray(at, Math.min(space, at + 16))));
    if (!Number.isInteger(length) || length < 5 || at + length > bytes.length) break;
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= at + length) break;
    records.set(
      latin1(bytes.subarray(space + 1, equals)),
      unixName(bytes.subarray(equals + 1, at + length - 1)),
    );
    at += length;
  }
  return records;
}

/** Up to the first NUL. */
export function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return unixName(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or a binary number of any sign where the first bit is set (GNU). */
function number(field: Uint8Array): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) === 0) return octal(field);
  if ((first & 0x40) !== 0) return -1;
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, first & 0x3f);
}

/** @returns -1 where it is no number */
function octal(field: Uint8Array): number {
  const digits = latin1(field)
    .replace(/^[ \0]+/, '')
    .replace(/[ \0][^]*$/, '');
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : -1;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

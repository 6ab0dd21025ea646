const blockBytes = 512;

/** A member of a tar archive, with what it says about itself where that is not true. */
export interface TarPart {
  readonly name: string | Buffer;
  readonly content?: string | Uint8Array;
  /** One character; `0` is an ordinary file. */
  readonly kind?: string;
  readonly linkTarget?: string;
  /** The field as it is, twelve bytes at most. */
  readonly size?: string | Buffer;
  readonly checksum?: number;
  readonly prefix?: string;
}

export interface TarOptions {
  /** Blocks of zeros at the end; two by rule. */
  readonly zeroBlocks?: number;
}

/** Builds a tar archive byte by byte, so that any of it can be untrue. */
export function tar(parts: readonly TarPart[], { zeroBlocks = 2 }: TarOptions = {}): Buffer {
  return Buffer.concat([...parts.map(partBytes), Buffer.alloc(zeroBlocks * blockBytes)]);
}

function partBytes(part: TarPart): Buffer {
  const content = Buffer.from(part.content ?? '');
  const header = Buffer.alloc(blockBytes);
  Buffer.from(part.name).copy(header, 0, 0, 100);
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  Buffer.from(part.size ?? `${content.length.toString(8).padStart(11, '0')}\0`).copy(header, 124, 0, 12);
  header.write('00000000000\0', 136, 'latin1');
  header.write(part.kind ?? '0', 156, 'latin1');
  header.write(part.linkTarget ?? '', 157, 100, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(part.prefix ?? '', 345, 155, 'latin1');
  header.fill(0x20, 148, 156);
  const checksum = part.checksum ?? header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const padding = (blockBytes - (content.length % blockBytes)) % blockBytes;
  return Buffer.concat([header, content, Buffer.alloc(padding)]);
}

/** A header of pax, which says something about the member after it. */
export function pax(records: Readonly<Record<string, string>>, kind = 'x'): TarPart {
  const content = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const length = Buffer.byteLength(rest);
      // The length counts its own digits.
      const digits = String(length + String(length).length).length;
      return `${length + digits}${rest}`;
    })
    .join('');
  return { name: 'PaxHeaders/1', kind, content };
}

/** A size as GNU writes it where octal digits do not suffice. */
export function binarySize(sizeBytes: bigint): Buffer {
  const field = Buffer.alloc(12);
  field.writeBigInt64BE(sizeBytes, 4);
  if (sizeBytes < 0n) field.fill(0xff, 0, 4);
  field[0] = (field[0] ?? 0) | 0x80;
  return field;
}

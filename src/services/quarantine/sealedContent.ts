import { type Cipher, createCipheriv, createDecipheriv, type Decipher, randomBytes } from 'node:crypto';
import { writeAll } from '../files/durably';
import type { FileCalls } from '../files/fileCalls';

/**
 * How content lies in the quarantine: a header of a format that no program opens, and after it the content, encrypted
 * byte by byte. The key is in the header: this keeps nothing secret, and keeps the content from being run, opened,
 * previewed, indexed or taken for itself by whatever comes across the file.
 */
const magic = Buffer.from('sentinel sealed\0', 'latin1');
const algorithm = 'aes-256-ctr';
const keyBytes = 32;
const ivBytes = 16;
/** How much longer sealed content is. */
export const sealBytes = magic.length + keyBytes + ivBytes;

/** Writes content in sealed form, at the place of the descriptor. Throws what the system throws. */
export class SealedWriter {
  private readonly cipher: Cipher;

  constructor(
    private readonly calls: FileCalls,
    private readonly descriptor: number,
  ) {
    const key = randomBytes(keyBytes);
    const iv = randomBytes(ivBytes);
    this.cipher = createCipheriv(algorithm, key, iv);
    writeAll(calls, descriptor, Buffer.concat([magic, key, iv]));
  }

  write(bytes: Uint8Array): void {
    writeAll(this.calls, this.descriptor, this.cipher.update(bytes));
  }
}

/** Makes content of its sealed form, piece after piece, beginning at `sealBytes`. */
export class Unsealing {
  private constructor(private readonly decipher: Decipher) {}

  /** @returns undefined where the file has no such header */
  static of(calls: FileCalls, descriptor: number): Unsealing | undefined {
    const header = Buffer.alloc(sealBytes);
    const count = calls.read(descriptor, header, 0, sealBytes, 0);
    if (count < sealBytes || !header.subarray(0, magic.length).equals(magic)) return undefined;
    const key = header.subarray(magic.length, magic.length + keyBytes);
    return new Unsealing(createDecipheriv(algorithm, key, header.subarray(magic.length + keyBytes)));
  }

  update(bytes: Uint8Array): Uint8Array {
    return this.decipher.update(bytes);
  }
}

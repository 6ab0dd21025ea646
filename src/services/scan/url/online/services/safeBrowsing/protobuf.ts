/** A field of a message: numbers as they are, texts and messages as their bytes. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** Bytes that are no message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
/** A varint of 64 bits. */
const longestVarint = 10;

/**
 * The fields of a message in the binary form of Protocol Buffers, in their order. Numbers above 2^53 lose their last
 * digits; those of fixed length are skipped.
 *
 * @throws ProtobufError for bytes that are no message, or only a part of one
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let count = 0; count < longestVarint; count++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new ProtobufError('The message ends too early.');
      value += (byte & 0x7f) * 2 ** (7 * count);
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('A number is too long.');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new ProtobufError('The message ends too early.');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number === 0) throw new ProtobufError('A field has no number.');
    switch (tag % 8) {
      case wireTypes.varint:
        yield { number, value: varint() };
        break;
      case wireTypes.bytes:
        yield { number, value: take(varint()) };
        break;
      case wireTypes.fixed64:
        take(8);
        break;
      case wireTypes.fixed32:
        take(4);
        break;
      default:
        throw new ProtobufError('A field has an unknown form.');
    }
  }
}

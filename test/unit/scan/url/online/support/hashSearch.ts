import { createHash } from 'node:crypto';

/** A field of a message in the binary form of Protocol Buffers. */
export function field(number: number, value: number | Buffer): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

export const threatNumbers = { malware: 1, phishing: 2, unwanted: 3, harmful: 4 } as const;

export interface Detail {
  readonly threat: number;
  readonly attributes?: readonly number[];
}

/** A part of a link that is listed, as `hashes:search` answers it. */
export function listedPart(part: string, ...details: readonly Detail[]): Buffer {
  return listedHash(createHash('sha256').update(part).digest(), ...details);
}

export function listedHash(hash: Buffer, ...details: readonly Detail[]): Buffer {
  const messages = details.map(({ threat, attributes = [] }) =>
    field(2, Buffer.concat([field(1, threat), ...attributes.map((attribute) => field(2, attribute))])),
  );
  return field(1, Buffer.concat([field(1, hash), ...messages]));
}

/** How long the answer holds. */
export function validFor(seconds: number, nanoseconds = 0): Buffer {
  return field(2, Buffer.concat([field(1, seconds), field(2, nanoseconds)]));
}

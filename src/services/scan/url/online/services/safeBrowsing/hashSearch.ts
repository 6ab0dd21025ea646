import * as v from 'valibot';
import type { HttpResponse } from '../../../../../http/httpClient';
import { jsonAnswer } from '../serviceAnswer';
import { ServiceError } from '../serviceError';
import { ProtobufError, protobufFields } from './protobuf';

export type ThreatType =
  'MALWARE' | 'SOCIAL_ENGINEERING' | 'UNWANTED_SOFTWARE' | 'POTENTIALLY_HARMFUL_APPLICATION';

/** A hash that is listed, with what for. */
export interface ListedHash {
  /** SHA-256 in lower-case hexadecimal digits. */
  readonly hash: string;
  readonly threats: readonly ThreatType[];
}

export interface HashSearchAnswer {
  readonly listed: readonly ListedHash[];
  /** How long the answer holds, for the hashes that are missing as well. */
  readonly validMs: number;
}

/** By their numbers in version 5. */
const threatTypes: readonly (ThreatType | undefined)[] = [
  undefined,
  'MALWARE',
  'SOCIAL_ENGINEERING',
  'UNWANTED_SOFTWARE',
  'POTENTIALLY_HARMFUL_APPLICATION',
];
const hashBytes = 32;
const longestValidMs = 86_400_000;

/**
 * Reads the answer to `hashes:search` of version 5. It comes in the binary form, although it is documented as JSON:
 * both are understood.
 *
 * @throws ServiceError `failed`
 */
export function parseHashSearch({ body, headers }: HttpResponse): HashSearchAnswer {
  const type = headers['content-type'] ?? '';
  if (type.includes('json')) return fromJson(body);
  // Nothing at all would be a message, too: one in which nothing is listed.
  if (!/protobuf|octet-stream/.test(type)) throw new ServiceError('failed', 'The answer is of another type.');
  try {
    return fromProtobuf(body);
  } catch (error) {
    if (error instanceof ProtobufError)
      throw new ServiceError('failed', `The answer is damaged: ${error.message}`);
    throw error;
  }
}

function fromProtobuf(body: Uint8Array): HashSearchAnswer {
  const listed: ListedHash[] = [];
  let validMs = 0;
  for (const { number, value } of protobufFields(body)) {
    if (typeof value === 'number') continue;
    if (number === 1) listed.push(...listedHash(value));
    if (number === 2) validMs = durationMs(value);
  }
  return { listed, validMs: Math.min(validMs, longestValidMs) };
}

function listedHash(message: Uint8Array): readonly ListedHash[] {
  let hash: string | undefined;
  const threats: ThreatType[] = [];
  for (const { number, value } of protobufFields(message)) {
    if (typeof value === 'number') continue;
    if (number === 1 && value.length === hashBytes) hash = Buffer.from(value).toString('hex');
    if (number === 2) threats.push(...threatOf(value));
  }
  if (hash === undefined) throw new ProtobufError('A hash is missing.');
  return threats.length === 0 ? [] : [{ hash, threats }];
}

/** A threat with an attribute is not for everybody (on trial, of frames only); unknown ones are to be left out. */
function threatOf(detail: Uint8Array): readonly ThreatType[] {
  let threat: ThreatType | undefined;
  for (const { number, value } of protobufFields(detail)) {
    if (number === 1 && typeof value === 'number') threat = threatTypes[value];
    // One number alone, or several packed together.
    if (number === 2 && (typeof value === 'number' || value.length > 0)) return [];
  }
  return threat === undefined ? [] : [threat];
}

function durationMs(duration: Uint8Array): number {
  let ms = 0;
  for (const { number, value } of protobufFields(duration)) {
    if (typeof value !== 'number') continue;
    if (number === 1) ms += value * 1_000;
    if (number === 2) ms += value / 1_000_000;
  }
  return ms;
}

const jsonSchema = v.object({
  fullHashes: v.optional(
    v.array(
      v.object({
        fullHash: v.pipe(v.string(), v.base64()),
        fullHashDetails: v.optional(
          v.array(
            v.object({ threatType: v.optional(v.string()), attributes: v.optional(v.array(v.string()), []) }),
          ),
          [],
        ),
      }),
    ),
    [],
  ),
  cacheDuration: v.optional(v.pipe(v.string(), v.regex(/^\d+(\.\d+)?s$/)), '0s'),
});

function fromJson(body: Buffer): HashSearchAnswer {
  const { fullHashes, cacheDuration } = jsonAnswer(body, jsonSchema);
  const listed = fullHashes.map(({ fullHash, fullHashDetails }) => {
    const hash = Buffer.from(fullHash, 'base64');
    if (hash.length !== hashBytes)
      throw new ServiceError('failed', 'The answer holds a hash of another length.');
    const threats = fullHashDetails
      .filter(({ attributes }) => attributes.length === 0)
      .flatMap(({ threatType }) => threatTypes.filter((type) => type === threatType));
    return { hash: hash.toString('hex'), threats: threats.filter((type) => type !== undefined) };
  });
  return {
    listed: listed.filter(({ threats }) => threats.length > 0),
    validMs: Math.min(parseFloat(cacheDuration) * 1_000, longestValidMs),
  };
}

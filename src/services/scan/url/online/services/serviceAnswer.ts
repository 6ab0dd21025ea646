import * as v from 'valibot';
import type { HttpResponse } from '../../../../http/httpClient';
import { ServiceError } from './serviceError';

/** Parsed as it is believed. @throws ServiceError `failed` for what is no JSON, or is not of the schema */
export function jsonAnswer<S extends v.GenericSchema>(body: Buffer, schema: S): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    throw new ServiceError('failed', 'The answer is no JSON.');
  }
  const parsed = v.safeParse(schema, json);
  // To the schema, an array is an object that lacks everything.
  if (parsed.success && !Array.isArray(json)) return parsed.output;
  throw new ServiceError('failed', 'The answer has another form than the one that is known.');
}

const longestWaitMs = 86_400_000;

/**
 * What an HTTP status says about the request as a whole, for statuses that mean the same with every service.
 * @throws ServiceError for all but 2xx
 */
export function checkStatus({ status, headers }: HttpResponse, nowMs: number): void {
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) throw new ServiceError('badKey', `HTTP ${status}`);
  if (status === 429) {
    throw new ServiceError('quotaExceeded', `HTTP ${status}`, retryAfterMs(headers['retry-after'], nowMs));
  }
  throw new ServiceError('failed', `HTTP ${status}`);
}

/** @param header seconds, or a date */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestWaitMs) : undefined;
}

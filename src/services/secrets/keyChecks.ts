import { errorMessage, SentinelError } from '../../shared/errors';
import type { HttpClient, HttpResponse } from '../http/httpClient';

/** Whether a service takes a key, as it says itself. */
export type KeyCheckResult =
  /** @property detail such as how much of a quota is used up */
  | { readonly type: 'valid'; readonly detail?: string }
  | { readonly type: 'refused' }
  /** The service was not reached, or said nothing about the key. */
  | { readonly type: 'unknown'; readonly detail: string };

/** Asks a service about a key that it has issued, and sends nothing else. Never rejects. */
export type KeyCheck = (key: string, signal: AbortSignal) => Promise<KeyCheckResult>;

const limits = { timeoutMs: 20_000, maxResponseBytes: 4_000_000 };

/** By asking URLhaus for the newest of its entries. @param baseUrl without a slash at its end */
export function urlhausKeyCheck(http: HttpClient, baseUrl = 'https://urlhaus-api.abuse.ch'): KeyCheck {
  return (key, signal) =>
    judged(() =>
      http.send({
        method: 'GET',
        url: `${baseUrl}/v1/urls/recent/limit/1/`,
        headers: { 'Auth-Key': key },
        ...limits,
        signal,
      }),
    );
}

/** By asking Google which lists there are. @param baseUrl without a slash at its end */
export function safeBrowsingKeyCheck(
  http: HttpClient,
  baseUrl = 'https://safebrowsing.googleapis.com',
): KeyCheck {
  return (key, signal) =>
    judged(() =>
      http.send({
        method: 'GET',
        url: `${baseUrl}/v5/hashLists?pageSize=1`,
        headers: { 'X-Goog-Api-Key': key },
        ...limits,
        signal,
      }),
    );
}

async function judged(ask: () => Promise<HttpResponse>): Promise<KeyCheckResult> {
  try {
    const { status, body } = await ask();
    if (status === 200) return { type: 'valid' };
    // Google says 400 to a key that it does not know, and names the reason.
    const isRefused =
      status === 401 || status === 403 || (status === 400 && body.includes('API_KEY_INVALID'));
    return isRefused ? { type: 'refused' } : { type: 'unknown', detail: `it answered with ${status}` };
  } catch (error) {
    return { type: 'unknown', detail: error instanceof SentinelError ? error.message : errorMessage(error) };
  }
}

import { createHash } from 'node:crypto';
import type { Finding } from '../../../../../../shared/scan/record';
import type { HttpClient, HttpResponse } from '../../../../../http/httpClient';
import { safeBrowsing } from '../../onlineEngines';
import {
  KeyedServiceEngine,
  type KeyedServiceOptions,
  type Question,
  type ServiceOpinion,
} from '../keyedServiceEngine';
import { checkStatus } from '../serviceAnswer';
import { ServiceError } from '../serviceError';
import { type ListedHash, parseHashSearch, type ThreatType } from './hashSearch';
import { PrefixCache } from './prefixCache';
import { urlExpressions } from './urlExpressions';

export interface SafeBrowsingOptions extends KeyedServiceOptions {
  readonly http: HttpClient;
  /** Without a slash at its end. */
  readonly baseUrl?: string;
}

const defaultBaseUrl = 'https://safebrowsing.googleapis.com';
const limits = { timeoutMs: 15_000, maxResponseBytes: 1_048_576 };
/** Four bytes, in hexadecimal digits. */
const prefixLength = 8;

const threats: Readonly<Record<ThreatType, Pick<Finding, 'title' | 'severity' | 'weight'>>> = {
  MALWARE: { title: 'It is suspected of spreading malware', severity: 'critical', weight: 'malicious' },
  SOCIAL_ENGINEERING: { title: 'It is suspected of phishing', severity: 'critical', weight: 'malicious' },
  UNWANTED_SOFTWARE: {
    title: 'It is suspected of offering unwanted software',
    severity: 'high',
    weight: 'suspicious',
  },
  POTENTIALLY_HARMFUL_APPLICATION: {
    title: 'It is suspected of offering harmful apps',
    severity: 'high',
    weight: 'suspicious',
  },
};

/**
 * Google Safe Browsing, version 5 (version 4 ends in March 2027): lists of hashes, asked by the first bytes of the hashes
 * of a link's parts. Which link is meant is found out here.
 */
export class SafeBrowsingEngine extends KeyedServiceEngine {
  readonly sends = 'hashPrefixes';
  private readonly known: PrefixCache;

  constructor(private readonly options: SafeBrowsingOptions) {
    super(safeBrowsing, options);
    this.known = new PrefixCache(options.clock);
  }

  protected override async opinion({ url, target, key, control }: Question): Promise<ServiceOpinion> {
    const hashes = new Map(
      urlExpressions(url, target.registrableDomain).map((part) => [sha256(part), part] as const),
    );
    const prefixes = new Set([...hashes.keys()].map((hash) => hash.slice(0, prefixLength)));
    const listed = await this.lookUp([...prefixes], key, control.signal);
    const own = listed.filter(({ hash }) => hashes.has(hash));
    return own.length === 0
      ? { findings: [], detail: 'it lists neither the link nor its host' }
      : { findings: findingsOf(own, hashes) };
  }

  private async lookUp(
    prefixes: readonly string[],
    key: string,
    signal: AbortSignal,
  ): Promise<readonly ListedHash[]> {
    const found: ListedHash[] = [];
    const unknown: string[] = [];
    for (const prefix of prefixes) {
      const known = this.known.get(prefix);
      if (known === undefined) unknown.push(prefix);
      else found.push(...known);
    }
    if (unknown.length === 0) return found;
    const { http, clock, baseUrl = defaultBaseUrl } = this.options;
    const query = unknown.map((prefix) => {
      return `hashPrefixes=${encodeURIComponent(Buffer.from(prefix, 'hex').toString('base64'))}`;
    });
    const response = await http.send({
      method: 'GET',
      url: `${baseUrl}/v5/hashes:search?${query.join('&')}`,
      // Not in the address, which logs and proxies keep.
      headers: { 'X-Goog-Api-Key': key },
      ...limits,
      signal,
    });
    checkKey(response);
    checkStatus(response, clock.now());
    const answer = parseHashSearch(response);
    for (const prefix of unknown) {
      const ofPrefix = answer.listed.filter(({ hash }) => hash.startsWith(prefix));
      this.known.set(prefix, ofPrefix, answer.validMs);
      found.push(...ofPrefix);
    }
    return found;
  }
}

/** A key that is none comes with the status of a bad request. */
function checkKey({ status, body }: HttpResponse): void {
  if (status !== 400) return;
  const text = body.toString('latin1', 0, 10_000);
  if (/API_KEY_INVALID|API key (not valid|expired)/i.test(text)) throw new ServiceError('badKey', 'HTTP 400');
}

function findingsOf(listed: readonly ListedHash[], parts: ReadonlyMap<string, string>): readonly Finding[] {
  const byThreat = new Map<ThreatType, string>();
  for (const { hash, threats: ofHash } of listed) {
    for (const threat of ofHash) {
      if (!byThreat.has(threat)) byThreat.set(threat, parts.get(hash) ?? '');
    }
  }
  return [...byThreat].map(([threat, part]) => ({
    engine: safeBrowsing.id,
    rule: threat,
    ...threats[threat],
    description: `Listed is ${part}. Advisory provided by Google; it may be wrong, and lists are never complete.`,
    reference: 'https://developers.google.com/safe-browsing/v4/advisory',
  }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

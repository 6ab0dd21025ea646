import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../../../src/shared/clock';
import { listen, type LoopbackServer } from '../../../http/support/loopbackServer';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Of the test's clock. */
  readonly atMs: number;
}

export interface ScannerResult {
  readonly category: string;
  readonly result: string | null;
}

export interface ServerOptions {
  readonly clock: Clock;
  readonly key: string;
}

/** Answers a request instead of what the documentation says; undefined leaves it to that. */
export type Instead = (request: Received, response: ServerResponse) => boolean;

/**
 * VirusTotal as its documentation describes the API (version 3): reports by hash, uploads, analyses that take their
 * time, quotas by minute and day, and errors with a code.
 */
export class VirusTotalServer {
  readonly received: Received[] = [];
  /** What arrived of requests that the client broke off. */
  readonly brokenOff: Buffer[] = [];
  /** What scanners said about files and addresses, by the SHA-256 of the file or the identifier of the address. */
  readonly known = new Map<string, Readonly<Record<string, ScannerResult>>>();
  /** What uploads are found to be. */
  uploadResults: Readonly<Record<string, ScannerResult>> = scanners(0, 70);
  /** How often an analysis is asked for before it is done. */
  queuedPolls = 2;
  dailyAllowed = 500;
  dailyUsed = 0;
  perMinute = 4;
  instead: Instead | undefined;
  key: string;
  private readonly polls = new Map<string, number>();
  private readonly analyses = new Map<string, string>();
  private server: LoopbackServer | undefined;

  constructor(private readonly options: ServerOptions) {
    this.key = options.key;
  }

  get baseUrl(): string {
    return `${this.server?.url ?? ''}/api/v3`;
  }

  async start(): Promise<void> {
    this.server = await listen((request, response) => {
      void this.take(request, response);
    });
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  /** Requests that arrived, as `GET /files/…`. */
  lines(): string[] {
    return this.received.map(({ method, path }) => `${method} ${path}`);
  }

  /** The most requests that any minute saw. */
  busiestMinute(): number {
    const times = this.received.map(({ atMs }) => atMs);
    return Math.max(
      0,
      ...times.map((start) => times.filter((at) => at >= start && at < start + 60_000).length),
    );
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    } catch {
      this.brokenOff.push(Buffer.concat(pieces));
      return;
    }
    const body = Buffer.concat(pieces);
    const path = (request.url ?? '').replace(/^\/api\/v3/, '');
    const { method = '', headers } = request;
    const received = { method, path, headers, body, atMs: this.options.clock.monotonicMs() };
    this.received.push(received);
    if (this.instead?.(received, response) === true) return;
    this.answer(received, response);
  }

  private answer(request: Received, response: ServerResponse): void {
    const { method, path, headers, body } = request;
    const minuteAgo = request.atMs - 60_000;
    const inMinute = this.received.filter(({ atMs }) => atMs > minuteAgo).length;
    if (headers['x-apikey'] === undefined) {
      error(response, 401, 'AuthenticationRequiredError');
    } else if (headers['x-apikey'] !== this.key) {
      error(response, 401, 'WrongCredentialsError');
    } else if (path === `/users/${this.key}/overall_quotas`) {
      const quota = { user: { allowed: this.dailyAllowed, used: this.dailyUsed } };
      json(response, 200, { data: { api_requests_daily: quota, api_requests_hourly: quota } });
    } else if (inMinute > this.perMinute || this.dailyUsed >= this.dailyAllowed) {
      error(response, 429, 'QuotaExceededError');
    } else {
      this.dailyUsed += 1;
      this.resource(method, path, body, headers, response);
    }
  }

  private resource(
    method: string,
    path: string,
    body: Buffer,
    headers: IncomingMessage['headers'],
    response: ServerResponse,
  ): void {
    const [, collection = '', id = ''] = path.split('/');
    const route = `${method} ${collection}`;
    if (route === 'GET files' && id === 'upload_url') {
      json(response, 200, { data: `${this.baseUrl}/_ah/upload/once` });
    } else if (route === 'GET files' || route === 'GET urls') {
      const hash = route === 'GET urls' ? addressId(Buffer.from(id, 'base64url').toString()) : id;
      const results = this.known.get(hash);
      if (results === undefined) error(response, 404, 'NotFoundError');
      else json(response, 200, { data: report(collection, hash, results) });
    } else if (route === 'POST files' || route === 'POST _ah') {
      this.begin(fileOf(body, headers), response);
    } else if (route === 'POST urls') {
      this.begin(new URLSearchParams(body.toString()).get('url') ?? '', response);
    } else if (route === 'GET analyses') {
      this.analysis(decodeURIComponent(id), response);
    } else {
      error(response, 404, 'NotFoundError');
    }
  }

  private begin(content: Buffer | string | undefined, response: ServerResponse): void {
    if (content === undefined || content.length === 0) {
      error(response, 400, 'BadRequestError');
      return;
    }
    const hash = createHash('sha256').update(content).digest('hex');
    const id = Buffer.from(`${hash}:1700000000`).toString('base64');
    this.analyses.set(id, hash);
    json(response, 200, { data: { type: 'analysis', id, links: {} } });
  }

  private analysis(id: string, response: ServerResponse): void {
    const hash = this.analyses.get(id);
    const polls = this.polls.get(id) ?? 0;
    this.polls.set(id, polls + 1);
    if (hash === undefined) {
      error(response, 404, 'NotFoundError');
      return;
    }
    const done = polls >= this.queuedPolls;
    const results = done ? this.uploadResults : {};
    if (done) this.known.set(hash, results);
    json(response, 200, {
      data: {
        type: 'analysis',
        id,
        attributes: {
          date: 1_700_000_000,
          status: done ? 'completed' : polls === 0 ? 'queued' : 'in-progress',
          stats: statsOf(results),
          results: namedResults(results),
        },
      },
      meta: { file_info: { sha256: hash, size: 1 } },
    });
  }
}

/** Results of so many scanners that detect, and in all. */
export function scanners(malicious: number, all: number, suspicious = 0): Record<string, ScannerResult> {
  return Object.fromEntries(
    Array.from({ length: all }, (_, index) => {
      const category =
        index < malicious ? 'malicious' : index < malicious + suspicious ? 'suspicious' : 'undetected';
      return [`Scanner ${index}`, { category, result: category === 'malicious' ? `Trojan.${index}` : null }];
    }),
  );
}

/** By which VirusTotal itself names an address. */
export function addressId(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function error(response: ServerResponse, status: number, code: string): void {
  json(response, status, { error: { code, message: `${code} as documented` } });
}

export function report(
  collection: string,
  hash: string,
  results: Readonly<Record<string, ScannerResult>>,
): unknown {
  return {
    id: hash,
    type: collection === 'files' ? 'file' : 'url',
    links: { self: `https://www.virustotal.com/api/v3/${collection}/${hash}` },
    attributes: {
      last_analysis_date: 1_704_000_000,
      last_analysis_stats: statsOf(results),
      last_analysis_results: namedResults(results),
      popular_threat_classification: { suggested_threat_label: 'trojan.sample/test' },
      reputation: -3,
    },
  };
}

function statsOf(results: Readonly<Record<string, ScannerResult>>): Record<string, number> {
  const stats: Record<string, number> = {
    malicious: 0,
    suspicious: 0,
    undetected: 0,
    harmless: 0,
    timeout: 0,
    'confirmed-timeout': 0,
    failure: 0,
    'type-unsupported': 0,
  };
  for (const { category } of Object.values(results)) stats[category] = (stats[category] ?? 0) + 1;
  return stats;
}

function namedResults(results: Readonly<Record<string, ScannerResult>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(results).map(([name, result]) => [
      name,
      { ...result, engine_name: name, engine_version: '1', engine_update: '20260101', method: 'blacklist' },
    ]),
  );
}

/** The content of the part named `file`. */
function fileOf(body: Buffer, headers: IncomingMessage['headers']): Buffer | undefined {
  const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return undefined;
  const start = body.indexOf('\r\n\r\n');
  const end = body.lastIndexOf(`\r\n--${boundary}--\r\n`);
  const isFile = body.subarray(0, start).includes('form-data; name="file"; filename=');
  return start < 0 || end < 0 || !isFile ? undefined : body.subarray(start + 4, end);
}

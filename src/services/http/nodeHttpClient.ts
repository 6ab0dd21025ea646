// Without the prefix `node:`, VS Code gives extensions modules that know the person's proxy and certificates.
import * as http from 'http';
import * as https from 'https';
import type { Clock } from '../../shared/clock';
import { DisposableStore, toDisposable } from '../../shared/disposable';
import { errorMessage, SentinelError } from '../../shared/errors';
import type { HttpBody, HttpClient, HttpRequest, HttpResponse } from './httpClient';

export interface NodeHttpClientOptions {
  readonly clock: Clock;
  /** Certificates in PEM that are trusted instead of the system's. */
  readonly ca?: string;
}

/** Asks by the calling process's own modules: `https`, and `http` for servers without encryption. */
export class NodeHttpClient implements HttpClient {
  constructor(private readonly options: NodeHttpClientOptions) {}

  async send(request: HttpRequest): Promise<HttpResponse> {
    if (request.signal.aborted) throw cancelled();
    const { clock, ca } = this.options;
    const store = new DisposableStore();
    try {
      return await new Promise<HttpResponse>((resolve, reject) => {
        const outgoing = open(request, ca);
        store.add(toDisposable(() => outgoing.destroy()));
        store.add(
          clock.setTimeout(() => {
            reject(new SentinelError('http.timedOut', `No whole answer within ${request.timeoutMs} ms.`));
          }, request.timeoutMs),
        );
        const onAbort = (): void => {
          reject(cancelled());
        };
        request.signal.addEventListener('abort', onAbort, { once: true });
        store.add(
          toDisposable(() => {
            request.signal.removeEventListener('abort', onAbort);
          }),
        );
        let answering = false;
        outgoing.on('response', (incoming) => {
          answering = true;
          read(incoming, request.maxResponseBytes).then(resolve, reject);
        });
        // Stays after the promise has settled: what a connection that is torn down reports is nobody's concern.
        outgoing.on('error', (error) => {
          if (!answering) reject(unreachable(error));
        });
        outgoing.on('close', () => {
          if (!answering) reject(unreachable('The connection was closed without an answer.'));
        });
        // A server may answer, and refuse the rest, before it has been sent everything.
        write(outgoing, request.body, () => store.isDisposed || answering).catch(reject);
      });
    } finally {
      store.dispose();
    }
  }
}

function open({ url, method, headers, body }: HttpRequest, ca: string | undefined): http.ClientRequest {
  const address = new URL(url);
  const options: https.RequestOptions = {
    method,
    headers: {
      ...headers,
      ...lengthOf(body),
      'accept-encoding': 'identity',
      // Requests are rare: a connection that is kept would have been closed by the server when it is used again.
      connection: 'close',
    },
  };
  if (address.protocol === 'http:') return http.request(address, options);
  // Said here, since an environment variable could switch it off for the whole process.
  const trust = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  return https.request(address, { ...options, ...trust });
}

function lengthOf(body: HttpBody | undefined): Record<string, number> {
  if (body === undefined) return {};
  return { 'content-length': body.type === 'pieces' ? body.sizeBytes : Buffer.byteLength(body.bytes) };
}

async function write(
  outgoing: http.ClientRequest,
  body: HttpBody | undefined,
  isOver: () => boolean,
): Promise<void> {
  if (body?.type !== 'pieces') {
    outgoing.end(body?.bytes);
    return;
  }
  let sentBytes = 0;
  for await (const piece of body.pieces) {
    if (isOver()) return;
    sentBytes += piece.length;
    if (sentBytes > body.sizeBytes) break;
    if (!outgoing.write(piece)) await drained(outgoing);
  }
  if (isOver()) return;
  if (sentBytes !== body.sizeBytes) {
    throw new SentinelError('http.wrongSize', `${body.sizeBytes} bytes were announced, there are others.`);
  }
  outgoing.end();
}

/** Until there is room for more, or nobody will make room any more. */
async function drained(outgoing: http.ClientRequest): Promise<void> {
  if (outgoing.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'response']) outgoing.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'response']) outgoing.on(event, done);
  });
}

async function read(incoming: http.IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const tooLarge = new SentinelError('http.tooLarge', `The answer is longer than ${maxBytes} bytes.`);
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
  const pieces: Buffer[] = [];
  let bytes = 0;
  // Iterating would also wait for the request, which a server that has answered need not have read to its end.
  await new Promise<void>((resolve, reject) => {
    incoming.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > maxBytes) reject(tooLarge);
      else pieces.push(piece);
    });
    incoming.on('end', resolve);
    incoming.on('error', (error) => {
      reject(unreachable(error));
    });
  });
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    if (values !== undefined) headers[name] = values.join(', ');
  }
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(pieces) };
}

function unreachable(cause: unknown): SentinelError {
  return new SentinelError('http.unreachable', errorMessage(cause), { cause });
}

function cancelled(): SentinelError {
  return new SentinelError('http.cancelled', 'The request was cancelled.');
}

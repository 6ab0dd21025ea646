import { ClientRequest, type IncomingMessage } from 'node:http';
import { errorMessage } from '../../../../../shared/errors';
import type { Connection } from './connection';
import { FollowError, networkCode } from './followError';

/** The beginning of what a host answered. */
export interface Page {
  readonly status: number;
  /** Where the answer leads, as it came; of redirects only. */
  readonly location?: string;
  readonly contentType?: string;
  /** `Content-Disposition`: names the file that is to be saved. */
  readonly disposition?: string;
  /** The first bytes; empty for redirects, whose content nobody sees. */
  readonly start: Buffer;
}

export interface ExchangeLimits {
  readonly maxHeaderBytes: number;
  /** How much of the content is asked for, and read, whatever is sent. */
  readonly maxBodyBytes: number;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Answers that come before the answer: none needs more. */
const mostInterimAnswers = 10;

/**
 * One request, over a connection that is closed afterwards. Nothing about the person goes with it: no cookies, no
 * credentials, not even those that stand in the URL, no referring page.
 *
 * @throws FollowError, also when the signal is aborted
 */
export async function exchange(
  url: URL,
  { socket }: Connection,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<Page> {
  let onAbort: (() => void) | undefined;
  try {
    signal.throwIfAborted();
    return await new Promise<Page>((resolve, reject) => {
      // Takes the connection that there is. The modules without `node:`, which VS Code gives extensions in place of
      // Node's, would go through a proxy, to addresses that nobody has checked.
      const request = new ClientRequest({
        createConnection: () => socket,
        method: 'GET',
        path: url.pathname + url.search,
        headers: {
          Host: url.host,
          'User-Agent': 'Mozilla/5.0 (compatible; Sentinel link check)',
          Accept: 'text/html,*/*;q=0.8',
          'Accept-Encoding': 'identity',
          Range: `bytes=0-${limits.maxBodyBytes - 1}`,
          Connection: 'close',
        },
        maxHeaderSize: limits.maxHeaderBytes,
      });
      onAbort = () => {
        reject(signal.reason as FollowError);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      let interimAnswers = 0;
      let isAnswered = false;
      request.on('information', () => {
        if (++interimAnswers > mostInterimAnswers) {
          reject(new FollowError('failed', 'The host sends interim answers without end.'));
        }
      });
      request.on('response', (response) => {
        isAnswered = true;
        readPage(response, limits.maxBodyBytes).then(resolve, reject);
      });
      request.on('upgrade', (response) => {
        resolve(pageOf(response, Buffer.alloc(0)));
      });
      request.on('error', reject);
      request.on('close', () => {
        if (!isAnswered)
          reject(new FollowError('unreachable', 'The connection was closed without an answer.'));
      });
      request.end();
    });
  } catch (error) {
    throw asFollowError(error);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

function pageOf({ statusCode = 0, headers }: IncomingMessage, start: Buffer): Page {
  const { location, 'content-type': contentType, 'content-disposition': disposition } = headers;
  return {
    status: statusCode,
    ...(location === undefined || !redirects.has(statusCode) ? {} : { location: asUtf8(location) }),
    ...(contentType === undefined ? {} : { contentType: contentType.slice(0, 200) }),
    ...(disposition === undefined ? {} : { disposition: asUtf8(disposition).slice(0, 1_000) }),
    start,
  };
}

async function readPage(response: IncomingMessage, maxBytes: number): Promise<Page> {
  const page = pageOf(response, Buffer.alloc(0));
  if (page.location !== undefined) {
    response.destroy();
    return page;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop destroys the response, and with it the connection.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return { ...page, start: Buffer.concat(chunks).subarray(0, maxBytes) };
}

/** Node takes headers byte by byte; what browsers see in them is UTF-8, where it is. */
function asUtf8(header: string): string {
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? header : text;
}

function asFollowError(error: unknown): FollowError {
  if (error instanceof FollowError) return error;
  const code = networkCode(error);
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new FollowError('failed', 'The host sends headers without end.', { cause: error });
  }
  if (code?.startsWith('HPE_') === true) {
    return new FollowError('failed', `The host does not speak HTTP: ${code}`, { cause: error });
  }
  return new FollowError('unreachable', `The connection broke: ${code ?? errorMessage(error)}`, {
    cause: error,
  });
}

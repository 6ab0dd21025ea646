/** One request to a service that Sentinel asks with consent. Redirects are not followed. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** From the first byte sent to the last one received. */
  readonly timeoutMs: number;
  /** A longer answer is refused: `http.tooLarge`. */
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
}

/** What is sent: a text or bytes, or pieces of a known size in all. */
export type HttpBody =
  | { readonly type: 'bytes'; readonly bytes: string | Uint8Array }
  | { readonly type: 'pieces'; readonly sizeBytes: number; readonly pieces: AsyncIterable<Uint8Array> };

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; of several of one name, joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Asks services over HTTP, with bounds on time and size. Any status is an answer.
 */
export interface HttpClient {
  /**
   * @throws SentinelError `http.unreachable` (no connection, a broken one, a certificate that does not hold),
   * `http.timedOut`, `http.tooLarge`, `http.cancelled` (the signal was aborted), `http.wrongSize` (the pieces are more
   * or fewer bytes than was announced); what iterating the pieces throws
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

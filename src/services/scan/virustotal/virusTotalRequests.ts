import type { Clock } from '../../../shared/clock';
import { errorMessage, SentinelError } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import type { EngineReason } from '../../../shared/scan/record';
import type { HttpBody, HttpClient, HttpResponse } from '../../http/httpClient';
import type { ApiKeys } from '../../secrets/apiKeys';
import type { EngineControl } from '../fileEngine';
import type { RequestWindow } from './requestWindow';
import { nextMidnightUtc, retryAfterMs } from './retryAfter';
import type { ServiceState } from './serviceState';
import { parseError } from './virusTotalAnswers';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Below the base address, with a slash; or a whole address that VirusTotal has named. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: () => HttpBody;
  readonly timeoutMs?: number;
  /** What is sent, told when it is its turn. */
  readonly egress: string;
  /** Looked at last thing before anything is sent: consent may be taken back while a request waits. */
  readonly isAllowed: () => boolean;
}

/** What came of a request; expected troubles are answers, too. */
export type ApiOutcome =
  | { readonly type: 'answer'; readonly body: unknown }
  /** It has never seen what it was asked about. */
  | { readonly type: 'notKnown' }
  /** It has seen it, and cannot tell yet. */
  | { readonly type: 'notYet' }
  | Refusal;

export interface Refusal {
  readonly type: 'refused';
  readonly reason: EngineReason;
  readonly detail?: string;
  /** Whether the request went out all the same. */
  readonly sent: boolean;
}

export interface VirusTotalRequestsOptions {
  readonly http: HttpClient;
  readonly keys: ApiKeys;
  readonly window: RequestWindow;
  readonly state: ServiceState;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the API, without a slash at its end. */
  readonly baseUrl: () => string;
}

/** An answer with the results of a hundred scanners has some 50 kB, one with all about a program up to a few MB. */
const maxAnswerBytes = 16_000_000;
const defaultTimeoutMs = 30_000;
/** Who waits gives a sign of life so often; a task without one for 15 s counts as stalled. */
const signPeriodMs = 5_000;
const maxTries = 3;
/** The shortest time for which VirusTotal counts requests. */
const minuteMs = 60_000;
/** Waiting longer than this is for another day. */
const longestPauseMs = 3 * minuteMs;
/** The longest time for which VirusTotal counts requests. */
const monthMs = 31 * 86_400_000;
const offlineMs = 15_000;
const keyCodes: readonly (string | undefined)[] = [
  'WrongCredentialsError',
  'AuthenticationRequiredError',
  'UserNotActiveError',
];

/** Sends requests to VirusTotal with the person's key, one after the other within what it allows. */
export class VirusTotalRequests {
  constructor(private readonly options: VirusTotalRequestsOptions) {}

  /** Never rejects. */
  async send(request: ApiRequest, control: EngineControl): Promise<ApiOutcome> {
    let sent = false;
    try {
      for (let tries = 1; ; tries += 1) {
        const key = await this.keyForTurn(control, tries > 1);
        if (typeof key !== 'string') return { ...key, sent };
        if (!request.isAllowed()) return refused('noConsent', sent);
        control.tell(request.egress);
        sent = true;
        const step = (): string => request.egress;
        const response = await withSigns(this.options.clock, control, step, () =>
          this.exchange(request, key, control.signal),
        );
        const outcome = this.judge(response, key, tries);
        if (outcome !== undefined) return outcome;
      }
    } catch (error) {
      return this.failure(error, sent);
    }
  }

  /** Waits for the turn. What is known to be refused is not sent, also if it becomes known while waiting. */
  private async keyForTurn(
    control: EngineControl,
    isRetry: boolean,
  ): Promise<string | Omit<Refusal, 'sent'>> {
    const { keys, state, window } = this.options;
    for (;;) {
      const key = await keys.get('virustotal');
      if (key === undefined) return { type: 'refused', reason: 'notConfigured', detail: 'no API key is set' };
      const reason = state.refusal(key);
      if (reason !== undefined) return { type: 'refused', reason };
      try {
        const step = (): string => waitingStep(window.waitingCount - 1);
        await withSigns(this.options.clock, control, step, () => window.take(control.signal, isRetry));
      } catch (error) {
        if (error instanceof SentinelError && error.code === 'window.interrupted') continue;
        throw error;
      }
      // It may have been replaced, or refused to another request, meanwhile.
      if ((await keys.get('virustotal')) === key && state.refusal(key) === undefined) return key;
    }
  }

  private async exchange(request: ApiRequest, key: string, signal: AbortSignal): Promise<HttpResponse> {
    const { method, path, headers, body, timeoutMs = defaultTimeoutMs } = request;
    try {
      return await this.options.http.send({
        method,
        url: path.startsWith('/') ? this.options.baseUrl() + path : path,
        headers: { accept: 'application/json', ...headers, 'x-apikey': key },
        ...(body === undefined ? {} : { body: body() }),
        timeoutMs,
        maxResponseBytes: maxAnswerBytes,
        signal,
      });
    } catch (error) {
      if (error instanceof SentinelError && error.code === 'http.unreachable') {
        const untilMs = this.options.clock.now() + offlineMs;
        this.options.state.set(key, { type: 'unreachable', untilMs });
        this.options.window.interrupt();
      }
      throw error;
    }
  }

  /** @returns undefined where it is to be tried again, when its turn comes */
  private judge(response: HttpResponse, key: string, tries: number): ApiOutcome | undefined {
    const { status } = response;
    const body = jsonOf(response);
    const error = parseError(body);
    if (status === 200) {
      return body === undefined ? refused('failed', true, 'its answer is no JSON') : { type: 'answer', body };
    }
    if (status === 404) return { type: 'notKnown' };
    if (status === 400 && error?.code === 'NotAvailableYet') return { type: 'notYet' };
    if (status === 401 || keyCodes.includes(error?.code)) {
      this.remember(key, { type: 'badKey' });
      return refused('badKey', true);
    }
    // The second version of the API says with 204 what the third one says with 429.
    if (status === 429 || status === 204) return this.limited(response, key, error?.code, tries);
    if (status >= 500) return this.unavailable(response, tries);
    return refused('failed', true, `it answered with ${status}${codeText(error?.code)}`);
  }

  /** Too many requests for the minute, which passes, or for the day. */
  private limited(
    response: HttpResponse,
    key: string,
    code: string | undefined,
    tries: number,
  ): ApiOutcome | undefined {
    const { clock, window } = this.options;
    const nowMs = clock.now();
    const askedMs = retryAfterMs(response.headers['retry-after'], nowMs);
    const isLong = askedMs !== undefined && askedMs > longestPauseMs;
    // A quota that is still exceeded when the minute has passed is that of the day or of the month.
    const isStill = tries > 1 && code !== 'TooManyRequestsError' && askedMs === undefined;
    if (isLong || isStill) {
      const untilMs = isLong ? nowMs + Math.min(askedMs, monthMs) : nextMidnightUtc(nowMs);
      this.remember(key, { type: 'quotaExceeded', untilMs });
      return refused('quotaExceeded', true);
    }
    window.pause(askedMs ?? minuteMs);
    if (tries < maxTries) return undefined;
    return refused('quotaExceeded', true, 'too many requests within a minute');
  }

  private unavailable({ status, headers }: HttpResponse, tries: number): ApiOutcome | undefined {
    const askedMs =
      retryAfterMs(headers['retry-after'], this.options.clock.now()) ?? 2_000 * 4 ** (tries - 1);
    if (tries >= maxTries || askedMs > longestPauseMs) {
      return refused('unreachable', true, `it answered with ${status}`);
    }
    this.options.window.pause(askedMs);
    return undefined;
  }

  private remember(key: string, state: Parameters<ServiceState['set']>[1]): void {
    this.options.state.set(key, state);
    this.options.logger.warning(`VirusTotal is not asked any more: ${state.type}.`);
    this.options.window.interrupt();
  }

  private failure(error: unknown, sent: boolean): Refusal {
    const code = error instanceof SentinelError ? error.code : '';
    switch (code) {
      case 'http.unreachable':
        return refused('unreachable', sent, errorMessage(error));
      case 'http.timedOut':
        return refused('timedOut', sent);
      case 'http.cancelled':
      case 'window.cancelled':
        return refused('cancelled', sent);
      case 'http.tooLarge':
        return refused('failed', sent, 'its answer is too long');
      case 'http.wrongSize':
      case 'upload.changed':
        return refused('changed', sent);
      case 'upload.unreadable':
        return refused('unreadable', sent, errorMessage(error));
      default:
        this.options.logger.error('A request to VirusTotal failed.', error);
        return refused('failed', sent);
    }
  }
}

function refused(reason: EngineReason, sent: boolean, detail?: string): Refusal {
  return { type: 'refused', reason, sent, ...(detail === undefined ? {} : { detail }) };
}

/** Its codes are words. Anything else may be as long as it likes, and may repeat what it was sent. */
function codeText(code = ''): string {
  return /^[A-Za-z]{1,60}$/.test(code) ? ` ${code}` : '';
}

function jsonOf({ body }: HttpResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function waitingStep(ahead: number): string {
  return ahead <= 0
    ? 'VirusTotal: waiting for its turn'
    : `VirusTotal: waiting for its turn, one of ${ahead + 1}`;
}

/** Tells again and again what is waited for, so that waiting is not taken for a standstill. */
export async function withSigns<T>(
  clock: Clock,
  control: Pick<EngineControl, 'tell'>,
  step: () => string,
  work: () => Promise<T>,
): Promise<T> {
  const timer = clock.setInterval(() => {
    control.tell(step());
  }, signPeriodMs);
  try {
    return await work();
  } finally {
    timer.dispose();
  }
}

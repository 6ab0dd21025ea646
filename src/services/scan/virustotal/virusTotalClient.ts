import type { Clock } from '../../../shared/clock';
import type { Egress } from '../../consent/egress';
import type { EngineControl } from '../fileEngine';
import { uploadOf, type UploadedFile } from './upload';
import {
  type Analysis,
  parseAnalysis,
  parseFile,
  parseQuotas,
  parseSubmission,
  parseUploadUrl,
  parseUrl,
  type Quotas,
} from './virusTotalAnswers';
import {
  type ApiOutcome,
  type ApiRequest,
  type Refusal,
  type VirusTotalRequests,
  withSigns,
} from './virusTotalRequests';

export type VirusTotalAnswer<T> =
  { readonly type: 'answer'; readonly value: T } | Exclude<ApiOutcome, { readonly type: 'answer' }>;

/** How a request is told, and whether it may still be sent when its turn comes. */
export interface SendControl extends EngineControl {
  readonly isAllowed: () => boolean;
}

export interface VirusTotalClientOptions {
  readonly requests: Pick<VirusTotalRequests, 'send'>;
  readonly clock: Clock;
  readonly baseUrl: () => string;
  /** The sentence that tells what leaves the machine. */
  readonly egressText: (egress: Egress) => string;
}

/** A MiB is meant where the documentation says MB. */
const mib = 1_024 * 1_024;
export const directUploadBytes = 32 * mib;
export const largestUploadBytes = 650 * mib;
/** A line that is slower than this is taken for one that stands still. */
const slowestBytesPerMs = 50;
const firstPollMs = 15_000;
const longestPollMs = 60_000;
/** How long an analysis is waited for. VirusTotal goes on with it, and knows the file the next time. */
const pollLimitMs = 10 * 60_000;

/** VirusTotal's API (version 3), as far as scans need it. Nothing rejects. */
export class VirusTotalClient {
  constructor(private readonly options: VirusTotalClientOptions) {}

  get service(): string {
    const { hostname } = new URL(this.options.baseUrl());
    return isVirusTotal(hostname) ? 'VirusTotal' : `VirusTotal at ${hostname}`;
  }

  /** What is known about a file by its hash. */
  async file(path: string, sha256: string, control: SendControl): Promise<VirusTotalAnswer<Analysis>> {
    const egress = this.told({ service: this.service, content: 'hash', path, sha256 });
    const outcome = await this.send({ method: 'GET', path: `/files/${sha256}`, egress }, control);
    const answer = parsed(outcome, parseFile);
    const isOther = answer.type === 'answer' && answer.value.sha256 !== sha256;
    return isOther ? misunderstood('it answered for another file') : answer;
  }

  /** Sends a file in, and waits for what scanners say. @returns `notYet` where they take too long */
  async uploadFile(file: UploadedFile, control: SendControl): Promise<VirusTotalAnswer<Analysis>> {
    const to = file.sizeBytes <= directUploadBytes ? '/files' : await this.uploadUrl(control);
    if (typeof to !== 'string') return to;
    const { path, sizeBytes, sha256 } = file;
    const submitted = await this.send(
      {
        method: 'POST',
        path: to,
        ...uploadOf(file),
        timeoutMs: 60_000 + sizeBytes / slowestBytesPerMs,
        egress: this.told({ service: this.service, content: 'file', path, sizeBytes }),
      },
      control,
    );
    const answer = await this.analysed(parsed(submitted, parseSubmission), control);
    const isOther =
      answer.type === 'answer' && answer.value.sha256 !== undefined && answer.value.sha256 !== sha256;
    return isOther ? misunderstood('it answered for another file') : answer;
  }

  /** What is known about an address on the web. */
  async url(url: string, control: SendControl): Promise<VirusTotalAnswer<Analysis>> {
    const id = Buffer.from(url).toString('base64url');
    const egress = this.told({ service: this.service, content: 'url', url });
    return parsed(await this.send({ method: 'GET', path: `/urls/${id}`, egress }, control), parseUrl);
  }

  /** Sends an address in, which VirusTotal visits, and waits for what scanners say. */
  async submitUrl(url: string, control: SendControl): Promise<VirusTotalAnswer<Analysis>> {
    const submitted = await this.send(
      {
        method: 'POST',
        path: '/urls',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: () => ({ type: 'bytes', bytes: new URLSearchParams({ url }).toString() }),
        egress: this.told({ service: this.service, content: 'url', url }),
      },
      control,
    );
    return this.analysed(parsed(submitted, parseSubmission), control);
  }

  /** How much of its quota a key has used up, which also says whether it holds. */
  async quotas(key: string, control: SendControl): Promise<VirusTotalAnswer<Quotas>> {
    const egress = this.told({ service: this.service, content: 'key' });
    const path = `/users/${encodeURIComponent(key)}/overall_quotas`;
    return parsed(await this.send({ method: 'GET', path, egress }, control), parseQuotas);
  }

  private told(egress: Egress): string {
    return this.options.egressText(egress);
  }

  private send(
    request: Omit<ApiRequest, 'isAllowed'>,
    { isAllowed, signal, tell }: SendControl,
  ): Promise<ApiOutcome> {
    return this.options.requests.send({ ...request, isAllowed }, { signal, tell });
  }

  /** Where larger files are sent to, once. @returns a refusal where it is nowhere that a file may be sent to */
  private async uploadUrl(control: SendControl): Promise<string | Exclude<ApiOutcome, { type: 'answer' }>> {
    const request = {
      method: 'GET',
      path: '/files/upload_url',
      egress: `${this.service}: asking where to`,
    } as const;
    const answer = parsed(await this.send(request, control), parseUploadUrl);
    if (answer.type !== 'answer') return answer;
    const base = new URL(this.options.baseUrl());
    const url = new URL(answer.value);
    // It names an address without encryption for a host that has it.
    if (base.protocol === 'https:' && url.protocol === 'http:') url.protocol = 'https:';
    const isOwn =
      url.host === base.host ||
      (isVirusTotal(base.hostname) && isVirusTotal(url.hostname) && url.port === '');
    if (url.protocol !== base.protocol || !isOwn || url.username !== '') {
      return misunderstood('it names an address for uploads that is not its own');
    }
    return url.href;
  }

  /** Asks for an analysis until it is done, more and more rarely. */
  private async analysed(
    submission: VirusTotalAnswer<string>,
    control: SendControl,
  ): Promise<VirusTotalAnswer<Analysis>> {
    if (submission.type !== 'answer') return submission;
    const { clock } = this.options;
    const path = `/analyses/${encodeURIComponent(submission.value)}`;
    const egress = `${this.service}: waiting for what its scanners say`;
    const startedMs = clock.monotonicMs();
    for (let waitMs = firstPollMs; ; waitMs = Math.min(longestPollMs, waitMs * 1.5)) {
      if (clock.monotonicMs() - startedMs + waitMs > pollLimitMs) return { type: 'notYet' };
      await withSigns(
        clock,
        control,
        () => egress,
        () => this.sleep(waitMs, control.signal),
      );
      if (control.signal.aborted) return { type: 'refused', reason: 'cancelled', sent: true };
      const answer = parsed(await this.send({ method: 'GET', path, egress }, control), parseAnalysis);
      if (answer.type === 'notYet' || answer.type === 'notKnown') continue;
      if (answer.type !== 'answer') return { ...answer, sent: true };
      if (answer.value !== 'queued') return { type: 'answer', value: answer.value };
    }
  }

  /** Until the time is over or the signal fires. */
  private async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        timer.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.options.clock.setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

function isVirusTotal(hostname: string): boolean {
  return hostname === 'virustotal.com' || hostname.endsWith('.virustotal.com');
}

function parsed<T>(outcome: ApiOutcome, parse: (body: unknown) => T | undefined): VirusTotalAnswer<T> {
  if (outcome.type !== 'answer') return outcome;
  const value = parse(outcome.body);
  return value === undefined ? misunderstood('its answer was not understood') : { type: 'answer', value };
}

function misunderstood(detail: string): Refusal {
  return { type: 'refused', reason: 'failed', detail, sent: true };
}

import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';
import { errorMessage } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { ResultCache } from '../../cache/resultCache';
import type { VirusTotalConsent } from '../../consent/virusTotalConsent';
import type { ApiKeys } from '../../secrets/apiKeys';
import { formatDuration } from '../../../shared/presentation/moments';
import type { EngineReason } from '../../../shared/scan/record';
import { notAsked } from '../engines';
import type { EngineAnswer, EngineControl, FileEngine, FileTarget } from '../fileEngine';
import type { Analysis } from './virusTotalAnswers';
import { largestUploadBytes, type VirusTotalAnswer, type VirusTotalClient } from './virusTotalClient';
import { answerOf, type Reporting, saysSomething } from './virusTotalReports';
import { withSigns } from './virusTotalRequests';

export interface VirusTotalEngineOptions {
  readonly client: VirusTotalClient;
  readonly consent: VirusTotalConsent;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many scanners it takes to call something malicious; at least 1. */
  readonly leastMalicious: () => number;
}

/** An answer holds for a while; what is not known may soon be known, and is asked about again sooner. */
const answerHoldsMs = 3_600_000;
const notKnownHoldsMs = 600_000;
/** With the names of a hundred scanners each has some 10 kB. */
const maxAnswers = 1_000;
const waitingForSame = 'VirusTotal: waiting for what it says of the same content';
const waitingForConsent = 'VirusTotal: waiting for your consent';

/** A file whose hash may be sent, and perhaps the file itself. */
interface KnownTarget extends FileTarget {
  readonly sha256: string;
}

/** Asks VirusTotal about files: by hash, and by the file itself where that is allowed and the hash is not known. */
export class VirusTotalEngine implements FileEngine, Disposable {
  readonly id = 'virustotal';
  /** What scanners said, by SHA-256; copies of a file that are asked about at the same time are uploaded once. */
  private readonly answers: ResultCache<VirusTotalAnswer<Analysis>>;
  /** What came of asking by hash: one request for all copies of a file that are asked about at the same time. */
  private readonly lookups: ResultCache<VirusTotalAnswer<Analysis>>;

  constructor(private readonly options: VirusTotalEngineOptions) {
    const shared = { clock: options.clock, maxEntries: maxAnswers };
    this.answers = new ResultCache({ ...shared, ttlMs: answerHoldsMs, isCacheable: saysSomething });
    this.lookups = new ResultCache({
      ...shared,
      ttlMs: notKnownHoldsMs,
      isCacheable: ({ type }) => type === 'notKnown',
    });
  }

  async ask(target: FileTarget, control: EngineControl): Promise<EngineAnswer> {
    const { clock, consent, keys, logger } = this.options;
    const startedMs = clock.monotonicMs();
    try {
      const { sha256 } = target;
      if (consent.mode === 'off') return unasked('switchedOff');
      if (sha256 === undefined) return unasked('unreadable');
      const cached = this.answers.peek(sha256);
      if (cached !== undefined) {
        return answerOf(cached.value, this.reporting(sha256, startedMs, { cachedMs: cached.ageMs }));
      }
      if ((await keys.get('virustotal')) === undefined) return unasked('notConfigured', 'no API key is set');
      return await this.askByHash({ ...target, sha256 }, control, startedMs);
    } catch (error) {
      logger.error('VirusTotal could not be asked.', error);
      const refused = { type: 'refused', reason: 'failed', detail: errorMessage(error), sent: true } as const;
      return answerOf(refused, this.reporting('', startedMs));
    }
  }

  dispose(): void {
    this.answers.dispose();
    this.lookups.dispose();
  }

  private async askByHash(
    target: KnownTarget,
    control: EngineControl,
    startedMs: number,
  ): Promise<EngineAnswer> {
    const { client, consent, clock } = this.options;
    const { path, sha256 } = target;
    const about = { service: client.service, content: 'hash', path, sha256 } as const;
    // From here on: what is taken back while the question is open, or while the hash is asked about, is taken back.
    const hashAllowed = consent.lasting('hash');
    const fileAllowed = consent.lasting('file');
    const allowed = await withSigns(
      clock,
      control,
      () => waitingForConsent,
      () => consent.forHash(about, control.signal),
    );
    if (allowed === 'no') return unasked('noConsent');
    const earlier = this.lookups.peek(sha256);
    const answer = await this.shared(this.lookups, sha256, control, (sending) =>
      client.file(path, sha256, { ...sending, isAllowed: hashAllowed }),
    );
    if (answer.type !== 'notKnown') {
      await this.answers.get(sha256, () => Promise.resolve(answer), { refresh: true });
      return answerOf(answer, this.reporting(sha256, startedMs));
    }
    const given = allowed === 'hashAndFile' ? fileAllowed : undefined;
    const isAllowed = await this.uploadConsent(target, given, control);
    if (typeof isAllowed === 'string') {
      const asked = earlier === undefined ? '' : ` ${formatDuration(earlier.ageMs)} ago`;
      const notKnown = { notKnown: `asked by hash${asked}; ${isAllowed}` };
      const atHand = earlier === undefined ? {} : { cachedMs: earlier.ageMs };
      return answerOf(answer, this.reporting(sha256, startedMs, { ...notKnown, ...atHand }));
    }
    const uploaded = await this.shared(this.answers, sha256, control, (sending) =>
      client.uploadFile(target, { ...sending, isAllowed }),
    );
    this.lookups.invalidate(sha256);
    return answerOf(uploaded, this.reporting(sha256, startedMs, { sentBefore: true }));
  }

  /** Whoever asks about the same content at the same time waits for one answer; who is cancelled does not any more. */
  private async shared(
    cache: ResultCache<VirusTotalAnswer<Analysis>>,
    sha256: string,
    control: EngineControl,
    ask: (control: EngineControl) => Promise<VirusTotalAnswer<Analysis>>,
  ): Promise<VirusTotalAnswer<Analysis>> {
    let isFirst = false;
    const first = (signal: AbortSignal): Promise<VirusTotalAnswer<Analysis>> => {
      isFirst = true;
      const tell = (step: string): void => {
        if (!control.signal.aborted) control.tell(step);
      };
      return ask({ signal, tell });
    };
    const tellOthers = (step: string): void => {
      if (!isFirst) control.tell(step);
    };
    try {
      return await withSigns(
        this.options.clock,
        { tell: tellOthers },
        () => waitingForSame,
        () => cache.get(sha256, first, { signal: control.signal }),
      );
    } catch (error) {
      if (!control.signal.aborted) throw error;
      return { type: 'refused', reason: 'cancelled', sent: true };
    }
  }

  /**
   * @param given a consent that came with that to the hash
   * @returns whether the file itself may be sent, each time it is called; else why not
   */
  private async uploadConsent(
    { path, sizeBytes }: KnownTarget,
    given: (() => boolean) | undefined,
    control: EngineControl,
  ): Promise<(() => boolean) | string> {
    const { client, consent, clock } = this.options;
    if (sizeBytes === 0) return 'an empty file is not sent';
    if (sizeBytes > largestUploadBytes) return 'the file is larger than the 650 MB it takes';
    if (given?.() === true) return given;
    const about = { service: client.service, content: 'file', path, sizeBytes } as const;
    const lasting = consent.lasting('file');
    const isAllowed = await withSigns(
      clock,
      control,
      () => waitingForConsent,
      () => consent.forFile(about, control.signal),
    );
    return isAllowed ? lasting : 'the file was not sent';
  }

  private reporting(sha256: string, startedMs: number, more: Partial<Reporting> = {}): Reporting {
    const { clock, leastMalicious } = this.options;
    return {
      leastMalicious: leastMalicious(),
      reference: `https://www.virustotal.com/gui/file/${sha256}`,
      elapsedMs: clock.monotonicMs() - startedMs,
      notKnown: 'asked by hash',
      notYet: 'it has the file and is still at it; scan again later',
      ...more,
    };
  }
}

function unasked(reason: EngineReason, detail?: string): EngineAnswer {
  return { report: { ...notAsked('virustotal', reason, detail), sendsAway: false }, findings: [] };
}

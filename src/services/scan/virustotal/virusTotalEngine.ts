import type { Clock } from '../../../shared/clock';
import type { Disposable } from '../../../shared/disposable';
import { errorMessage } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import { ResultCache } from '../../cache/resultCache';
import type { VirusTotalConsent } from '../../consent/virusTotalConsent';
import type { ApiKeys } from '../../secrets/apiKeys';
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

/** An answer holds for a while; what is not known may be known a moment later, and is asked about again. */
const answerHoldsMs = 3_600_000;
/** With the names of a hundred scanners each has some 10 kB. */
const maxAnswers = 1_000;
const waitingForConsent = 'VirusTotal: waiting for your consent';

/** A file whose hash may be sent, and perhaps the file itself. */
interface KnownTarget extends FileTarget {
  readonly sha256: string;
}

/** Asks VirusTotal about files: by hash, and by the file itself where that is allowed and the hash is not known. */
export class VirusTotalEngine implements FileEngine, Disposable {
  readonly id = 'virustotal';
  private readonly answers: ResultCache<VirusTotalAnswer<Analysis>>;

  constructor(private readonly options: VirusTotalEngineOptions) {
    this.answers = new ResultCache({
      clock: options.clock,
      ttlMs: answerHoldsMs,
      maxEntries: maxAnswers,
      isCacheable: saysSomething,
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

  /** Forgets answers, as before a test of the engine. */
  clear(): void {
    this.answers.clear();
  }

  dispose(): void {
    this.answers.dispose();
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
    const answer = await client.file(path, sha256, { ...control, isAllowed: hashAllowed });
    if (answer.type !== 'notKnown') {
      await this.keep(sha256, answer);
      return answerOf(answer, this.reporting(sha256, startedMs));
    }
    const given = allowed === 'hashAndFile' ? fileAllowed : undefined;
    const isAllowed = await this.uploadConsent(target, given, control);
    if (typeof isAllowed === 'string') {
      return answerOf(answer, this.reporting(sha256, startedMs, { notKnown: isAllowed }));
    }
    const uploaded = await client.uploadFile(target, { ...control, isAllowed });
    await this.keep(sha256, uploaded);
    return answerOf(uploaded, this.reporting(sha256, startedMs, { sentBefore: true }));
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
    if (sizeBytes === 0) return 'asked by hash; an empty file is not sent';
    if (sizeBytes > largestUploadBytes) return 'asked by hash; the file is larger than the 650 MB it takes';
    if (given?.() === true) return given;
    const about = { service: client.service, content: 'file', path, sizeBytes } as const;
    const lasting = consent.lasting('file');
    const isAllowed = await withSigns(
      clock,
      control,
      () => waitingForConsent,
      () => consent.forFile(about, control.signal),
    );
    return isAllowed ? lasting : 'asked by hash; the file was not sent';
  }

  private async keep(sha256: string, answer: VirusTotalAnswer<Analysis>): Promise<void> {
    await this.answers.get(sha256, () => Promise.resolve(answer), { refresh: true });
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

import type { Clock } from '../../../shared/clock';
import { errorMessage } from '../../../shared/errors';
import type { Logger } from '../../../shared/logger';
import type { VirusTotalConsent } from '../../consent/virusTotalConsent';
import type { ApiKeys } from '../../secrets/apiKeys';
import { notAsked } from '../engines';
import type { EngineAnswer, EngineControl } from '../fileEngine';
import type { VirusTotalClient } from './virusTotalClient';
import { answerOf, type Reporting } from './virusTotalReports';
import { withSigns } from './virusTotalRequests';

export interface VirusTotalUrlsOptions {
  readonly client: VirusTotalClient;
  readonly consent: Pick<VirusTotalConsent, 'mode' | 'forUrl' | 'lasting'>;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leastMalicious: () => number;
}

/** Asks VirusTotal about addresses on the web, which it can read; it visits one only where that is allowed. */
export class VirusTotalUrls {
  constructor(private readonly options: VirusTotalUrlsOptions) {}

  /** Never rejects. @param url http or https */
  async urlReport(url: string, control: EngineControl): Promise<EngineAnswer> {
    const { client, consent, keys, clock, logger } = this.options;
    const startedMs = clock.monotonicMs();
    const reporting = (more: Partial<Reporting> = {}): Reporting => ({
      leastMalicious: this.options.leastMalicious(),
      reference: `https://www.virustotal.com/gui/url/${Buffer.from(url).toString('base64url')}`,
      elapsedMs: clock.monotonicMs() - startedMs,
      notKnown: 'the address was not sent in to be visited',
      notYet: 'it has the address and is still at it; scan again later',
      ...more,
    });
    try {
      if (consent.mode === 'off') return unasked('switchedOff');
      if ((await keys.get('virustotal')) === undefined) return unasked('notConfigured', 'no API key is set');
      const about = { service: client.service, content: 'url', url } as const;
      // From here on: what is taken back while the question is open is taken back.
      const isAllowed = consent.lasting('url');
      const allowed = await withSigns(
        clock,
        control,
        () => 'VirusTotal: waiting for your consent',
        () => consent.forUrl(about, control.signal),
      );
      if (allowed === 'no') return unasked('noConsent');
      const send = { ...control, isAllowed };
      const answer = await client.url(url, send);
      if (answer.type !== 'notKnown' || allowed === 'lookUp') return answerOf(answer, reporting());
      return answerOf(await client.submitUrl(url, send), reporting({ sentBefore: true }));
    } catch (error) {
      logger.error('VirusTotal could not be asked about an address.', error);
      const refused = { type: 'refused', reason: 'failed', detail: errorMessage(error), sent: true } as const;
      return answerOf(refused, reporting());
    }
  }
}

function unasked(reason: Parameters<typeof notAsked>[1], detail?: string): EngineAnswer {
  return { report: { ...notAsked('virustotal', reason, detail), sendsAway: false }, findings: [] };
}

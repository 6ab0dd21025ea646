import { engineNames } from '../../../engines';
import type { EngineAnswer, EngineControl } from '../../../fileEngine';
import type { UrlEngineAnswer, UrlTarget } from '../../urlEngine';
import type { OnlineUrlEngine } from '../onlineUrlEngine';
import { asServiceError } from './serviceError';
import { unaskable, withoutSecrets } from './sentUrl';

/** As far as it is needed of VirusTotal's client, which has its own key, consent, queue and quota. */
export interface VirusTotalLinks {
  /** Never rejects. @param url http or https */
  urlReport(url: string, control: EngineControl): Promise<EngineAnswer>;
}

export interface VirusTotalUrlOptions {
  readonly isEnabled: () => boolean;
  readonly links: VirusTotalLinks;
}

const engine = { id: 'virustotal', name: engineNames.virustotal } as const;

/** Asks VirusTotal about links that mean something to others. */
export class VirusTotalUrlEngine implements OnlineUrlEngine {
  readonly id = engine.id;
  readonly name = engine.name;
  readonly sends = 'url';

  constructor(private readonly options: VirusTotalUrlOptions) {}

  get isEnabled(): boolean {
    return this.options.isEnabled();
  }

  async ask(target: UrlTarget, control: EngineControl): Promise<UrlEngineAnswer> {
    const { links } = this.options;
    const notAsked = this.isEnabled ? unaskable(target) : ({ reason: 'switchedOff' } as const);
    if (notAsked !== undefined) {
      return { report: { ...engine, state: 'notAsked', ...notAsked, sendsAway: true }, findings: [] };
    }
    try {
      return await links.urlReport(withoutSecrets(target.url), control);
    } catch (error) {
      const { reason, message: detail } = asServiceError(error);
      return { report: { ...engine, state: 'failed', reason, detail, sendsAway: true }, findings: [] };
    }
  }
}

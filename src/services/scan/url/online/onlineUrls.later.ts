import type { Clock } from '../../../../shared/clock';
import type { OnlineUrlSettings } from '../../../../shared/url/onlineUrlSettings';
import type { HttpClient } from '../../../http/httpClient';
import type { ApiKeys } from '../../../secrets/apiKeys';
import { LinkFollowingEngine } from './linkFollowingEngine';
import type { OnlineUrlEngine } from './onlineUrlEngine';
import { SafeBrowsingEngine } from './services/safeBrowsing/safeBrowsingEngine';
import { UrlhausEngine } from './services/urlhausEngine';
import { type VirusTotalLinks, VirusTotalUrlEngine } from './services/virusTotalUrlEngine';

export interface OnlineUrlEnginesOptions {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly keys: ApiKeys;
  readonly virusTotal: VirusTotalLinks;
  /** Requests are to go through a proxy. */
  readonly usesProxy: () => boolean;
  /** As they are when an engine is asked: it is read anew each time. */
  readonly settings: () => OnlineUrlSettings;
}

/** The online engines for links, in the order in which reports have them. Making them sends nothing. */
export function createOnlineUrlEngines({
  settings,
  virusTotal,
  usesProxy,
  ...shared
}: OnlineUrlEnginesOptions): readonly OnlineUrlEngine[] {
  const { clock } = shared;
  return [
    new LinkFollowingEngine({ clock, usesProxy, isEnabled: () => settings().followRedirects }),
    new UrlhausEngine({ ...shared, isEnabled: () => settings().urlhaus }),
    new SafeBrowsingEngine({ ...shared, isEnabled: () => settings().safeBrowsing }),
    new VirusTotalUrlEngine({ links: virusTotal, isEnabled: () => settings().virustotal }),
  ];
}

import type { EngineReport } from '../../../../../shared/scan/record';
import type { UrlTarget } from '../../urlEngine';
import { isPublicHost } from '../address/localName';

/** Why a link is none to ask services about; undefined where it is one. */
export function unaskable({ url, host }: UrlTarget): Pick<EngineReport, 'reason' | 'detail'> | undefined {
  if (!/^https?:/.test(url)) return { reason: 'notApplicable' };
  if (!isPublicHost(host)) return { reason: 'notApplicable', detail: 'its host is in a local network' };
  return undefined;
}

/** As services get a link: without a user's name and password, and without the fragment, which no server sees either. */
export function withoutSecrets(url: string): string {
  const sent = new URL(url);
  sent.username = '';
  sent.password = '';
  sent.hash = '';
  return sent.href;
}

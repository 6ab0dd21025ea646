import { addressScope } from './addressScope';
import { addressOfHost } from './ipAddress';

/** Domains that belong to nobody's Internet: kept by standards for local use, or used so by routers and companies. */
const localDomains: readonly string[] = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
  'test',
  'invalid',
  'onion',
];

/**
 * Whether a host belongs to everybody's Internet as far as its name or address tells. Links to others tell of
 * somebody's own network and mean nothing to a service outside of it.
 *
 * @param host as it stands in a URL
 */
export function isPublicHost(host: string): boolean {
  const address = addressOfHost(host);
  if (address !== undefined) return addressScope(address) === 'public';
  const name = host.replace(/\.$/, '');
  if (!name.includes('.')) return false;
  return !localDomains.some((domain) => name.endsWith(`.${domain}`));
}

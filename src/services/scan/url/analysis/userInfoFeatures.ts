import { brandByDomain } from '../data/brands';
import type { Feature } from './feature';
import type { HostName } from './hostName';
import { percentDecoded } from './percentDecoded';
import type { RawUrl } from './rawUrl';
import { parse } from 'tldts';

/** What stands before an `@` is a user's name, however much it looks like a host. */
export function userInfoFeatures({ userInfo }: RawUrl, url: URL, host: HostName): Feature[] {
  if (userInfo === undefined || userInfo === '') return [];
  const decoded = percentDecoded(userInfo);
  const pretended = hostIn(decoded);
  const brand =
    pretended === undefined
      ? undefined
      : (brandByDomain.get(pretended.registry) ?? brandByDomain.get(pretended.domain));
  // Repositories are fetched by people whose names end like those of hosts, as in "wei.li@".
  const isPerson =
    brand === undefined && /^[\p{L}\d_-]+\.[\p{L}\d-]+$/u.test(decoded) && isRepository(url, host);
  if (pretended !== undefined && pretended.domain !== host.registrableDomain && !isPerson) {
    return [
      {
        rule: 'userInfoLooksLikeHost',
        title: `It leads to ${host.unicode}, and not to ${pretended.host}`,
        reason: 'What stands before the @ is the name of a user. It was made to look like the host.',
        points: brand === undefined ? 65 : 85,
      },
    ];
  }
  if (/^https?$/.test(url.protocol.slice(0, -1)) && /[/\\?#]|%(?:2f|5c)/i.test(userInfo)) {
    return [
      {
        rule: 'userInfoWithSlashes',
        title: 'The name of the user contains slashes',
        reason: 'They make a name look like the path of another host.',
        points: 45,
      },
    ];
  }
  if (url.password === '') return [];
  return [
    {
      rule: 'credentials',
      title: 'It carries a password or a token',
      reason: 'Whoever sees the link has it, and so have logs and the history of the browser.',
      points: host.isLocal ? 0 : 10,
    },
  ];
}

function isRepository({ pathname }: URL, host: HostName): boolean {
  return /\.git\/?$|\/_git\//.test(pathname) || (host.owner !== undefined && !host.sharedHosting);
}

interface PretendedHost {
  readonly host: string;
  readonly domain: string;
  readonly registry: string;
}

/** A name at the beginning, or after a scheme, whose suffix is a registry's. */
function hostIn(text: string): PretendedHost | undefined {
  const name = /^(?:[a-z][a-z0-9+.-]*:)?[/\\]*((?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}-]{2,})/iu.exec(text)?.[1];
  if (name === undefined || name.length > 253) return undefined;
  const options = { extractHostname: false, validateHostname: false };
  const host = name.toLowerCase();
  const { domain, isIcann, isPrivate } = parse(host, { ...options, allowPrivateDomains: true });
  if (domain === null || (isIcann !== true && isPrivate !== true)) return undefined;
  // Of `first.last@example.org:password@host` the user's name is an address, and no host.
  if (text[name.length] === '@' && !brandByDomain.has(domain)) return undefined;
  return { host, domain, registry: parse(host, options).domain ?? domain };
}

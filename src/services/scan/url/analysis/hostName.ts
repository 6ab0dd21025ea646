import { domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { type Brand, brandByDomain, brandByLabel } from '../data/brands';
import { addressScope } from '../online/address/addressScope';
import { addressOfHost } from '../online/address/ipAddress';

/** The host of a link, as far as its name alone tells. */
export interface HostName {
  /** As a browser writes it: Punycode, lower case, IPv6 in brackets, without a dot at its end. */
  readonly ascii: string;
  /** In its own scripts. */
  readonly unicode: string;
  /** Of an address, without brackets. */
  readonly address?: string;
  /** This machine, a network around it, or a name that is set aside for such or for examples. */
  readonly isLocal: boolean;
  /** What its owner registered; below suffixes under which anybody gets a name, such as `github.io`, that name. */
  readonly registrableDomain?: string;
  /** What was registered with the registry itself: of `a.github.io` this is `github.io`. */
  readonly registryDomain?: string;
  /** The public suffix below which the registrable domain lies. */
  readonly suffix: string;
  /** The suffix is one in which names are registered, as far as is known. */
  readonly hasListedSuffix: boolean;
  /** The labels before the suffix, in Unicode, outermost first. */
  readonly labels: readonly string[];
  /** Who is known to own it. */
  readonly owner?: Brand;
  /** Anybody can put something there, though the domain is somebody's. */
  readonly sharedHosting: boolean;
}

/** Suffixes that lead nowhere on the Internet, or to one's own network. */
const localSuffixes =
  /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|test|example|invalid|localdomain|home\.arpa|in-addr\.arpa)$/;
const exampleDomains: ReadonlySet<string> = new Set(['example.com', 'example.org', 'example.net']);

/** @param hostname of a parsed URL, not empty */
export function hostName(hostname: string): HostName {
  const ascii = hostname.replace(/\.$/, '');
  const address = addressOfHost(ascii);
  if (address !== undefined) {
    const scope = addressScope(address);
    return {
      ascii,
      unicode: ascii,
      address,
      // What goes through a tunnel ends at some address of the Internet, or nowhere.
      isLocal: scope !== 'public' && scope !== 'tunnel',
      suffix: '',
      hasListedSuffix: false,
      labels: [],
      sharedHosting: false,
    };
  }
  const options = { extractHostname: false, validateHostname: false };
  const { domain, publicSuffix, isIcann, isPrivate } = parse(ascii, {
    ...options,
    allowPrivateDomains: true,
  });
  const registry = isPrivate === true ? parse(ascii, options).domain : domain;
  const unicode = ascii.includes('xn--') ? domainToUnicode(ascii) || ascii : ascii;
  const suffix = publicSuffix ?? '';
  const suffixLabels = suffix === '' ? 0 : suffix.split('.').length;
  const all = unicode.split('.');
  const labels = all.slice(0, Math.max(all.length - suffixLabels, 0));
  const owner = ownerOf(registry ?? undefined, domain ?? undefined, ascii);
  return {
    ascii,
    unicode,
    isLocal: !ascii.includes('.') || localSuffixes.test(ascii) || exampleDomains.has(registry ?? ''),
    suffix,
    hasListedSuffix: isIcann === true || isPrivate === true,
    labels,
    sharedHosting: isPrivate === true && domain !== null,
    ...(domain === null ? {} : { registrableDomain: domain }),
    ...(registry === null ? {} : { registryDomain: registry }),
    ...(owner === undefined ? {} : { owner }),
  };
}

function ownerOf(registry: string | undefined, domain: string | undefined, host: string): Brand | undefined {
  const listed = [registry, domain, host].flatMap((name) =>
    name === undefined ? [] : [brandByDomain.get(name)],
  );
  const found = listed.find((brand) => brand !== undefined);
  if (found !== undefined || registry === undefined) return found;
  const [label = ''] = registry.split('.');
  const suffix = registry.slice(label.length + 1);
  const brand = brandByLabel.get(label);
  return brand?.anySuffix === true && isNational(suffix) ? brand : undefined;
}

/**
 * Given away, one letter from `com` and `net`, or sold all over the world: names there are often not those of whom they
 * speak.
 */
const doubtfulNations: readonly string[] =
  'tk ml ga cf gq cm om co ne et ac ai cc gg io ly me nu pw sh st su to tv vu ws'.split(' ');

/** `de`, `co.uk`, `com.br`: those who have a name all over the world have it there. */
function isNational(suffix: string): boolean {
  return /^(?:(?:com?|org|net)\.)?[a-z]{2}$/.test(suffix) && !doubtfulNations.includes(suffix);
}

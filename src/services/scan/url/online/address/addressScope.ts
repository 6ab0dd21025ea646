import { type IpAddress, parseIpAddress, parsePrefix } from './ipAddress';

/**
 * Where an address leads. Only `public` ones belong to everybody's Internet. `loopback`, `private` and `linkLocal` lead
 * to this machine and to the networks around it; nobody else is ever reached by the rest.
 */
export type AddressScope =
  | 'public'
  | 'loopback'
  | 'private'
  | 'linkLocal'
  | 'unspecified'
  | 'multicast'
  | 'documentation'
  | 'tunnel'
  | 'reserved';

type SpecialScope = Exclude<AddressScope, 'public'>;

/**
 * The special-purpose ranges that IANA keeps, narrow ones before those around them. Anycast services inside of
 * 192.0.0.0/24 and 2001::/23 are left out with the range: no web server answers there.
 */
const ranges: readonly (readonly [range: string, scope: SpecialScope])[] = [
  // "This network": systems take 0.0.0.0 for themselves, and some the whole range.
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  // Between a provider and its customers.
  ['100.64.0.0/10', 'private'],
  ['127.0.0.0/8', 'loopback'],
  // Holds the metadata services of clouds.
  ['169.254.0.0/16', 'linkLocal'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'reserved'],
  ['192.52.193.0/24', 'reserved'],
  // Relays of 6to4, given up.
  ['192.88.99.0/24', 'tunnel'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'reserved'],
  // Benchmarks of network devices.
  ['198.18.0.0/15', 'private'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  // NAT64 with a prefix of the network's own.
  ['64:ff9b:1::/48', 'private'],
  // Teredo.
  ['2001::/32', 'tunnel'],
  ['2001:db8::/32', 'documentation'],
  ['2001::/23', 'reserved'],
  // 6to4: the address leads to whatever IPv4 address stands in it.
  ['2002::/16', 'tunnel'],
  ['2620:4f:8000::/48', 'reserved'],
  ['3fff::/20', 'documentation'],
  ['5f00::/16', 'reserved'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'linkLocal'],
  // Site-local, the forerunner of fc00::/7: some networks still have it.
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
];

const special = ranges.map(([range, scope]) => ({ contains: parsePrefix(range), scope }));

/** Ranges of IPv6 whose last 32 bits are an IPv4 address that is reached in its place. */
const embedding = ['::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96'].map(parsePrefix);

/** Beyond it nothing of IPv6 has been given out. */
const isGlobalUnicast = parsePrefix('2000::/3');

/**
 * Where a resolved address leads.
 * @param address without brackets; what is no address is `reserved`: it must not be connected to
 */
export function addressScope(address: string): AddressScope {
  const parsed = parseIpAddress(address);
  return parsed === undefined ? 'reserved' : scopeOf(parsed);
}

function scopeOf(address: IpAddress): AddressScope {
  if (embedding.some((contains) => contains(address))) {
    return scopeOf({ family: 4, bits: address.bits & 0xffff_ffffn });
  }
  const found = special.find(({ contains }) => contains(address));
  if (found !== undefined) return found.scope;
  return address.family === 4 || isGlobalUnicast(address) ? 'public' : 'reserved';
}

const local: ReadonlySet<AddressScope> = new Set(['loopback', 'private', 'linkLocal']);

/** This machine, or a network around it: worth a look when somebody asks for it, and only then. */
export function isLocal(scope: AddressScope): boolean {
  return local.has(scope);
}

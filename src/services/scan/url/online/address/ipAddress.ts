import { isIPv4, isIPv6 } from 'node:net';

/** An address as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** @param text as resolvers and sockets write it, without brackets. @returns undefined for what is no address */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, bits: ipv4Bits(text) };
  // The zone says through which interface a link-local address is reached, and is no part of it.
  const [address = ''] = text.split('%', 1);
  if (isIPv6(address)) return { family: 6, bits: ipv6Bits(address) };
  return undefined;
}

/** The host of a URL as an address: IPv6 stands in brackets there. @returns undefined for a name */
export function addressOfHost(host: string): string | undefined {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return parseIpAddress(bare) === undefined ? undefined : bare;
}

/** @param text such as `10.0.0.0/8` or `fe80::/10` */
export function parsePrefix(text: string): (address: IpAddress) => boolean {
  const [network = '', length = ''] = text.split('/');
  const parsed = parseIpAddress(network);
  if (parsed === undefined) throw new Error(`${text} is no range of addresses.`);
  const width = parsed.family === 4 ? 32 : 128;
  const shift = BigInt(width - Number(length));
  const wanted = parsed.bits >> shift;
  return ({ family, bits }) => family === parsed.family && bits >> shift === wanted;
}

function ipv4Bits(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function ipv6Bits(text: string): bigint {
  const [before = [], after = []] = text.split('::', 2).map(groupsOf);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const bits = ipv4Bits(group);
    return [bits >> 16n, bits & 0xffffn];
  });
}

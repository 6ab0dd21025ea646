import { BlockList, isIPv4, isIPv6 } from 'node:net';

export type AddressFamily = 'ipv4' | 'ipv6';

/** An address as a number of its family's width. */
export interface IpAddress {
  readonly family: AddressFamily;
  readonly value: bigint;
}

/** `public`: reachable for everybody, and so somebody's; `reserved`: no single machine's, such as multicast. */
export type AddressScope = 'local' | 'public' | 'reserved';

export function widthOf(family: AddressFamily): number {
  return family === 'ipv4' ? 32 : 128;
}

/** @param text without a zone @returns undefined where it is no whole address */
export function parseAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 'ipv4', value: BigInt(ipv4Value(text)) };
  if (isIPv6(text) && !text.includes('%')) return { family: 'ipv6', value: ipv6Value(text) };
  return undefined;
}

function ipv4Value(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}

function ipv6Value(text: string): bigint {
  const [, before = text, embedded] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const low = embedded === undefined ? undefined : ipv4Value(embedded);
  const hex =
    low === undefined ? before : `${before}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`;
  const [head = '', tail] = hex.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** In its usual form; of IPv6 the shortest one (RFC 5952). */
export function formatAddress({ family, value }: IpAddress): string {
  if (family === 'ipv4') {
    return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 0xffn).toString()).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  );
  // The URL parser of WHATWG writes addresses in that form.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

type Block = readonly [net: string, prefix: number, family: AddressFamily];

const localBlocks: readonly Block[] = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  // Behind a provider's address translation, and in networks that are laid over others.
  ['100.64.0.0', 10, 'ipv4'],
  // For documentation and benchmarks: no public route leads there.
  ['192.0.2.0', 24, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
];
const reservedBlocks: readonly Block[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

/** Of all addresses from the first to the last: `local` only where one block of such addresses holds them all. */
export function scopeOf(first: IpAddress, last: IpAddress = first): AddressScope {
  const from = unmapped(first);
  const to = unmapped(last);
  const within = (blocks: readonly Block[]): boolean =>
    blocks.some((block) => holds(block, from) && holds(block, to));
  if (within(localBlocks)) return 'local';
  return within(reservedBlocks) ? 'reserved' : 'public';
}

function holds([net, prefix, family]: Block, address: IpAddress): boolean {
  if (address.family !== family) return false;
  const block = new BlockList();
  block.addSubnet(net, prefix, family);
  return block.check(formatAddress(address), family);
}

/** An IPv4 address that is written as one of IPv6 (`::ffff:10.0.0.1`) leads where the former does. */
function unmapped(address: IpAddress): IpAddress {
  if (address.family === 'ipv6' && address.value >> 32n === 0xffffn) {
    return { family: 'ipv4', value: address.value & 0xffff_ffffn };
  }
  return address;
}

import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import {
  type AddressFamily,
  type AddressScope,
  formatAddress,
  type IpAddress,
  parseAddress,
  scopeOf,
  widthOf,
} from './ipAddress';

/** What may be scanned, in the form in which nmap takes it. */
export interface ScanTarget {
  /** In one form for all ways to write it, by which scans of the same target know each other. */
  readonly text: string;
  readonly type: 'name' | 'address' | 'network' | 'range';
  /** Absent for names, which have to be resolved. */
  readonly family?: AddressFamily;
  readonly scope?: AddressScope;
  readonly addressCount: number;
}

export const targetRefusals = [
  'empty',
  'tooLong',
  /** Begins with a dash: a program would take it for an option. */
  'optionLike',
  /** Line breaks, tabs and other characters that are not seen. */
  'controlCharacter',
  /** Characters that mean something to a shell, or that no target has. */
  'forbiddenCharacter',
  'several',
  'url',
  'badAddress',
  /** What follows the slash is no number of bits. */
  'badPrefix',
  'badRange',
  'badName',
  'nameWithPrefix',
  /** More addresses than a /8 has. */
  'tooLarge',
  /** Multicast, broadcast and the like. */
  'notScannable',
] as const;
export type TargetRefusal = (typeof targetRefusals)[number];

export type ParsedTarget =
  | { readonly type: 'target'; readonly target: ScanTarget }
  | { readonly type: 'refused'; readonly reason: TargetRefusal };

const longestTarget = 260;
const mostAddresses = 2n ** 24n;

/** Reads what a person typed: a host's name, an address, a network (`10.0.0.0/24`) or a range (`10.0.0.1-20`). */
export function parseTarget(input: string): ParsedTarget {
  const text = input.replace(/^ +| +$/g, '');
  if (text === '') return refused('empty');
  if (text.length > longestTarget) return refused('tooLong');
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return refused('controlCharacter');
  if (text.startsWith('-')) return refused('optionLike');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return refused('url');
  if (/[ ,]/.test(text)) return refused('several');
  if (!/^[\p{L}\p{M}\p{N}._:/%[\]-]+$/u.test(text)) return refused('forbiddenCharacter');
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (bare.includes('/')) return network(bare);
  if (bare.includes(':')) return ipv6(bare);
  if (/^[\d.-]+$/.test(bare)) return bare.includes('-') ? range(bare) : address(bare);
  return name(bare);
}

function address(text: string): ParsedTarget {
  const parsed = parseAddress(text);
  return parsed === undefined ? refused('badAddress') : single(parsed);
}

function ipv6(text: string): ParsedTarget {
  const [base = '', zone, ...rest] = text.split('%');
  const parsed = parseAddress(base);
  if (parsed?.family !== 'ipv6' || !isIPv6(text) || rest.length > 0) return refused('badAddress');
  if (zone !== undefined && !/^[A-Za-z0-9_.-]{1,32}$/.test(zone)) return refused('badAddress');
  return single(parsed, zone === undefined ? '' : `%${zone}`);
}

function single(parsed: IpAddress, zone = ''): ParsedTarget {
  const text = formatAddress(parsed) + zone;
  return accepted({ text, type: 'address', family: parsed.family, addressCount: 1 }, parsed, parsed);
}

function network(text: string): ParsedTarget {
  const [base = '', bits = '', ...rest] = text.split('/');
  const parsed = parseAddress(base);
  if (parsed === undefined) return refused(/^[\d.:]+$/.test(base) ? 'badAddress' : 'nameWithPrefix');
  const width = widthOf(parsed.family);
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > width) return refused('badPrefix');
  const prefix = Number(bits);
  if (prefix === width) return single(parsed);
  const { family } = parsed;
  const count = 2n ** BigInt(width - prefix);
  if (count > mostAddresses) return refused('tooLarge');
  const value = (parsed.value / count) * count;
  const first = { family, value };
  const target = {
    text: `${formatAddress(first)}/${prefix}`,
    type: 'network',
    family,
    addressCount: Number(count),
  } as const;
  return accepted(target, first, { family, value: value + count - 1n });
}

/** `10.0.0.1-20`, `10.0.0-3.1-254`, or from one address to another of the same /24. */
function range(text: string): ParsedTarget {
  const [, from = '', to = ''] = /^((?:\d+\.){3}\d+)-((?:\d+\.){3}\d+)$/.exec(text) ?? [];
  if (from !== '') {
    const [one, other] = [parseAddress(from), parseAddress(to)];
    if (one === undefined || other === undefined) return refused('badAddress');
    if (one.value >> 8n !== other.value >> 8n) return refused('badRange');
    return range(`${from}-${String(other.value & 0xffn)}`);
  }
  const octets = text.split('.').map(octetRange);
  if (octets.length !== 4) return refused('badAddress');
  const bounds = octets.filter((octet) => octet !== undefined);
  if (bounds.length !== 4) return refused('badRange');
  const addressCount = bounds.reduce((product, [low, high]) => product * (high - low + 1), 1);
  if (addressCount > mostAddresses) return refused('tooLarge');
  const end = (which: 0 | 1): IpAddress => ({
    family: 'ipv4',
    value: bounds.reduce((value, bound) => value * 256n + BigInt(bound[which]), 0n),
  });
  if (addressCount === 1) return single(end(0));
  const normal = bounds.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join('.');
  return accepted({ text: normal, type: 'range', family: 'ipv4', addressCount }, end(0), end(1));
}

function octetRange(text: string): readonly [low: number, high: number] | undefined {
  const [, low, high = low] = /^(0|[1-9]\d{0,2})(?:-(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const bounds = [Number(low), Number(high)] as const;
  return bounds[0] <= bounds[1] && bounds[1] <= 255 ? bounds : undefined;
}

function name(text: string): ParsedTarget {
  const ascii = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  const labels = ascii.split('.');
  const isName =
    ascii.length <= 253 && labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  // A last part of digits makes programs read it as some form of an address.
  if (!isName || /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) return refused('badName');
  return { type: 'target', target: { text: ascii, type: 'name', addressCount: 1 } };
}

function accepted(target: Omit<ScanTarget, 'scope'>, first: IpAddress, last: IpAddress): ParsedTarget {
  const scope = scopeOf(first, last);
  if (scope === 'reserved') return refused('notScannable');
  return { type: 'target', target: { ...target, scope } };
}

function refused(reason: TargetRefusal): ParsedTarget {
  return { type: 'refused', reason };
}

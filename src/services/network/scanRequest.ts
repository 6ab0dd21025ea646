import type { NetworkProfile } from '../../shared/network/networkDetails';
import { type AddressFamily, formatAddress, parseAddress, scopeOf } from './target/ipAddress';
import { type ParsedPorts, parsePorts } from './target/portList';
import { parseTarget, type TargetRefusal } from './target/scanTarget';

/** What a person has to say yes to. `public`: it belongs to somebody else; `large`: it has very many addresses. */
export type Consent = 'public' | 'large';

/** More addresses than these are not asked without a question: those of a /22. */
export const mostUnasked = 1_024;

export interface NetworkScanRequest {
  /** As records have it: normal form of what was typed. */
  readonly target: string;
  /** As nmap takes it: of a name, the address that it led to when the scope was judged. */
  readonly address: string;
  readonly family: AddressFamily;
  readonly addressCount: number;
  readonly profile: NetworkProfile;
  /** Of the custom profile, in normal form. */
  readonly ports?: string;
  readonly needs: readonly Consent[];
}

export type PreparedScan =
  | { readonly type: 'ready'; readonly request: NetworkScanRequest }
  | { readonly type: 'refused'; readonly reason: TargetRefusal }
  | {
      readonly type: 'portsRefused';
      readonly reason: Extract<ParsedPorts, { type: 'refused' }>['reason'];
    }
  | { readonly type: 'unresolved'; readonly name: string };

/** The addresses of a name. Rejects, or gives none, where there are none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** Whether two scans looked at the same in the same way. */
export function scanKey({
  target,
  profile,
  ports,
}: Pick<NetworkScanRequest, 'target' | 'profile' | 'ports'>): string {
  return [target, profile, ports ?? ''].join(' ');
}

/**
 * Judges what a person typed. A name is resolved here and once: what is scanned is the address whose scope was judged,
 * wherever the name leads a moment later.
 */
export async function prepareScan(
  typed: { readonly target: string; readonly profile: NetworkProfile; readonly ports?: string },
  resolve: ResolveName,
): Promise<PreparedScan> {
  const parsed = parseTarget(typed.target);
  if (parsed.type === 'refused') return parsed;
  const { target } = parsed;
  const ports = typed.profile === 'custom' ? parsePorts(typed.ports ?? '') : undefined;
  if (ports?.type === 'refused') return { type: 'portsRefused', reason: ports.reason };
  const common = {
    target: target.text,
    addressCount: target.addressCount,
    profile: typed.profile,
    ...(ports === undefined ? {} : { ports: ports.text }),
  };
  if (target.family !== undefined) {
    const needs: Consent[] = [
      ...(target.scope === 'public' ? (['public'] as const) : []),
      ...(target.addressCount > mostUnasked ? (['large'] as const) : []),
    ];
    return { type: 'ready', request: { ...common, address: target.text, family: target.family, needs } };
  }
  const resolved = await firstAddress(target.text, resolve);
  if (resolved === undefined) return { type: 'unresolved', name: target.text };
  const scope = scopeOf(resolved);
  if (scope === 'reserved') return { type: 'refused', reason: 'notScannable' };
  const needs: Consent[] = scope === 'public' ? ['public'] : [];
  const { family } = resolved;
  return { type: 'ready', request: { ...common, address: formatAddress(resolved), family, needs } };
}

/** Of IPv4, if there is one: what answers there is seen without privileges, too. */
async function firstAddress(name: string, resolve: ResolveName) {
  const texts = await resolve(name).catch(() => []);
  const addresses = texts.map(parseAddress).filter((address) => address !== undefined);
  return addresses.find(({ family }) => family === 'ipv4') ?? addresses[0];
}

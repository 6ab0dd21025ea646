import { type AddressScope, isLocal } from '../address/addressScope';
import { addressOfHost } from '../address/ipAddress';
import { FollowError, networkCode } from './followError';
import type { HostResolver } from './hostResolver';
import { untilAborted } from './timeLimit';

export type CheckedHost =
  | {
      readonly type: 'allowed';
      /** Nothing but these may be connected to. */
      readonly addresses: readonly string[];
      /** On this machine or in a network around it, with somebody's consent. */
      readonly isLocal: boolean;
    }
  | { readonly type: 'refused'; readonly address: string; readonly scope: AddressScope };

export interface HostCheckOptions {
  readonly resolver: HostResolver;
  readonly scopeOf: (address: string) => AddressScope;
  /** The one host that may be in a local network. */
  readonly allowedLocalHost?: string | undefined;
  readonly signal: AbortSignal;
}

/** More than any host needs: a name with thousands of addresses is nothing to try one after the other. */
const mostAddresses = 16;

/**
 * Resolves a host once, and checks all that came of it. A single address that nobody may reach refuses the host: public
 * and private ones side by side are what answers look like that are made to get past a check.
 *
 * @param host as it stands in a URL
 * @throws FollowError
 */
export async function checkHost(
  host: string,
  { resolver, scopeOf, allowedLocalHost, signal }: HostCheckOptions,
): Promise<CheckedHost> {
  const literal = addressOfHost(host);
  const addresses = literal === undefined ? await resolved(host, resolver, signal) : [literal];
  const isAllowed = (scope: AddressScope): boolean =>
    scope === 'public' || (host === allowedLocalHost && isLocal(scope));
  const scopes = addresses.map((address) => ({ address, scope: scopeOf(address) }));
  const refused = scopes.find(({ scope }) => !isAllowed(scope));
  if (refused !== undefined) return { type: 'refused', ...refused };
  return {
    type: 'allowed',
    addresses: addresses.slice(0, mostAddresses),
    isLocal: scopes.some(({ scope }) => scope !== 'public'),
  };
}

async function resolved(
  host: string,
  resolver: HostResolver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const addresses = await untilAborted(resolver.resolve(host), signal);
    if (addresses.length > 0) return addresses;
  } catch (error) {
    if (error instanceof FollowError) throw error;
    const code = networkCode(error) ?? 'unknown error';
    throw new FollowError('unreachable', `No address was found for the host: ${code}`, { cause: error });
  }
  throw new FollowError('unreachable', 'The host has no address.');
}

import type { Clock } from '../../../../../shared/clock';
import type { UrlHop } from '../../../../../shared/url/urlDetails';
import { type AddressScope, addressScope } from '../address/addressScope';
import { hasBlockedPort } from './blockedPorts';
import type { CertificateFacts } from './certificate';
import { checkHost } from './checkedHost';
import { openConnection } from './connection';
import { exchange, type ExchangeLimits, type Page } from './exchange';
import { FollowError } from './followError';
import type { HostResolver } from './hostResolver';
import { limitTime } from './timeLimit';

export interface FollowLimits extends ExchangeLimits {
  readonly maxRedirects: number;
  /** Of one step: finding the host, connecting, the answer. */
  readonly stepMs: number;
  readonly totalMs: number;
  /** A longer address is not followed. */
  readonly maxUrlLength: number;
}

export const followLimits: FollowLimits = {
  maxRedirects: 5,
  stepMs: 8_000,
  totalMs: 25_000,
  maxUrlLength: 8_192,
  maxHeaderBytes: 32_768,
  maxBodyBytes: 4_096,
};

/** The certificate that a host has shown. */
export interface ShownCertificate extends CertificateFacts {
  readonly host: string;
  /** The host is on this machine or in a network around it. */
  readonly isLocal: boolean;
}

/** Why a link was followed no further. */
export type FollowEnd =
  | { readonly type: 'arrived'; readonly page: Page }
  /** The certificate does not hold: no request was sent. */
  | { readonly type: 'badCertificate' }
  /** The host of the last hop leads to where nobody but this machine gets; nothing was connected to. */
  | { readonly type: 'refused'; readonly address: string; readonly scope: AddressScope }
  /** Browsers do not open the port of the last hop; nothing was connected to. */
  | { readonly type: 'blockedPort'; readonly port: string }
  /** It leads to what is neither http nor https. */
  | { readonly type: 'otherScheme'; readonly url: string; readonly scheme: string }
  /** It leads to what cannot be understood as an address. */
  | { readonly type: 'noAddress'; readonly location: string }
  | { readonly type: 'tooManyRedirects'; readonly url: string }
  /** It leads back to where it has been. */
  | { readonly type: 'loop'; readonly url: string }
  | { readonly type: 'failed'; readonly reason: FollowError['reason']; readonly detail: string };

export interface FollowedLink {
  /** Every step in order, the link itself first; the last may have no answer. */
  readonly hops: readonly UrlHop[];
  /** One for each secure step. */
  readonly certificates: readonly ShownCertificate[];
  readonly end: FollowEnd;
  /** The link's own host is on this machine or in a network around it, and was looked at on purpose. */
  readonly startsLocally: boolean;
}

/** The network as link following finds it. */
export interface FollowNetwork {
  readonly resolver: HostResolver;
  /** Tells where an address leads, in place of the ranges that are known. */
  readonly scopeOf?: (address: string) => AddressScope;
  /** Certificates in PEM that are trusted in place of those that Node brings along. */
  readonly ca?: string;
}

export interface FollowOptions extends FollowNetwork {
  readonly clock: Clock;
  readonly limits: FollowLimits;
  /** Lets the link's own host be in a local network; where it leads on to, it stays forbidden. */
  readonly localOnPurpose: boolean;
  readonly signal: AbortSignal;
  readonly onStep: (step: number) => void;
}

type Step =
  | { readonly type: 'end'; readonly hop: UrlHop; readonly end: FollowEnd }
  | { readonly type: 'on'; readonly hop: UrlHop; readonly location: string };

/**
 * Goes where a link leads, step by step, as far as limits and addresses let it. Each step's host is resolved anew, all
 * its addresses are checked, and the connection goes to one of those. How it ended is a part of the answer.
 *
 * @param url http or https
 */
export async function followLink(url: string, options: FollowOptions): Promise<FollowedLink> {
  const { clock, limits, signal } = options;
  const total = limitTime(clock, limits.totalMs, signal);
  const follower = new LinkFollower(new URL(url), options, total.signal);
  try {
    return await follower.run();
  } finally {
    total.dispose();
  }
}

class LinkFollower {
  private readonly hops: UrlHop[] = [];
  private readonly certificates: ShownCertificate[] = [];
  private readonly visited = new Set<string>();
  private startsLocally = false;

  constructor(
    private readonly start: URL,
    private readonly options: FollowOptions,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<FollowedLink> {
    let url = this.start;
    for (;;) {
      this.visited.add(withoutFragment(url));
      this.options.onStep(this.hops.length + 1);
      const step = await this.step(url);
      this.hops.push(step.hop);
      if (step.type === 'end') return this.result(step.end);
      const next = this.next(step.location, url);
      if (!(next instanceof URL)) return this.result(next);
      url = next;
    }
  }

  private result(end: FollowEnd): FollowedLink {
    const { hops, certificates, startsLocally } = this;
    return { hops, certificates, end, startsLocally };
  }

  private async step(url: URL): Promise<Step> {
    const { clock, limits } = this.options;
    if (hasBlockedPort(url)) {
      return { type: 'end', hop: { url: url.href }, end: { type: 'blockedPort', port: url.port } };
    }
    const limit = limitTime(clock, limits.stepMs, this.signal);
    // What is known of a step stays, also when it fails.
    let hop: UrlHop = { url: url.href };
    try {
      const host = await checkHost(url.hostname, {
        resolver: this.options.resolver,
        scopeOf: this.options.scopeOf ?? addressScope,
        allowedLocalHost: this.options.localOnPurpose ? this.start.hostname : undefined,
        signal: limit.signal,
      });
      if (host.type === 'refused') {
        return { type: 'end', hop, end: { type: 'refused', address: host.address, scope: host.scope } };
      }
      // Allowed is nothing local but the start.
      this.startsLocally ||= host.isLocal;
      const connection = await openConnection(url, host.addresses, {
        ca: this.options.ca,
        signal: limit.signal,
      });
      hop = { ...hop, address: connection.address };
      if (connection.certificate !== undefined) {
        this.certificates.push({ ...connection.certificate, host: url.hostname, isLocal: host.isLocal });
        if (!host.isLocal && !holds(connection.certificate, clock.now())) {
          connection.socket.destroy();
          return { type: 'end', hop, end: { type: 'badCertificate' } };
        }
      }
      const page = await exchange(url, connection, limits, limit.signal);
      const { status, contentType, location } = page;
      hop = { ...hop, status, ...(contentType === undefined ? {} : { contentType }) };
      return location === undefined
        ? { type: 'end', hop, end: { type: 'arrived', page } }
        : { type: 'on', hop, location };
    } catch (error) {
      if (!(error instanceof FollowError)) throw error;
      return { type: 'end', hop, end: { type: 'failed', reason: error.reason, detail: error.message } };
    } finally {
      limit.dispose();
    }
  }

  private next(location: string, from: URL): URL | FollowEnd {
    const { maxRedirects, maxUrlLength } = this.options.limits;
    if (location.length > maxUrlLength || !URL.canParse(location, from.href)) {
      return { type: 'noAddress', location: location.slice(0, maxUrlLength) };
    }
    const next = new URL(location, from);
    const url = next.href;
    if (next.protocol !== 'http:' && next.protocol !== 'https:') {
      return { type: 'otherScheme', url, scheme: next.protocol.slice(0, -1) };
    }
    if (this.visited.has(withoutFragment(next))) return { type: 'loop', url };
    if (this.hops.length > maxRedirects) return { type: 'tooManyRedirects', url };
    return next;
  }
}

/** Whether a browser would go on without a warning. */
export function holds(facts: CertificateFacts, nowMs: number): boolean {
  const { validFrom = -Infinity, validTo = Infinity } = facts.details;
  return (
    facts.isForHost &&
    !facts.isSelfSigned &&
    facts.trustProblem === undefined &&
    validFrom <= nowMs &&
    nowMs <= validTo
  );
}

function withoutFragment(url: URL): string {
  const bare = new URL(url);
  bare.hash = '';
  return bare.href;
}

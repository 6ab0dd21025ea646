import type { Clock } from '../../../../shared/clock';
import { defined } from '../../../../shared/defined';
import { errorMessage } from '../../../../shared/errors';
import type { EngineReport } from '../../../../shared/scan/record';
import type { UrlHop } from '../../../../shared/url/urlDetails';
import type { EngineControl } from '../../fileEngine';
import { answered } from '../../verdict';
import { isLocal } from './address/addressScope';
import { followFindings } from './follow/followFindings';
import {
  type FollowedLink,
  followLimits,
  type FollowLimits,
  followLink,
  type FollowNetwork,
} from './follow/followLink';
import { systemResolver } from './follow/hostResolver';
import { linkFollowing } from './onlineEngines';
import type { UrlEngineAnswer, UrlTarget } from '../urlEngine';
import type { OnlineUrlEngine } from './onlineUrlEngine';

export interface LinkFollowingOptions extends Partial<FollowNetwork> {
  readonly clock: Clock;
  readonly isEnabled: () => boolean;
  /** Requests are to go through a proxy. One that resolves names by itself would undo every check of addresses. */
  readonly usesProxy?: () => boolean;
  readonly limits?: FollowLimits;
}

/** Goes where a link leads, and tells of it: each step, the certificates, what stands at the end. */
export class LinkFollowingEngine implements OnlineUrlEngine {
  readonly id = linkFollowing.id;
  readonly name = linkFollowing.name;
  readonly sends = 'requestToHost';

  constructor(private readonly options: LinkFollowingOptions) {}

  get isEnabled(): boolean {
    return this.options.isEnabled();
  }

  async ask(target: UrlTarget, control: EngineControl): Promise<UrlEngineAnswer> {
    if (!this.isEnabled) return empty({ state: 'notAsked', reason: 'switchedOff' });
    if (!/^https?:/.test(target.url)) return empty({ state: 'notAsked', reason: 'notApplicable' });
    if (target.localOnPurpose !== true && this.options.usesProxy?.() === true) {
      const detail = 'a proxy is set, and links are followed past none';
      return empty({ state: 'notAsked', reason: 'notApplicable', detail });
    }
    const { clock, resolver = systemResolver, limits = followLimits, scopeOf, ca } = this.options;
    const startedMs = clock.monotonicMs();
    try {
      const followed = await followLink(target.url, {
        resolver,
        ...defined({ scopeOf, ca }),
        clock,
        limits,
        localOnPurpose: target.localOnPurpose === true,
        signal: control.signal,
        onStep: (step) => {
          control.tell(step === 1 ? 'Following the link' : `Following the link: step ${step}`);
        },
      });
      return answerOf(target, followed, clock, clock.monotonicMs() - startedMs);
    } catch (error) {
      return empty({ state: 'failed', reason: 'failed', detail: errorMessage(error) });
    }
  }
}

function answerOf(
  target: UrlTarget,
  followed: FollowedLink,
  clock: Clock,
  elapsedMs: number,
): UrlEngineAnswer {
  const findings = followFindings(target, followed, clock.now());
  const certificate = followed.certificates.at(-1)?.details;
  return {
    report: {
      ...linkFollowing,
      ...stateOf(followed, answered(linkFollowing, findings)),
      sendsAway: true,
      elapsedMs,
    },
    findings,
    details: {
      hops: [...followed.hops, ...notFollowed(followed.end)],
      ...(certificate === undefined ? {} : { certificate }),
    },
  };
}

/** Where it leads and nobody went: what it is can be judged all the same. */
function notFollowed(end: FollowedLink['end']): readonly UrlHop[] {
  return end.type === 'otherScheme' || end.type === 'tooManyRedirects' ? [{ url: end.url }] : [];
}

type State = Pick<EngineReport, 'state' | 'reason' | 'detail'>;

/** What was not seen to its end says so, unless something was found on the way. */
function stateOf({ hops, end }: FollowedLink, result: 'hit' | 'noHit'): State {
  if (result === 'hit') return { state: 'hit' };
  switch (end.type) {
    case 'arrived':
      return {
        state: 'noHit',
        ...(end.page.status < 400 ? {} : { detail: `it answers with ${end.page.status}` }),
      };
    case 'otherScheme':
      return { state: 'noHit', detail: `it leads to ${end.scheme}:` };
    case 'badCertificate':
      return partial("the host's certificate does not hold, and no request was sent to it");
    case 'noAddress':
      return partial('it leads to what is no address');
    case 'blockedPort': {
      const detail = `no browser opens port ${end.port}`;
      return hops.length > 1 ? partial(detail) : { state: 'notAsked', reason: 'notApplicable', detail };
    }
    case 'tooManyRedirects':
      return partial(`no end after ${hops.length - 1} redirects`);
    case 'loop':
      return partial('it leads in a circle');
    case 'failed':
      return { state: 'failed', reason: end.reason, detail: end.detail };
    case 'refused':
      // Behind a redirect, it was asked, and where the link ends was not seen.
      return hops.length > 1
        ? partial(`it leads to ${end.address}, where nothing is followed to`)
        : {
            state: 'notAsked',
            reason: 'notApplicable',
            detail: isLocal(end.scope)
              ? `its host is in a local network: ${end.address}`
              : `its host has an address that is nobody's: ${end.address}`,
          };
  }
}

function partial(detail: string): State {
  return { state: 'partial', reason: 'partial', detail };
}

function empty(state: State): UrlEngineAnswer {
  return { report: { ...linkFollowing, ...state, sendsAway: true }, findings: [] };
}

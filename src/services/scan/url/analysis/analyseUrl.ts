import type { Finding } from '../../../../shared/scan/record';
import { longestUrl, type UrlAnalysis, urlAnalysisId, urlListsId } from '../../../../shared/url/urlAnalysis';
import type { UrlDetails } from '../../../../shared/url/urlDetails';
import type { ListMatch } from '../lists/listMatch';
import type { UrlTarget } from '../urlEngine';
import { brandFeatures } from './brandFeatures';
import type { Feature } from './feature';
import { type HostName, hostName } from './hostName';
import { isShortener, nameFeatures } from './nameFeatures';
import { type NestedUrl, nestedUrls } from './nestedUrls';
import { addressFeatures, downloadFeatures, portFeatures, sinkFeatures } from './pathFeatures';
import { type RawUrl, rawUrl, specialSchemes } from './rawUrl';
import { schemeFeatures } from './schemeFeatures';
import { findingOf, levelOf, scoreOf, weighed } from './score';
import { userInfoFeatures } from './userInfoFeatures';
import { writtenFeatures } from './writtenFeatures';

/** Raised with every change of what the same link comes to. */
export const analyserVersion = '2';

const deepestNesting = 2;

export interface UrlKnowledge {
  /** What lists say of a host and its link. */
  readonly lists?: (url: URL, host: string) => ListMatch;
}

/** Judges a link by its text: pure, synchronous, and within a fifth of a millisecond for links as they occur. */
export function analyseUrl(text: string, knowledge: UrlKnowledge = {}): UrlAnalysis {
  if (text.length > longestUrl) return { status: 'tooLong' };
  const looked = look(text, knowledge, 0);
  if (looked === undefined) return { status: 'notAUrl' };
  const { url, host, match } = looked;
  const features = excused(looked);
  const findings = [
    ...listFindings(match),
    ...weighed(features).map((feature) => findingOf(urlAnalysisId, feature)),
  ];
  return {
    status: 'analysed',
    details: detailsOf(url, host, blockedBy(match) === undefined ? scoreOf(features) : 100),
    findings,
    hidesTarget: host !== undefined && isShortener(host),
    isLocal: host?.isLocal ?? false,
    ...(host === undefined ? {} : { target: targetOf(url, host) }),
  };
}

interface Looked {
  readonly url: URL;
  readonly host: HostName | undefined;
  readonly features: readonly Feature[];
  readonly match: ListMatch;
}

function look(text: string, knowledge: UrlKnowledge, depth: number): Looked | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const raw = rawUrl(text);
  const host = url.hostname === '' ? undefined : hostName(url.hostname);
  const match = host === undefined ? {} : (knowledge.lists?.(url, host.ascii) ?? {});
  const features = [
    ...schemeFeatures(url, host?.isLocal === true),
    ...writtenFeatures(raw, url, host),
    ...(host === undefined ? [] : hostFeatures(raw, url, host)),
    ...nestedUrls(url).flatMap((nested) => nestedFeatures(nested, host, knowledge, depth)),
  ];
  return { url, host, features, match };
}

function hostFeatures(raw: RawUrl, url: URL, host: HostName): Feature[] {
  // What programs call their own parts, as in `vscode://vscode.git/clone`, is no name that somebody could register.
  const isSomebodys = host.hasListedSuffix || specialSchemes.has(raw.scheme);
  return [
    ...userInfoFeatures(raw, url, host),
    ...nameFeatures(host),
    ...(host.isLocal || host.address !== undefined || !isSomebodys ? [] : brandFeatures(host)),
    ...addressFeatures(url, host),
    ...portFeatures(url, host),
    ...downloadFeatures(url, host),
    ...sinkFeatures(url, host),
  ];
}

function nestedFeatures(
  { text, place, hidden }: NestedUrl,
  outer: HostName | undefined,
  knowledge: UrlKnowledge,
  depth: number,
): Feature[] {
  const inner = depth < deepestNesting ? look(text, knowledge, depth + 1) : undefined;
  if (inner === undefined) return [];
  const { url, host, match } = inner;
  const score = blockedBy(match) === undefined ? scoreOf(excused(inner)) : 100;
  const shown = host === undefined ? url.protocol : host.unicode;
  const domain = (name: HostName | undefined): string | undefined => name?.registrableDomain ?? name?.ascii;
  if (levelOf(score) !== 'informational') {
    const reason = blockedBy(match) === undefined ? (inner.features[0]?.title ?? '') : 'A list blocks it.';
    return [
      {
        rule: 'nestedUrl',
        title: `It carries a link to ${shown} that is not to be trusted`,
        reason: `${reason}. Servers that redirect hand on to what stands in a link.`.replace('..', '.'),
        // Elsewhere it is more often a quotation, as in searches and in archives of the web.
        points: place === 'redirect' ? score : Math.min(host === undefined ? 30 : 45, score),
        about: 'nested',
      },
    ];
  }
  const elsewhere = host !== undefined && domain(host) !== domain(outer);
  if (!elsewhere || (place !== 'redirect' && !hidden)) return [];
  return [
    {
      rule: hidden ? 'hiddenRedirect' : 'redirect',
      title: hidden ? `It hides a link to ${shown}` : `It may hand on to ${shown}`,
      reason: hidden
        ? 'The link that it carries is encoded so that nobody reads it.'
        : 'Sharing and signing in work like that, and so do links that borrow a trusted name.',
      points: hidden ? 20 : host.isLocal ? 0 : 5,
      about: 'nested',
    },
  ];
}

/** An allow list speaks for a host and what lies there, and not for where it hands on to. */
function excused({ features, match }: Looked): readonly Feature[] {
  if (match.allow === undefined) return features;
  return features.map((feature) => (feature.about === 'nested' ? feature : { ...feature, points: 0 }));
}

function blockedBy({ allow, block }: ListMatch): ListMatch['block'] {
  return allow === undefined ? block : undefined;
}

function listFindings({ allow, block }: ListMatch): Finding[] {
  const findings: Finding[] = [];
  if (block !== undefined) {
    findings.push({
      engine: urlListsId,
      rule: 'blocked',
      title: 'A block list names it',
      description: `${block.entry}, in ${block.file}`,
      severity: 'critical',
      weight: allow === undefined ? 'malicious' : 'informational',
    });
  }
  if (allow !== undefined) {
    findings.push({
      engine: urlListsId,
      rule: 'allowed',
      title: 'One of your allow lists names it',
      description: `${allow.entry}, in ${allow.file}. What speaks against the host decides nothing.`,
      severity: 'info',
      weight: 'informational',
    });
  }
  return findings;
}

function detailsOf(url: URL, host: HostName | undefined, score: number): UrlDetails {
  return {
    type: 'url',
    normalized: url.href,
    scheme: url.protocol.slice(0, -1),
    score,
    ...(host === undefined ? {} : { host: host.ascii }),
    ...(host === undefined || host.unicode === host.ascii ? {} : { unicodeHost: host.unicode }),
    ...(host?.registrableDomain === undefined ? {} : { registrableDomain: host.registrableDomain }),
  };
}

function targetOf(url: URL, { ascii, registrableDomain }: HostName): UrlTarget {
  return {
    url: url.href,
    host: ascii,
    ...(registrableDomain === undefined ? {} : { registrableDomain }),
  };
}

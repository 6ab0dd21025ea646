import type { Finding } from '../../../../../shared/scan/record';
import { extensionOf } from '../../../content/contentFindings';
import { detectContent } from '../../../content/contentType';
import { isLocal } from '../address/addressScope';
import { linkFollowing } from '../onlineEngines';
import type { UrlTarget } from '../../urlEngine';
import { certificateFindings } from './certificateFindings';
import type { Page } from './exchange';
import type { FollowedLink } from './followLink';

type FollowFinding = Omit<Finding, 'engine'>;

/** They run, or show, what stands in the address itself, or open what lies on this machine. */
const dangerousSchemes: ReadonlySet<string> = new Set(['javascript', 'vbscript', 'data', 'file', 'blob']);

/** What browsers show rather than save. */
const shownTypes = /^(text\/(html|plain|css)|application\/(xhtml\+xml|pdf|json)|image\/|video\/|audio\/)/i;
const shownExtensions: ReadonlySet<string> = new Set([
  'html',
  'htm',
  'pdf',
  'txt',
  'jpg',
  'jpeg',
  'png',
  'gif',
]);

/** What the way of a link says about it. */
export function followFindings(target: UrlTarget, followed: FollowedLink, nowMs: number): readonly Finding[] {
  const findings = [...wayFindings(target, followed), ...endFindings(followed)];
  return [
    ...findings.map((finding) => ({ engine: linkFollowing.id, ...finding })),
    ...followed.certificates.flatMap((certificate) => certificateFindings(certificate, nowMs)),
  ];
}

function wayFindings(target: UrlTarget, { hops }: FollowedLink): readonly FollowFinding[] {
  const findings: FollowFinding[] = [];
  const last = hops.at(-1);
  const lastHost = last === undefined ? target.host : new URL(last.url).hostname;
  if (hops.length > 1 && !isSameSite(lastHost, target)) {
    findings.push({
      rule: 'leads-elsewhere',
      title: `It leads to ${lastHost}`,
      description: `In ${hops.length - 1} ${hops.length === 2 ? 'step' : 'steps'}, and away from ${target.host}.`,
      severity: 'info',
      weight: 'informational',
    });
  }
  const opened = hops.find((hop, index) => isPlain(hop.url) && isSecure(hops[index - 1]?.url));
  if (opened !== undefined) {
    findings.push({
      rule: 'leads-to-plain-http',
      title: 'It leads from an encrypted address to one that is not',
      severity: 'low',
      weight: 'informational',
      reference: 'https://cwe.mitre.org/data/definitions/319.html',
    });
  }
  return findings;
}

function endFindings({ hops, end, startsLocally }: FollowedLink): readonly FollowFinding[] {
  switch (end.type) {
    case 'arrived':
      return downloadFindings(hops.at(-1)?.url ?? '', end.page);
    case 'refused':
      // What is local already leads nobody anywhere new: servers of developers do so all the time.
      return hops.length > 1 && !startsLocally && (isLocal(end.scope) || end.scope === 'unspecified')
        ? [
            {
              rule: 'leads-into-local-network',
              title: `It leads into the network of whoever opens it (${end.address})`,
              description:
                'Links do so to reach what is protected from the outside, such as a router or a local service.',
              severity: 'high',
              weight: 'suspicious',
              reference: 'https://cwe.mitre.org/data/definitions/918.html',
            },
          ]
        : [];
    case 'otherScheme':
      return [
        dangerousSchemes.has(end.scheme)
          ? {
              rule: 'leads-to-dangerous-scheme',
              title: `It leads to an address of the kind ${end.scheme}:`,
              description: 'Web servers have no reason to send anybody there.',
              severity: 'high',
              weight: 'suspicious',
            }
          : {
              rule: 'leads-to-program',
              title: `It opens a program on this machine (${end.scheme}:)`,
              severity: 'low',
              weight: 'informational',
            },
      ];
    case 'tooManyRedirects':
      return [
        {
          rule: 'too-many-redirects',
          title: `It leads on and on: it was followed for ${hops.length - 1} redirects`,
          severity: 'low',
          weight: 'informational',
        },
      ];
    case 'loop':
      return [
        {
          rule: 'redirect-loop',
          title: 'It leads in a circle',
          description: 'Hosts do so to whoever does not bring a cookie along, and so do broken ones.',
          severity: 'low',
          weight: 'informational',
        },
      ];
    case 'badCertificate':
    case 'noAddress':
    case 'blockedPort':
    case 'failed':
      return [];
  }
}

/** A program is what attacks end in; one that is called a document has no innocent reason. */
function downloadFindings(url: string, page: Page): readonly FollowFinding[] {
  if (page.status < 200 || page.status > 299) return [];
  const detected = detectContent(page.start, page.start.length);
  if (detected.kind !== 'program') return [];
  const name = savedName(page.disposition) ?? new URL(url).pathname.split('/').at(-1) ?? '';
  const isDisguised =
    shownExtensions.has(extensionOf(name)) ||
    (page.contentType !== undefined &&
      shownTypes.test(page.contentType) &&
      // What a server does not know, it often calls plain text.
      !page.contentType.startsWith('text/plain'));
  return [
    isDisguised
      ? {
          rule: 'program-in-disguise',
          title: `It sends a program that is called something else: ${detected.type.name}`,
          severity: 'high',
          weight: 'suspicious',
          reference: 'https://attack.mitre.org/techniques/T1036/008/',
        }
      : {
          rule: 'sends-program',
          title: `It sends a program: ${detected.type.name}`,
          severity: 'low',
          weight: 'informational',
        },
  ];
}

function savedName(disposition: string | undefined): string | undefined {
  return /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i
    .exec(disposition ?? '')
    ?.slice(1)
    .find(Boolean);
}

function isSameSite(host: string, { host: own, registrableDomain }: UrlTarget): boolean {
  if (host === own) return true;
  return (
    registrableDomain !== undefined && (host === registrableDomain || host.endsWith(`.${registrableDomain}`))
  );
}

function isSecure(url: string | undefined): boolean {
  return url?.startsWith('https:') === true;
}

function isPlain(url: string): boolean {
  return url.startsWith('http:');
}

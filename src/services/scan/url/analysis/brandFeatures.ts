import { type Brand, brandByDomain, brandByLabel, brands } from '../data/brands';
import { baitWords, innocentLabels, riskySuffixes } from '../data/hosts';
import { isAscii, loosestSkeleton, skeleton } from '../unicode/skeleton';
import type { Feature } from './feature';
import type { HostName } from './hostName';
import { isOneEdit } from './oneEdit';

/** Shorter names are too near to too many others. */
const shortestLookalike = 5;
const shortestSkeleton = 4;

interface KnownLabel {
  readonly label: string;
  readonly brand: Brand;
}

const known: readonly KnownLabel[] = brands.flatMap((brand) =>
  brand.labels.map((label) => ({ label, brand })),
);
const bySkeleton = mapOf(skeleton);
const byLoosestSkeleton = mapOf(loosestSkeleton);
/** Those that a slip could lead away from, by their length. */
const byLength = Map.groupBy(
  known.filter(({ label, brand }) => label.length >= shortestLookalike && !isWord(label, brand)),
  ({ label }) => label.length,
);

function mapOf(look: (label: string) => string): ReadonlyMap<string, KnownLabel> {
  const long = known.filter(({ label }) => label.length >= shortestSkeleton);
  return new Map(long.map((entry) => [look(entry.label), entry] as const));
}

/** What the name of a host says of somebody whose host it is not. At most one feature for each kind of pretence. */
export function brandFeatures(host: HostName): Feature[] {
  if (host.owner !== undefined && !host.sharedHosting) return [];
  const own = host.sharedHosting ? host.owner : undefined;
  const labels = host.labels;
  const registered = labels.at(-1) ?? '';
  const feature =
    wholeDomain(host, own) ??
    homograph(labels, own) ??
    lookalike(registered, labels.slice(0, -1), own) ??
    brandAndBait(labels, own) ??
    otherSuffix(host, own) ??
    oneSlip(registered, own) ??
    mentioned(labels, own);
  return feature === undefined ? [] : [feature];
}

/** `paypal.com.evil.tk`, `paypal.com-login.example`, `www-paypal-com.example`. */
function wholeDomain({ labels, suffix }: HostName, own: Brand | undefined): Feature | undefined {
  const words = labels.flatMap((label) => label.split('-'));
  for (let start = 0; start < words.length - 1; start++) {
    for (const length of [2, 3]) {
      const domain = words.slice(start, start + length).join('.');
      const brand = brandByDomain.get(domain);
      if (brand === undefined || brand === own) continue;
      return {
        rule: 'brandDomainInName',
        title: `The name contains ${domain}, and is not ${brand.name}'s`,
        reason: `A host belongs to whoever owns its end. What stands before it, here ${domain}, anybody can choose.`,
        points: riskySuffixes.has(suffix) ? 80 : 65,
      };
    }
  }
  return undefined;
}

/** `аррӏе.com` in Cyrillic letters, `góógle.com`. */
function homograph(labels: readonly string[], own: Brand | undefined): Feature | undefined {
  for (const part of labels.flatMap(partsOf)) {
    if (isAscii(part)) continue;
    const found = bySkeleton.get(skeleton(part)) ?? byLoosestSkeleton.get(loosestSkeleton(part));
    if (found === undefined || found.brand === own) continue;
    return {
      rule: 'homograph',
      title: `The name looks like ${found.label} in other letters`,
      reason: `Its letters belong to another script or bear accents, so that it can be taken for ${found.brand.name}, whose it is not.`,
      points: 85,
    };
  }
  return undefined;
}

/** `paypa1`, `rnicrosoft`, `g00gle`: by digits and letters that look alike. */
function lookalike(
  registered: string,
  before: readonly string[],
  own: Brand | undefined,
): Feature | undefined {
  for (const part of [registered, ...before].flatMap(partsOf)) {
    if (part.length < shortestSkeleton || !isAscii(part) || brandByLabel.has(part)) continue;
    const found = bySkeleton.get(skeleton(part)) ?? byLoosestSkeleton.get(loosestSkeleton(part));
    if (found === undefined || found.brand === own || found.label === part) continue;
    if (innocentLabels.has(part)) continue;
    return {
      rule: 'lookalike',
      title: `The name looks like ${found.label}`,
      reason: `“${part}” is not “${found.label}”: letters or digits that look alike stand in for others. It is not ${found.brand.name}'s.`,
      points: found.label.length < shortestLookalike ? 45 : 70,
    };
  }
  return undefined;
}

/** `paypal-login.example`, `secureamazon.example`. */
function brandAndBait(labels: readonly string[], own: Brand | undefined): Feature | undefined {
  for (const label of labels) {
    const words = label.split('-');
    const named = words
      .map((word) => (brandByLabel.has(word) ? { word, bait: false } : gluedToBait(word)))
      .find((found) => found !== undefined);
    const brand = named === undefined ? undefined : brandByLabel.get(named.word);
    if (named === undefined || brand === undefined || brand === own) continue;
    if (!named.bait && !words.some((word) => baitWords.has(word))) continue;
    return {
      rule: 'brandAndBait',
      title: `The name speaks of ${brand.name}, and is not theirs`,
      reason: `“${label}” joins the name to a word that lures use, such as login or verify. ${brand.name} has names of its own for that.`,
      points: 55,
    };
  }
  return undefined;
}

function gluedToBait(word: string): { readonly word: string; readonly bait: true } | undefined {
  for (let length = 4; length <= word.length - 4; length++) {
    const start = word.slice(0, length);
    const end = word.slice(length);
    if (brandByLabel.has(start) && baitWords.has(end)) return { word: start, bait: true };
    if (brandByLabel.has(end) && baitWords.has(start)) return { word: end, bait: true };
  }
  return undefined;
}

/** `paypal.top`. */
function otherSuffix({ labels, suffix }: HostName, own: Brand | undefined): Feature | undefined {
  const label = labels.at(-1) ?? '';
  const brand = brandByLabel.get(label);
  if (brand === undefined || brand === own || isWord(label, brand)) return undefined;
  const risky = riskySuffixes.has(suffix) || ['cm', 'om', 'co', 'ne', 'et'].includes(suffix);
  return {
    rule: 'brandOtherSuffix',
    title: `${brand.name} is not known to have this name`,
    reason: `It is ${brand.name}'s name under another suffix, .${suffix}. Anybody may have registered it.`,
    points: risky ? 40 : 15,
  };
}

/** `gogle`, `githbu`. */
function oneSlip(registered: string, own: Brand | undefined): Feature | undefined {
  for (const part of partsOf(registered)) {
    if (!isAscii(part) || innocentLabels.has(part) || brandByLabel.has(part)) continue;
    for (const length of [part.length - 1, part.length, part.length + 1]) {
      const found = byLength.get(length)?.find(({ label }) => isOneEdit(part, label));
      if (found === undefined || found.brand === own) continue;
      return {
        rule: 'oneSlip',
        title: `The name is one letter from ${found.label}`,
        reason: `Who mistypes ${found.label}, or does not look twice, ends up here. It is not ${found.brand.name}'s.`,
        points: found.label.length <= shortestLookalike ? 25 : 45,
      };
    }
  }
  return undefined;
}

/** `google.example.org`: so are integrations called, and lures. */
function mentioned(labels: readonly string[], own: Brand | undefined): Feature | undefined {
  const found = labels
    .flatMap((label) => label.split('-'))
    .flatMap((word) => {
      const brand = brandByLabel.get(word);
      return brand === undefined || brand === own || isWord(word, brand) ? [] : [brand];
    })
    .at(0);
  if (found === undefined) return undefined;
  return {
    rule: 'brandMentioned',
    title: `The name speaks of ${found.name}, and is not known to be theirs`,
    reason: 'Integrations and fan pages are called like that, and so are lures.',
    points: found.kind === 'account' ? 15 : 5,
  };
}

function isWord(label: string, { words = [] }: Brand): boolean {
  return words.includes(label);
}

/** The label itself and the parts between its hyphens. */
function partsOf(label: string): string[] {
  return label.includes('-') ? [label, ...label.split('-')] : [label];
}

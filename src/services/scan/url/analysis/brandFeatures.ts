import { type Brand, brandByLabel, brands, isWord } from '../data/brands';
import { baitWords, innocentLabels, riskySuffixes, serviceWords } from '../data/hosts';
import { isAscii, loosestSkeleton, skeleton } from '../unicode/skeleton';
import type { Feature } from './feature';
import type { HostName } from './hostName';
import { isOneEdit } from './oneEdit';
import { wholeDomain } from './wholeDomain';

/** What is longer has no address, and would take its time. */
const longestName = 253;
/** Shorter names are too near to too many others. */
const shortestLookalike = 5;
const shortestSkeleton = 4;
/** Projects have their manuals there, and are called after what they are for. */
const documentation = 'readthedocs.io';

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
  if (host.ascii.length > longestName) return [];
  const own = host.sharedHosting ? host.owner : undefined;
  const labels = host.labels;
  const registered = labels.at(-1) ?? '';
  const feature =
    wholeDomain(host, own) ??
    homograph(labels, own) ??
    lookalike(registered, labels.slice(0, -1), own) ??
    brandAndBait(host, own) ??
    ownService(host, own) ??
    otherSuffix(host, own) ??
    oneSlip(registered, own) ??
    mentioned(host, own);
  return feature === undefined ? [] : [feature];
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
      points: isWord(found.label, found.brand) && isAnotherWord(part) ? 15 : 85,
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
function brandAndBait(host: HostName, own: Brand | undefined): Feature | undefined {
  for (const [index, label] of host.labels.entries()) {
    const words = label.split('-');
    const named = words
      .map((word) => (brandByLabel.has(word) ? { word, bait: false } : gluedToBait(word)))
      .find((found) => found !== undefined);
    const brand = named === undefined ? undefined : brandByLabel.get(named.word);
    if (named === undefined || brand === undefined || brand === own) continue;
    if (!named.bait && !words.some((word) => baitWords.has(word))) continue;
    const registered = index === host.labels.length - 1 && !host.sharedHosting;
    // People call their own services after what they are made with, as in `python-service.company.example`.
    const isTool = brand.kind === 'developer' || isWord(named.word, brand) || host.suffix === documentation;
    return {
      rule: 'brandAndBait',
      title: `The name speaks of ${brand.name}, and is not theirs`,
      reason: `“${label}” joins the name to a word that lures use, such as login or verify. ${brand.name} has names of its own for that.`,
      points: !registered && isTool ? 25 : 55,
    };
  }
  return undefined;
}

/** `registry-npmjs.example`, `vscode-marketplace.example`: what is a host of theirs but for a hyphen. */
function ownService({ labels, sharedHosting }: HostName, own: Brand | undefined): Feature | undefined {
  const words = (labels.at(-1) ?? '').split('-');
  const [first = '', ...rest] = words;
  const last = words.pop() ?? '';
  const [service, name] =
    last === 'registry' || last === 'marketplace' ? [last, words.join('-')] : [first, rest.join('-')];
  const brand = brandByLabel.get(name);
  if (brand === undefined || brand === own || sharedHosting) return undefined;
  if (!serviceWords.has(service) || isWord(name, brand)) return undefined;
  return {
    rule: 'brandService',
    title: `The name reads like ${service} of ${brand.name}, and is not theirs`,
    reason: 'With a hyphen in the place of a dot it is a name that anybody may have registered.',
    points: 45,
  };
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
  const country = suffix.split('.').at(-1) ?? '';
  const risky =
    riskySuffixes.has(suffix) ||
    (suffix.length > 2 && baitWords.has(suffix)) ||
    ['cm', 'om', 'co', 'ne', 'et'].includes(country);
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
function mentioned({ labels, suffix }: HostName, own: Brand | undefined): Feature | undefined {
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
    points: found.kind === 'developer' ? 5 : riskySuffixes.has(suffix) ? 25 : 15,
  };
}

/** Accents above its letters make it another word, as in "über"; those below are overseen. */
function isAnotherWord(text: string): boolean {
  const apart = text.normalize('NFD');
  return isAscii(apart.replace(/\p{M}/gu, '')) && !/[\u0323-\u0331]/.test(apart);
}

/** The label itself and the parts between its hyphens. */
function partsOf(label: string): string[] {
  return label.includes('-') ? [label, ...label.split('-')] : [label];
}

import { type Brand, brandByDomain, brandByLabel, isWord } from '../data/brands';
import { riskySuffixes } from '../data/hosts';
import type { Feature } from './feature';
import type { HostName } from './hostName';

/** `paypal.com.evil.tk`, `paypal.com-login.example`, `www-paypal-com.example`. */
export function wholeDomain({ labels, suffix }: HostName, own: Brand | undefined): Feature | undefined {
  const written = inLabels(labels, own);
  if (written !== undefined) return featureOf(written.domain, written.brand, suffix);
  const words = wordsOf(labels);
  for (let start = 0; start < words.length - 1; start++) {
    for (const length of [2, 3]) {
      const part = words.slice(start, start + length);
      const domain = part.map(({ text }) => text).join('.');
      const brand = brandByDomain.get(domain);
      if (brand === undefined || brand === own || !passesFor(part, brand)) continue;
      // Mirrors and proxies of packages are called like that, as in `docker-io.mirror.example`.
      const isMirror =
        brand.kind === 'developer' && !part.some(({ registered }) => registered) && !dotted(part);
      const feature = featureOf(domain, brand, suffix);
      return isMirror ? { ...feature, points: 20 } : feature;
    }
  }
  return undefined;
}

function featureOf(domain: string, brand: Brand, suffix: string): Feature {
  return {
    rule: 'brandDomainInName',
    title: `The name contains ${domain}, and is not ${brand.name}'s`,
    reason: `A host belongs to whoever owns its end. What stands before it, here ${domain}, anybody can choose.`,
    points: riskySuffixes.has(suffix) ? 80 : 65,
  };
}

/** Suffixes of nations that stand in names for something else as well: regions, departments, environments. */
const otherMeanings: ReadonlySet<string> = new Set(['ci', 'do', 'eu', 'id', 'it', 'my', 'pr', 'qa', 'us']);

/** Domains with hyphens of their own, and those that somebody has in every country: `amazon.de.evil.example`. */
function inLabels(labels: readonly string[], own: Brand | undefined) {
  for (let index = 0; index < labels.length - 1; index++) {
    const [label = '', next = '', third = ''] = labels.slice(index, index + 3);
    const brand = brandByLabel.get(label);
    if (brand === undefined || brand === own || isWord(label, brand)) continue;
    const domain = `${label}.${next}`;
    if (label.includes('-') && brandByDomain.get(domain) === brand) return { domain, brand };
    if (brand.anySuffix !== true) continue;
    if (/^com?$/.test(next) && /^[a-z]{2}$/.test(third)) return { domain: `${domain}.${third}`, brand };
    if (/^[a-z]{2}$/.test(next) && next !== 'co' && !otherMeanings.has(next)) return { domain, brand };
  }
  return undefined;
}

/** A part of a label, between its hyphens. */
interface Word {
  readonly text: string;
  /** It begins its label. */
  readonly first: boolean;
  /** Its label is what was registered. */
  readonly registered: boolean;
}

function wordsOf(labels: readonly string[]): readonly Word[] {
  return labels.flatMap((label, index) =>
    label
      .split('-')
      .map((text, place) => ({ text, first: place === 0, registered: index === labels.length - 1 })),
  );
}

/** Joined by dots alone, as in the domain itself. */
function dotted(part: readonly Word[]): boolean {
  return part.slice(1).every(({ first }) => first);
}

/**
 * Whether words are taken for somebody's domain. Those of `web.app`, `go.dev` or `one.one` stand side by side in names
 * that speak of nobody.
 */
function passesFor(part: readonly Word[], brand: Brand): boolean {
  const suffix = part.at(-1)?.text ?? '';
  const label = part.at(-2)?.text ?? '';
  const isLabel = brandByLabel.get(label) === brand;
  const isName = isLabel && !isWord(label, brand);
  if (dotted(part)) return isName || /^(?:com|org|net)$/.test(suffix);
  const isAll = isLabel && part.every(({ registered }) => registered) && part[0]?.first === true;
  return (isName || isAll) && /^(?:com|org|net|io|[a-z]{2})$/.test(suffix);
}

import { domainToUnicode } from 'node:url';
import { baitWords, blockedHosts, dataSinks, riskySuffixes, shorteners, tunnels } from '../data/hosts';
import { scriptMix, scriptsOf } from '../unicode/scripts';
import { isAscii, skeleton } from '../unicode/skeleton';
import type { Feature } from './feature';
import type { HostName } from './hostName';

/** What the name of a host says by itself, whoever it speaks of. */
export function nameFeatures(host: HostName): Feature[] {
  if (host.address !== undefined) return [];
  return [
    ...listed(host),
    ...scripts(host),
    ...(host.isLocal || (host.owner !== undefined && !host.sharedHosting) ? [] : form(host)),
  ];
}

/** The short list of hosts whose link hides where it leads. */
export function isShortener({ ascii, registrableDomain }: HostName): boolean {
  return shorteners.has(ascii) || (registrableDomain !== undefined && shorteners.has(registrableDomain));
}

function listed(host: HostName): Feature[] {
  const { ascii, registrableDomain = '', registryDomain = '' } = host;
  const names = [ascii, registrableDomain, registryDomain];
  const blocked = names.map((name) => blockedHosts.get(name)).find((what) => what !== undefined);
  const sink = names.map((name) => dataSinks.get(name)).find((what) => what !== undefined);
  const features: Feature[] = [];
  if (blocked !== undefined) {
    features.push({
      rule: 'blockedHost',
      title: 'Sentinel blocks this host',
      reason: `It is ${blocked}.`,
      points: 100,
    });
  }
  if (sink !== undefined) {
    features.push({
      rule: 'dataSink',
      title: `It takes in whatever is sent to it: ${sink}`,
      reason:
        'Testers use it, and so does code that steals data. In a dependency or a script it has no business.',
      points: 40,
    });
  }
  if (names.some((name) => tunnels.has(name)) || /(?:^|\.)ngrok(?:-free)?\./.test(ascii)) {
    features.push({
      rule: 'tunnel',
      title: 'It leads through a tunnel to a machine somewhere',
      reason: 'Whose machine answers is known to nobody but who opened the tunnel, and changes.',
      points: 20,
    });
  }
  if (isShortener(host)) {
    features.push({
      rule: 'shortener',
      title: 'A short link, which hides where it leads',
      reason: 'Only following it tells, and it may lead elsewhere tomorrow.',
      points: 10,
    });
  }
  return features;
}

/** What is not written in plain letters. Each label stands for itself: people mix scripts between labels. */
function scripts({ ascii, unicode, suffix }: HostName): Feature[] {
  if (!ascii.includes('xn--')) return [];
  const labels = unicode.split('.').filter((label) => !isAscii(label));
  const features: Feature[] = [];
  const mixed = labels.find((label) => scriptMix(label) === 'mixed');
  if (mixed !== undefined) {
    // Between hyphens each word may be of one script, as in "кафе-wifi".
    const within = mixed.split('-').some((word) => scriptMix(word) === 'mixed');
    features.push({
      rule: 'mixedScripts',
      title: 'Letters of several scripts that look alike stand in one name',
      reason: `“${mixed}” mixes ${scriptNames(mixed)}. Nobody writes like that who wants to be read.`,
      points: within ? 55 : 15,
    });
  }
  const passing = labels.find((label) => scriptMix(label) === 'single' && looksPlain(label));
  if (passing !== undefined && isAscii(domainToUnicode(suffix))) {
    features.push({
      rule: 'passesForLatin',
      title: 'The name looks like plain letters and is not',
      reason: `Every letter of “${passing}” is ${scriptNames(passing)} and has a Latin one that looks the same.`,
      points: 25,
    });
  }
  return features;
}

/** Another script's word of which each letter could be Latin. */
function looksPlain(label: string): boolean {
  const foreign = Array.from(label).filter((character) => !isAscii(character));
  return (
    foreign.every((character) => scriptsOf(character.codePointAt(0) ?? 0)?.has('Latin') === false) &&
    /^[a-z0-9-]{3,}$/.test(skeleton(label))
  );
}

function scriptNames(label: string): string {
  const names = new Set(
    Array.from(label).flatMap((character) =>
      [...(scriptsOf(character.codePointAt(0) ?? 0) ?? [])].slice(0, 1),
    ),
  );
  return [...names].map((name) => name.replaceAll('_', ' ')).join(' and ');
}

function form({ labels, suffix, ascii }: HostName): Feature[] {
  const features: Feature[] = [];
  if (riskySuffixes.has(suffix.split('.').at(-1) ?? '')) {
    features.push({
      rule: 'riskySuffix',
      title: `Names below .${suffix} cost next to nothing`,
      reason: 'That is why many of them were made to be thrown away.',
      points: 15,
    });
  }
  const baits = new Set(labels.flatMap((label) => label.split('-')).filter((word) => baitWords.has(word)));
  if (baits.size >= 2) {
    features.push({
      rule: 'baitWords',
      title: 'The name is made of words that lures use',
      reason: `It says ${[...baits].join(', ')}.`,
      points: 15,
    });
  }
  const registered = labels.at(-1) ?? '';
  if (registered.split('-').length > 4 || labels.length > 6 || ascii.length > 100) {
    features.push({
      rule: 'longName',
      title: 'The name is longer than names are',
      reason: 'What is long hides its end, and the end says whose it is.',
      points: 10,
    });
  }
  return features;
}

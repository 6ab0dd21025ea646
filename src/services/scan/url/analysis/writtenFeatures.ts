import { isAscii, skeleton } from '../unicode/skeleton';
import type { Feature } from './feature';
import type { HostName } from './hostName';
import { type RawUrl, specialSchemes } from './rawUrl';

/** What was done to how the link is written, beyond what browsers need: they make it good, and eyes do not. */
export function writtenFeatures(raw: RawUrl, url: URL, host: HostName | undefined): Feature[] {
  return [...breaks(raw), ...slashes(raw), ...(host === undefined ? [] : hostWriting(raw, url, host))];
}

function breaks({ brokenName, brokenRest }: RawUrl): Feature[] {
  if (brokenName) {
    return [
      {
        rule: 'breaksInName',
        title: 'Tabs or line breaks stand inside of the name',
        reason: 'Browsers leave them out; filters and eyes see another name.',
        points: 45,
      },
    ];
  }
  if (!brokenRest) return [];
  return [
    {
      rule: 'breaksInPath',
      title: 'Tabs or line breaks stand inside of the link',
      reason: 'Browsers leave them out. It may be a link that was cut into lines.',
      points: 10,
    },
  ];
}

function slashes({ scheme, slashes: given, rest }: RawUrl): Feature[] {
  if (!specialSchemes.has(scheme) || scheme === 'file') return [];
  if (given.includes('\\') || rest.startsWith('\\')) {
    return [
      {
        rule: 'backslashes',
        title: 'Backslashes stand where slashes belong',
        reason: 'Browsers take them for slashes, and other programs do not: the two disagree about the host.',
        points: 45,
      },
    ];
  }
  if (given === '//') return [];
  return [
    {
      rule: 'oddSlashes',
      title: 'There are more or fewer slashes than two before the name',
      reason: 'Browsers make it good, and what checks links may not see the name.',
      points: 20,
    },
  ];
}

function hostWriting({ host: written, scheme }: RawUrl, url: URL, host: HostName): Feature[] {
  if (!specialSchemes.has(scheme) || written === '') return [];
  const plain = written.toLowerCase();
  const separator = separatorIn(host.unicode);
  if (separator !== undefined) return [disguisedSeparator(separator, host.unicode)];
  if (host.address !== undefined) return addressWriting(plain, host.address, host.isLocal);
  if (written.includes('%')) {
    return [
      {
        rule: 'percentEncodedHost',
        title: 'The name is written in percent codes',
        reason: `Nobody needs to: it reads ${host.unicode}.`,
        points: 45,
      },
    ];
  }
  // What IDNA makes the same as plain letters: wide and mathematical letters, circled digits, soft hyphens.
  const same = [url.hostname, host.unicode].some(
    (form) => form === plain.normalize('NFC') || `${form}.` === plain,
  );
  if (same || plain.normalize('NFC').replace(/[。．｡]/g, '.') === host.unicode) return [];
  return [
    {
      rule: 'disguisedHost',
      title: 'The name is written in letters that turn into others',
      reason: `Browsers read ${host.unicode}. Wide, mathematical or unseen letters get past filters and mislead eyes.`,
      points: 45,
    },
  ];
}

/** A letter of a name that passes for what ends names. */
function separatorIn(name: string): string | undefined {
  if (isAscii(name)) return undefined;
  return Array.from(name).find((character) => !isAscii(character) && /[/\\?#@:.]/.test(skeleton(character)));
}

/** `google.com∕login.evil.example`, with a slash that is none. */
function disguisedSeparator(separator: string, name: string): Feature {
  return {
    rule: 'disguisedSeparator',
    title: 'The name goes on after what looks like its end',
    reason: `“${separator}” looks like ${skeleton(separator)} and is a letter of the name, which is ${name} as a whole.`,
    points: 70,
  };
}

function addressWriting(written: string, address: string, isLocal: boolean): Feature[] {
  if (written.startsWith('[')) {
    if (!/^::(?:ffff:(?:0:)?)?[0-9a-f]{1,4}:[0-9a-f]{1,4}$|^64:ff9b:|^2002:/.test(address)) return [];
    return [
      {
        rule: 'mappedAddress',
        title: 'An IPv4 address hides in an IPv6 address',
        reason: 'It leads to the IPv4 address, and what checks for that does not see it.',
        points: isLocal ? 20 : 45,
      },
    ];
  }
  if (written.replace(/\.$/, '') === address) return [];
  // Somebody filled it up with zeros, and browsers take those for octal.
  const isFilledUp = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(written);
  const isShort = isLocal && /^127(?:\.\d+){0,2}$|^0$/.test(written);
  return [
    {
      rule: 'addressNotation',
      title: 'The address is written in a way that hides it',
      reason: `It is ${address}. Numbers in one piece, in octal or hexadecimal get past what looks for addresses.`,
      points: isShort ? 5 : isLocal && isFilledUp ? 20 : isLocal || isFilledUp ? 40 : 60,
    },
  ];
}

import { isIP } from 'node:net';
import { addressOfHost } from '../../address/ipAddress';

const mostHosts = 4;
const mostFolders = 4;

/**
 * The parts of a link that Safe Browsing lists by their hashes: its host and the domains above it, each with its path
 * and the folders around it. 30 at most, the whole link first.
 *
 * @param url by the WHATWG rules, http or https
 * @param registrableDomain of its host, if it is known: no domain above it is asked about
 */
export function urlExpressions(url: string, registrableDomain?: string): readonly string[] {
  const { hostname, pathname, search } = new URL(url);
  const host = canonicalHost(hostname);
  const path = canonicalPath(pathname);
  const query = search === '' ? '' : escaped(unescaped(search));
  const paths = [...new Set([path + query, path, ...foldersOf(path)])];
  return hostsOf(host, registrableDomain).flatMap((name) => paths.map((part) => name + part));
}

function canonicalHost(hostname: string): string {
  if (addressOfHost(hostname) !== undefined) return hostname;
  return hostname.replace(/^\.+|\.+$/g, '').replace(/\.{2,}/g, '.');
}

/** The host itself, and those above it from the registrable domain on. */
function hostsOf(host: string, registrableDomain: string | undefined): readonly string[] {
  if (host.startsWith('[') || isIP(host) !== 0) return [host];
  const labels = host.split('.');
  const least =
    registrableDomain !== undefined && (host === registrableDomain || host.endsWith(`.${registrableDomain}`))
      ? registrableDomain.split('.').length
      : 2;
  const above: string[] = [];
  for (let count = least; count < labels.length && above.length < mostHosts; count++) {
    above.push(labels.slice(-count).join('.'));
  }
  return [host, ...above];
}

/** `/`, `/a/`, `/a/b/` and so on, without the path itself. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1);
  return ['/', ...parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}/`)].slice(
    0,
    mostFolders,
  );
}

function canonicalPath(pathname: string): string {
  const kept: string[] = [];
  const parts = unescaped(pathname).split('/').slice(1);
  parts.forEach((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === '..') kept.pop();
    if (part === '..' || part === '.' || part === '') {
      // What stands for a folder ends with a slash, as a folder does.
      if (isLast) kept.push('');
      return;
    }
    kept.push(part);
  });
  return escaped(`/${kept.join('/')}`);
}

/**
 * Takes escapes back until none is left, those that come about by it included: one character each byte. In one pass, as
 * links can be made of escapes of escapes that need as many passes as they have characters.
 */
function unescaped(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  let length = 0;
  for (const byte of bytes) {
    bytes[length++] = byte;
    for (;;) {
      const high = hexDigit(bytes[length - 2]);
      const low = hexDigit(bytes[length - 1]);
      if (length < 3 || bytes[length - 3] !== percent || high === undefined || low === undefined) break;
      length -= 2;
      bytes[length - 1] = high * 16 + low;
    }
  }
  return bytes.toString('latin1', 0, length);
}

const percent = 0x25;

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}

/** All but what ASCII shows, and the two that would be read as something else. @param bytes one character each */
function escaped(bytes: string): string {
  return bytes.replace(/[^!-~]|[#%]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

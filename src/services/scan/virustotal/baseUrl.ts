export const virusTotalBaseUrl = 'https://www.virustotal.com/api/v3';

/**
 * Where an API may be asked that gets a key and perhaps files: encrypted, or on this very machine.
 * @returns the address without a slash at its end; undefined where it must not be asked
 */
export function serviceBaseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, search, hash, origin, pathname } = new URL(text);
  const isLoopback = /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]' || hostname === 'localhost';
  const isFit = protocol === 'https:' || (protocol === 'http:' && isLoopback);
  if (!isFit || `${username}${password}${search}${hash}` !== '') return undefined;
  return origin + pathname.replace(/\/+$/, '');
}

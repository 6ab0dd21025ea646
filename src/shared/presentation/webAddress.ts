const longest = 2_000;

/**
 * An address from outside that may be opened in a browser, as the browser understands it: http or https alone, without
 * a user's name in front of the host, which can pass for it. Hosts of other scripts come in their encoded form.
 *
 * @returns undefined for everything else
 */
export function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || text.length > longest) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, href, hostname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if (username !== '' || password !== '' || hostname === '') return undefined;
  return href.length > longest ? undefined : href;
}

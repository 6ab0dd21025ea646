/**
 * An entry of a list. `host`: this host alone; `domain`: it and all that lies below; `link`: this address and all whose
 * path goes on from it.
 */
export interface ListEntry {
  readonly kind: 'host' | 'domain' | 'link';
  readonly value: string;
}

/** What a line of a list says; undefined where it says nothing, as comments do, or cannot be understood. */
export type ListLine = readonly ListEntry[] | 'nothing' | 'notUnderstood';

/** Stand in every file of hosts, and are nobody's to block. */
const ownNames: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localdomain',
  'local',
  'broadcasthost',
  'ip6-localhost',
  'ip6-loopback',
  'ip6-localnet',
  'ip6-mcastprefix',
  'ip6-allnodes',
  'ip6-allrouters',
  'ip6-allhosts',
  '0.0.0.0',
]);

const plainDomain =
  /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const addressFirst = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*(?:%\w+)?)\s+(\S.*)$/i;

/**
 * Reads a line of a list: `0.0.0.0 name other-name # why` as in a file of hosts, `name` or `*.name` for a domain, or
 * `https://name/path`.
 */
export function listLine(line: string): ListLine {
  // What most lines of large lists are.
  if (plainDomain.test(line)) return [{ kind: 'domain', value: line }];
  const text = line
    .replace(/^\ufeff/, '')
    .replace(/(?:^|\s)[#!].*$/, '')
    .trim();
  if (text === '') return 'nothing';
  const names = addressFirst.exec(text)?.[1];
  if (names !== undefined) return ofHosts(names.split(/\s+/));
  if (/\s/.test(text)) return 'notUnderstood';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return ofLink(text);
  const name = hostOf(text.replace(/^\*\./, ''));
  return name === undefined ? 'notUnderstood' : [{ kind: 'domain', value: name }];
}

function ofHosts(names: readonly string[]): ListLine {
  const entries: ListEntry[] = [];
  for (const name of names) {
    const host = hostOf(name);
    if (host === undefined) return 'notUnderstood';
    if (!ownNames.has(host)) entries.push({ kind: 'host', value: host });
  }
  return entries.length === 0 ? 'nothing' : entries;
}

function ofLink(text: string): ListLine {
  if (!URL.canParse(text)) return 'notUnderstood';
  const url = new URL(text);
  if (url.hostname === '') return 'notUnderstood';
  const bare = url.pathname === '/' && url.search === '' && url.port === '';
  // An address without a path speaks of its host.
  if (bare) return [{ kind: 'host', value: url.hostname.replace(/\.$/, '') }];
  return [{ kind: 'link', value: linkKey(url) }];
}

/** Host, port, path and query: http and https lead to the same, and the rest is not sent. */
export function linkKey(url: URL): string {
  return `${url.host.replace(/\.(?=:|$)/, '')}${plainly(url.pathname)}${plainly(url.search)}`;
}

/** Letters, digits and signs that need no percent codes mean the same in them. */
function plainly(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : code.toUpperCase();
  });
}

/** As a browser writes it. */
function hostOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (plainDomain.test(lower)) return lower;
  if (/[/?#@\\:%]/.test(text) && !/^\[?[0-9a-f:.]+\]?$/i.test(text)) return undefined;
  const bracketed = text.includes(':') && !text.startsWith('[') ? `[${text}]` : text;
  const written = `http://${bracketed}/`;
  if (!URL.canParse(written)) return undefined;
  const { hostname } = new URL(written);
  return hostname === '' ? undefined : hostname.replace(/\.$/, '');
}

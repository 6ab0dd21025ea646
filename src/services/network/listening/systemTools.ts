import { isIP } from 'node:net';
import type { ListeningPort } from '../../../shared/network/listeningPort';
import { shortText } from '../nmap/shortText';

const longestName = 100;

/** What `lsof -FpcLtPn` (macOS) prints: a line for each field, begun by its letter. */
export const lsofArguments = ['-nP', '-iTCP', '-sTCP:LISTEN', '-iUDP', '-FpcLtPn'] as const;

export function parseLsof(text: string): readonly ListeningPort[] {
  const ports: ListeningPort[] = [];
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const key = line.slice(0, 1);
    const value = line.slice(1).trim();
    // Of each process, and of each of its files.
    if (key === 'p') fields.clear();
    if (key === 'f') for (const ofFile of ['t', 'P', 'n']) fields.delete(ofFile);
    fields.set(key, value);
    if (key !== 'n' || value.includes('->')) continue;
    const protocol = fields.get('P')?.toLowerCase();
    const place = placeOf(value, fields.get('t') === 'IPv6' ? 'ipv6' : 'ipv4');
    const pid = Number(fields.get('p'));
    if ((protocol !== 'tcp' && protocol !== 'udp') || place === undefined || !Number.isInteger(pid)) continue;
    const name = shortText(fields.get('c') ?? String(pid), longestName);
    const user = fields.get('L');
    ports.push({ protocol, ...place, process: { pid, name }, ...(user === undefined ? {} : { user }) });
  }
  return ports;
}

/** What is said in whatever language stays unread: one that listens has nobody at its other end. */
export const netstatArguments = ['-ano'] as const;
export const tasklistArguments = ['/FO', 'CSV', '/NH'] as const;

/** @param names of processes, by `parseTasklist` */
export function parseNetstat(text: string, names: ReadonlyMap<number, string>): readonly ListeningPort[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [kind = '', local = '', foreign = ''] = fields;
    const protocol = kind.toLowerCase();
    const place = placeOf(local, local.startsWith('[') ? 'ipv6' : 'ipv4');
    const waits = protocol === 'udp' ? foreign === '*:*' : /^(?:0\.0\.0\.0|\[::\]):0$/.test(foreign);
    if ((protocol !== 'tcp' && protocol !== 'udp') || place === undefined || !waits) return [];
    const pid = Number(fields.at(-1));
    const name = names.get(pid);
    return [{ protocol, ...place, ...(name === undefined ? {} : { process: { pid, name } }) }];
  });
}

/** `"svchost.exe","1234","Services","0","12,345 K"`, a line each. */
export function parseTasklist(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, name, pid] = /^"((?:[^"]|"")*)","(\d+)"/.exec(line.trim()) ?? [];
    if (name !== undefined) found.set(Number(pid), shortText(name.replaceAll('""', '"'), longestName));
  }
  return found;
}

/** `*:22`, `127.0.0.1:8080`, `[::1]:5432`, `[fe80::1%lo0]:123`. */
function placeOf(
  text: string,
  family: ListeningPort['family'],
): Pick<ListeningPort, 'family' | 'address' | 'port'> | undefined {
  const [, host = '', digits] = /^(.{1,80}):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  const any = family === 'ipv6' ? '::' : '0.0.0.0';
  const address = host === '*' ? any : host.replace(/^\[|\]$/g, '');
  if (isIP(address) === 0) return undefined;
  return { family: isIP(address) === 6 ? 'ipv6' : 'ipv4', address, port };
}

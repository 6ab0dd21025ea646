import { isIP } from 'node:net';

/** Where a clamd listens. */
export type ClamdAddress =
  | { readonly type: 'socket'; readonly path: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number };

/** The port that clamd's documentation uses. */
const usualClamdPort = 3310;

/**
 * Reads what a person wrote: `/run/clamav/clamd.ctl`, `127.0.0.1:3310`, `[::1]:3310`, `clamav.example`; the last at the
 * usual port. @returns undefined where it is none of these
 */
export function parseClamdAddress(text: string): ClamdAddress | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('/')) return { type: 'socket', path: trimmed };
  const found = /^(?:\[(?<inBrackets>[0-9a-f:.]+)\]|(?<plain>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/i.exec(
    trimmed,
  )?.groups;
  if (found === undefined) return undefined;
  const { inBrackets, plain, port } = found;
  if (inBrackets !== undefined && isIP(inBrackets) !== 6) return undefined;
  return tcpAddress(inBrackets ?? plain ?? '', port === undefined ? usualClamdPort : Number(port));
}

/** @returns undefined for a port that there is not */
export function tcpAddress(host: string, port: number): ClamdAddress | undefined {
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  // Never looked up, so that it leads nowhere else, whatever a hosts file or a name server says.
  return { type: 'tcp', host: host.toLowerCase() === 'localhost' ? '127.0.0.1' : host, port };
}

/** Whether what is sent there stays on this machine. A name may lead anywhere, whatever it sounds like. */
export function staysHere(address: ClamdAddress): boolean {
  if (address.type === 'socket') return true;
  const { host } = address;
  if (isIP(host) === 4) return host.startsWith('127.');
  return isIP(host) === 6 && (/^(0*:)*:?0*1$/.test(host) || /^::ffff:127\./i.test(host));
}

export function addressText(address: ClamdAddress): string {
  if (address.type === 'socket') return address.path;
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

import type { NetworkDetails, NetworkHost, NetworkPort, NetworkProfile } from '../network/networkDetails';
import { formatCount, formatInteger } from './format';

/** How hosts, ports and scans of networks read, wherever they are shown. Names and versions are as they came. */

export function profileLabel(profile: NetworkProfile): string {
  switch (profile) {
    case 'quick':
      return 'Quick';
    case 'full':
      return 'Full';
    case 'discovery':
      return 'Discovery';
    case 'custom':
      return 'Chosen ports';
  }
}

/** What a scan looked at: `the 100 most common ports`, `ports 22, 80`. */
export function networkProfileText({ profile, ports }: Pick<NetworkDetails, 'profile' | 'ports'>): string {
  switch (profile) {
    case 'quick':
      return 'the 100 most common ports';
    case 'full':
      return 'the 1 000 most common ports, with services and versions';
    case 'discovery':
      return 'which hosts are there';
    case 'custom':
      return `ports ${(ports ?? '').replaceAll(',', ', ')}`;
  }
}

/** `443/tcp`. */
export function portName({ port, protocol }: Pick<NetworkPort, 'port' | 'protocol'>): string {
  return `${port}/${protocol}`;
}

/** `https, nginx 1.22.1 (Ubuntu)`; empty where nothing is known. */
export function serviceText({ service, product, version, extraInfo, tunnel }: NetworkPort): string {
  const name = service === undefined ? [] : [tunnel === 'ssl' ? `${service} in TLS` : service];
  const software = [product, version].filter((part) => part !== undefined).join(' ');
  const known = [...name, ...(software === '' ? [] : [software])].join(', ');
  return extraInfo === undefined ? known : `${known} (${extraInfo})`.trim();
}

/** `443/tcp open: https, nginx 1.22.1`. */
export function portText(port: NetworkPort): string {
  const service = serviceText(port);
  return `${portName(port)} ${port.state}${service === '' ? '' : `: ${service}`}`;
}

export function openPortCount({ ports }: Pick<NetworkHost, 'ports'>): number {
  return ports.filter(({ state }) => state === 'open').length;
}

/** What is known of a host in one line: `2 open ports, 98 others closed, probably Linux 5.15, 0.4 ms away`. */
export function hostStateText({
  ports,
  otherPorts,
  operatingSystem,
  mac,
  vendor,
  latencyMs,
}: NetworkHost): string {
  const open = openPortCount({ ports });
  const listed = ports.length > 0 || otherPorts.length > 0;
  const accuracy = operatingSystem?.accuracy === undefined ? '' : ` (${operatingSystem.accuracy} %)`;
  return [
    ...(listed ? [open === 0 ? 'no open port' : formatCount(open, 'open port')] : ['is there']),
    ...otherPorts.map(({ state, count }) => `${formatInteger(count)} others ${state}`),
    ...(operatingSystem === undefined ? [] : [`probably ${operatingSystem.name}${accuracy}`]),
    ...(mac === undefined ? [] : [`MAC ${mac}${vendor === undefined ? '' : ` (${vendor})`}`]),
    ...(latencyMs === undefined ? [] : [`${latencyText(latencyMs)} away`]),
  ].join(', ');
}

function latencyText(latencyMs: number): string {
  return `${latencyMs < 10 ? latencyMs.toFixed(1) : Math.round(latencyMs)} ms`;
}

/** Ports behind which a browser finds something, by service and, where none is told, by number. */
const webPorts: ReadonlySet<number> = new Set([80, 443, 3000, 5000, 8000, 8008, 8080, 8081, 8443, 8888]);
const tlsPorts: ReadonlySet<number> = new Set([443, 8443]);

/** The address under which a browser reaches a port of a host; undefined where it is none for browsers. */
export function webAddressOf(
  { address, family }: Pick<NetworkHost, 'address' | 'family'>,
  { port, protocol, state, service, tunnel }: NetworkPort,
): string | undefined {
  if (protocol !== 'tcp' || state !== 'open' || port === 0) return undefined;
  const isWeb = service === undefined ? webPorts.has(port) : /^https?(?:$|-)|^ssl\/http/.test(service);
  if (!isWeb && !webPorts.has(port)) return undefined;
  const isTls = tunnel === 'ssl' || service?.startsWith('https') === true || tlsPorts.has(port);
  const host = family === 'ipv6' ? `[${address}]` : address;
  const text = `${isTls ? 'https' : 'http'}://${host}:${port}/`;
  return URL.canParse(text) ? new URL(text).href : undefined;
}

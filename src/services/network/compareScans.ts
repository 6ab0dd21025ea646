import type { NetworkDetails, NetworkHost, NetworkPort } from '../../shared/network/networkDetails';

/** What is different in one port. */
export interface PortChange {
  readonly before: NetworkPort;
  readonly after: NetworkPort;
}

export interface HostChange {
  readonly host: NetworkHost;
  /** Open now, and not before. */
  readonly opened: readonly NetworkPort[];
  /** Open before, and not any more; as they were. */
  readonly closed: readonly NetworkPort[];
  /** Open both times, with another service behind. */
  readonly changed: readonly PortChange[];
}

export interface ScanComparison {
  readonly appeared: readonly NetworkHost[];
  readonly gone: readonly NetworkHost[];
  readonly changed: readonly HostChange[];
  /** False where the later scan did not see everything: what it did not find may still be there. */
  readonly knowsGone: boolean;
}

export function isUnchanged({ appeared, gone, changed }: ScanComparison): boolean {
  return appeared.length === 0 && gone.length === 0 && changed.length === 0;
}

/** What appeared, went and changed between two scans that looked at the same in the same way. */
export function compareScans(before: NetworkDetails, after: NetworkDetails): ScanComparison {
  const earlier = byAddress(before.hosts);
  const later = byAddress(after.hosts);
  const knowsGone = isWhole(after) && sawAllThat(after, before);
  const knowsNew = isWhole(before) && sawAllThat(before, after);
  return {
    appeared: knowsNew ? after.hosts.filter(({ address }) => !earlier.has(address)) : [],
    gone: knowsGone ? before.hosts.filter(({ address }) => !later.has(address)) : [],
    changed: after.hosts.flatMap((host) => {
      const was = earlier.get(host.address);
      const change = was && hostChange(was, host);
      return change === undefined ? [] : [change];
    }),
    knowsGone,
  };
}

function isWhole({ complete, omittedHosts }: NetworkDetails): boolean {
  return complete && omittedHosts === undefined;
}

/** Whoever had fewer rights did not see hosts that answer to other questions alone. */
function sawAllThat(one: NetworkDetails, other: NetworkDetails): boolean {
  return one.leftOut.every((what) => other.leftOut.includes(what));
}

function hostChange(before: NetworkHost, after: NetworkHost): HostChange | undefined {
  const earlier = openPorts(before);
  const later = openPorts(after);
  const opened = [...later].filter(([key]) => !earlier.has(key)).map(([, port]) => port);
  const closed = [...earlier].filter(([key]) => !later.has(key)).map(([, port]) => port);
  const changed = [...later].flatMap(([key, port]) => {
    const was = earlier.get(key);
    return was !== undefined && serviceKey(was) !== serviceKey(port) ? [{ before: was, after: port }] : [];
  });
  if (opened.length + closed.length + changed.length === 0) return undefined;
  return { host: after, opened, closed, changed };
}

function byAddress(hosts: readonly NetworkHost[]): ReadonlyMap<string, NetworkHost> {
  return new Map(hosts.map((host) => [host.address, host]));
}

function openPorts({ ports }: NetworkHost): ReadonlyMap<string, NetworkPort> {
  return new Map(ports.filter(({ state }) => state === 'open').map((port) => [portKey(port), port]));
}

export function portKey({ port, protocol }: Pick<NetworkPort, 'port' | 'protocol'>): string {
  return `${port}/${protocol}`;
}

function serviceKey({ service, product, version, tunnel }: NetworkPort): string {
  return JSON.stringify([service, product, version, tunnel]);
}

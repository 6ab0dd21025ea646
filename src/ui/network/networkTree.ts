import { compareScans, portKey, type ScanComparison } from '../../services/network/compareScans';
import type { NetworkRecord } from '../../services/network/networkRecord';
import type { NetworkProblem } from '../../services/network/networkProblem';
import type { NetworkScanRequest } from '../../services/network/scanRequest';
import { parseAddress } from '../../services/network/target/ipAddress';
import type { NetworkHost, NetworkPort } from '../../shared/network/networkDetails';
import type { ChangeMark, HostNode, MoreHostsNode, PortNode } from './networkNodes';

/** Rows of a scan that are shown at first, and each time more are asked for. */
export const pageHosts = 250;

/** A scan as the tree shows it: while it runs with what was found until now. */
export class ShownScan {
  private readonly hosts = new Map<string, NetworkHost>();
  private readonly pending = new Set<string>();
  private shownRows = pageHosts;
  private previousRecord: NetworkRecord | undefined;
  private difference: ScanComparison | undefined;
  /** Of the running scan; undefined when it has ended. */
  runId: number | undefined;
  record: NetworkRecord | undefined;
  problem: NetworkProblem | undefined;

  constructor(
    readonly key: string,
    readonly request: NetworkScanRequest,
  ) {}

  get isRunning(): boolean {
    return this.runId !== undefined;
  }

  get hostCount(): number {
    return this.hosts.size + this.pending.size;
  }

  /** What is different from the scan before; undefined where there is none. */
  get comparison(): ScanComparison | undefined {
    return this.difference;
  }

  get previous(): NetworkRecord | undefined {
    return this.previousRecord;
  }

  /** By what one of its hosts is scanned alone: its address holds neither a zone nor a name by which it was scanned. */
  targetOf({ address }: NetworkHost): string {
    return this.request.addressCount === 1 ? this.request.target : address;
  }

  begin(runId: number): void {
    this.runId = runId;
    this.hosts.clear();
    this.pending.clear();
    this.record = undefined;
    this.problem = undefined;
    this.compareWith(undefined);
  }

  addPending(address: string): void {
    if (!this.hosts.has(address)) this.pending.add(address);
  }

  addHost(host: NetworkHost): void {
    this.pending.delete(host.address);
    this.hosts.set(host.address, host);
  }

  end(record: NetworkRecord | undefined, problem: NetworkProblem | undefined): void {
    this.runId = undefined;
    this.record = record;
    this.problem = problem;
    this.pending.clear();
    this.hosts.clear();
    for (const host of record?.details.hosts ?? []) this.hosts.set(host.address, host);
  }

  compareWith(previous: NetworkRecord | undefined): void {
    this.previousRecord = previous;
    this.difference =
      previous === undefined || this.record === undefined
        ? undefined
        : compareScans(previous.details, this.record.details);
  }

  showMore(): void {
    this.shownRows += pageHosts;
  }

  /** Hosts by address, and behind them those that are gone. */
  rows(): readonly (HostNode | MoreHostsNode)[] {
    const { key, difference } = this;
    const appeared = new Set(difference?.appeared.map(({ address }) => address));
    const changed = new Set(difference?.changed.map(({ host }) => host.address));
    const markOf = (address: string): ChangeMark | undefined => {
      if (appeared.has(address)) return 'new';
      return changed.has(address) ? 'changed' : undefined;
    };
    const node = (host: NetworkHost, isPending: boolean, mark: ChangeMark | undefined): HostNode => ({
      type: 'host',
      id: `${key}/${host.address}`,
      key,
      host,
      isPending,
      ...(mark === undefined ? {} : { mark }),
    });
    const all = [
      ...[...this.hosts.values()].map((host) => node(host, false, markOf(host.address))),
      ...[...this.pending].map((address) => node(pendingHost(address), true, undefined)),
      ...(difference?.gone ?? []).map((host) => node(host, false, 'gone')),
    ].sort((one, other) => order(one.host.address, other.host.address));
    const remaining = all.length - this.shownRows;
    if (remaining <= 0) return all;
    const more: MoreHostsNode = { type: 'more', id: `${key}/more`, key, remaining };
    return [...all.slice(0, this.shownRows), more];
  }

  /** Open ports first, then by number; behind them those that were open before. */
  ports({ id, host, mark }: HostNode): readonly PortNode[] {
    const change = this.difference?.changed.find((each) => each.host.address === host.address);
    const opened = new Set(change?.opened.map(portKey));
    const changes = new Map(change?.changed.map((each) => [portKey(each.after), each]));
    const closed = new Set(change?.closed.map(portKey));
    const node = (port: NetworkPort, portMark: ChangeMark | undefined): PortNode => {
      const portChange = changes.get(portKey(port));
      return {
        type: 'port',
        id: `${id}/${portKey(port)}${portMark === 'gone' ? '/gone' : ''}`,
        host,
        port,
        ...(portMark === undefined ? {} : { mark: portMark }),
        ...(portChange === undefined ? {} : { change: portChange }),
      };
    };
    const present = host.ports
      .filter((port) => port.state === 'open' || !closed.has(portKey(port)))
      .map((port) => {
        if (mark === 'gone') return node(port, 'gone');
        if (opened.has(portKey(port))) return node(port, 'new');
        return node(port, changes.has(portKey(port)) ? 'changed' : undefined);
      });
    return [
      ...present.sort(
        (one, other) =>
          Number(other.port.state === 'open') - Number(one.port.state === 'open') ||
          one.port.port - other.port.port,
      ),
      ...(change?.closed ?? []).map((port) => node(port, 'gone')),
    ];
  }
}

function pendingHost(address: string): NetworkHost {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  return { address, family, names: [], state: 'up', ports: [], otherPorts: [] };
}

function order(one: string, other: string): number {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  if (a === undefined || a.family !== b?.family) return one.localeCompare(other);
  return a.value < b.value ? -1 : Number(a.value > b.value);
}

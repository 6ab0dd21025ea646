import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NetworkInterfaceMetrics, NetworkMetrics } from '../../../shared/metrics/snapshot';
import { defined } from '../../../shared/defined';
import type { Absences } from '../absences';
import { RateMeter, sumKnown } from '../rates';
import { type Reading, readSystemFile } from './systemFile';

/** Flag of /sys/class/net/NAME/flags: switched on by the administrator (netdevice(7), IFF_UP). */
const interfaceUpFlag = 0x1;

/** An interface's addresses, as `os.networkInterfaces()` gives them. */
export type AddressesByName = Readonly<
  Record<string, readonly { readonly address: string; readonly family: string }[] | undefined>
>;

interface InterfaceInfo {
  readonly up: boolean;
  readonly address: string | undefined;
  /** Backed by a device: not a bridge, tunnel or container pair, whose bytes pass a device as well. */
  readonly hardware: boolean;
  readonly loopback: boolean;
}

/** Traffic of the network interfaces, from /proc/net/dev (proc_pid_net(5)). */
export class NetworkActivity {
  private readonly meter = new RateMeter();
  private readonly infos = new Map<string, InterfaceInfo>();
  private refreshedAt: string | undefined;

  constructor(
    private readonly sysRoot: string,
    private readonly addresses: () => AddressesByName,
  ) {}

  /** Looks again at addresses and link states; on a slow tier. */
  refreshInterfaces(netDev: Reading, timestamp: string): void {
    if ('absent' in netDev) return;
    this.infos.clear();
    this.lookUp(parseNetDev(netDev.text).map(({ name }) => name));
    this.refreshedAt = timestamp;
  }

  update(
    netDev: Reading,
    elapsedMs: number | undefined,
    absences: Absences,
  ): Omit<NetworkMetrics, 'connections'> {
    if ('absent' in netDev) {
      absences.addAll(
        ['network.interfaces', 'network.rxBytesPerSec', 'network.txBytesPerSec'],
        netDev.absent,
      );
      return { interfaces: [] };
    }
    this.meter.begin();
    const counters = parseNetDev(netDev.text);
    // One that came up since the last turn is looked at now: until then it would seem to be down and virtual.
    const fresh = counters.filter(({ name }) => !this.infos.has(name));
    if (fresh.length > 0) this.lookUp(fresh.map(({ name }) => name));
    const rows = counters.map(({ name, rxBytes, txBytes }) => ({
      info: this.infos.get(name),
      metrics: defined({
        name,
        address: this.infos.get(name)?.address,
        up: this.infos.get(name)?.up ?? false,
        rxBytesPerSec: this.meter.rate(`${name} rx`, rxBytes, elapsedMs),
        txBytesPerSec: this.meter.rate(`${name} tx`, txBytes, elapsedMs),
      }) satisfies NetworkInterfaceMetrics,
    }));
    const outside = rows.filter(({ info }) => info?.loopback !== true);
    const hardware = outside.filter(({ info }) => info?.hardware === true);
    // Inside a container no interface has a device of its own: there every one but loopback counts.
    const counted = hardware.length > 0 ? hardware : outside;
    const missing = counted.length === 0 ? 'unsupported' : 'notAvailableYet';
    return defined({
      interfaces: rows.map(({ metrics }) => metrics),
      interfacesAt: this.refreshedAt,
      rxBytesPerSec: absences.noted(
        'network.rxBytesPerSec',
        sumKnown(counted.map(({ metrics }) => metrics.rxBytesPerSec)),
        missing,
      ),
      txBytesPerSec: absences.noted(
        'network.txBytesPerSec',
        sumKnown(counted.map(({ metrics }) => metrics.txBytesPerSec)),
        missing,
      ),
    });
  }

  private lookUp(names: readonly string[]): void {
    let addresses: AddressesByName = {};
    try {
      addresses = this.addresses();
    } catch {
      // Sandboxes may forbid the question; everything else about interfaces is still known.
    }
    for (const name of names) this.infos.set(name, this.interfaceInfo(name, addresses));
  }

  private interfaceInfo(name: string, addresses: AddressesByName): InterfaceInfo {
    const folder = path.join(this.sysRoot, 'class/net', name);
    const operstate = readSystemFile(path.join(folder, 'operstate'));
    const flags = readSystemFile(path.join(folder, 'flags'));
    const switchedOn = 'text' in flags && (Number(flags.text.trim()) & interfaceUpFlag) !== 0;
    const state = 'text' in operstate ? operstate.text.trim() : 'unknown';
    const own = addresses[name] ?? [];
    return {
      // Drivers of tunnels and of loopback do not report a link: "unknown" there means "as switched".
      up: state === 'up' || (state === 'unknown' && switchedOn),
      address: mainAddress(own),
      // A device below another one (the virtual function of a cloud's network card) is counted by that one already.
      hardware: existsSync(path.join(folder, 'device')) && !existsSync(path.join(folder, 'master/device')),
      loopback: name === 'lo',
    };
  }
}

/** The address by which a person knows the interface: IPv4, else IPv6 that is valid beyond the next router. */
export function mainAddress(
  addresses: readonly { readonly address: string; readonly family: string }[],
): string | undefined {
  const main =
    addresses.find(({ family }) => family === 'IPv4') ??
    addresses.find(({ address }) => !/^fe[89ab]/i.test(address)) ??
    addresses[0];
  return main?.address;
}

export interface InterfaceCounters {
  readonly name: string;
  readonly rxBytes: number;
  readonly txBytes: number;
}

export function parseNetDev(netDev: string): InterfaceCounters[] {
  const counters: InterfaceCounters[] = [];
  for (const line of netDev.split('\n')) {
    // Names may hold a colon (aliases), counters never do.
    const colon = line.lastIndexOf(':');
    if (colon < 0) continue;
    const fields = line
      .slice(colon + 1)
      .split(' ')
      .filter((field) => field !== '');
    const rxBytes = Number(fields[0]);
    const txBytes = Number(fields[8]);
    if (!Number.isFinite(rxBytes) || !Number.isFinite(txBytes)) continue;
    counters.push({ name: line.slice(0, colon).trim(), rxBytes, txBytes });
  }
  return counters;
}

/**
 * TCP connections of both address families that are established or in CLOSE-WAIT: CurrEstab of /proc/net/snmp
 * (RFC 4022, tcpCurrEstab).
 */
export function establishedConnections(snmp: Reading, absences: Absences): number | undefined {
  if ('absent' in snmp) {
    absences.add('network.connections', snmp.absent);
    return undefined;
  }
  const [names, values] = snmp.text.split('\n').filter((line) => line.startsWith('Tcp:'));
  const column = names?.trim().split(' ').indexOf('CurrEstab') ?? -1;
  const connections = column > 0 ? Number(values?.trim().split(' ')[column]) : NaN;
  return absences.noted(
    'network.connections',
    Number.isInteger(connections) && connections >= 0 ? connections : undefined,
    'failed',
  );
}

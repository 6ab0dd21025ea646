import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NetworkInterfaceMetrics, NetworkMetrics } from '../../../shared/metrics/snapshot';
import { type Absences, defined } from '../absences';
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
  private infos = new Map<string, InterfaceInfo>();
  private refreshedAt: string | undefined;

  constructor(
    private readonly sysRoot: string,
    private readonly addresses: () => AddressesByName,
  ) {}

  /** Looks again at addresses and link states; on a slow tier. */
  refreshInterfaces(netDev: Reading, timestamp: string): void {
    if ('absent' in netDev) return;
    const addresses = this.addresses();
    this.infos = new Map(
      parseNetDev(netDev.text).map(({ name }) => [name, this.interfaceInfo(name, addresses)] as const),
    );
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
    const rows = parseNetDev(netDev.text).map(({ name, rxBytes, txBytes }) => ({
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
      address: (own.find(({ family }) => family === 'IPv4') ?? own[0])?.address,
      hardware: existsSync(path.join(folder, 'device')),
      loopback: name === 'lo',
    };
  }
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

/** Established TCP connections of both address families: CurrEstab of /proc/net/snmp (RFC 4022, tcpCurrEstab). */
export function establishedConnections(snmp: Reading, absences: Absences): number | undefined {
  if ('absent' in snmp) {
    absences.add('network.connections', snmp.absent);
    return undefined;
  }
  const [names, values] = snmp.text.split('\n').filter((line) => line.startsWith('Tcp:'));
  const column = names?.split(' ').indexOf('CurrEstab') ?? -1;
  const connections = column > 0 ? Number(values?.split(' ')[column]) : NaN;
  return absences.noted(
    'network.connections',
    Number.isInteger(connections) && connections >= 0 ? connections : undefined,
    'failed',
  );
}

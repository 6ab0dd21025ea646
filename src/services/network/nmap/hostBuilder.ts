import { isIP } from 'node:net';
import { defined } from '../../../shared/defined';
import type { NetworkHost, NetworkPort } from '../../../shared/network/networkDetails';
import { shortText } from './shortText';

export type Attributes = Readonly<Record<string, string | undefined>>;

const longestName = 255;
const longestValue = 200;
const mostNames = 20;
const mostStates = 20;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Puts the elements of one `host` together. What does not fit what nmap writes is left out. */
export class HostBuilder {
  private ip: string | undefined;
  private family: NetworkHost['family'] = 'ipv4';
  private mac: string | undefined;
  private vendor: string | undefined;
  private state: NetworkHost['state'] = 'unknown';
  private latencyMs: number | undefined;
  private system: NetworkHost['operatingSystem'];
  private readonly names: string[] = [];
  private readonly ports: Mutable<NetworkPort>[] = [];
  private readonly otherPorts: { state: string; count: number }[] = [];
  private port: Mutable<NetworkPort> | undefined;
  /** It has more ports than there is room for. */
  isCut = false;

  constructor(private readonly portRoom: number) {}

  get address(): string | undefined {
    return this.ip;
  }

  /** @param path of elements below `host` */
  open(path: readonly string[], attributes: Attributes): void {
    switch (path.join('/')) {
      case 'status':
        this.state = stateOf(attributes['state']);
        break;
      case 'address':
        this.openAddress(attributes);
        break;
      case 'hostnames/hostname':
        this.openName(attributes['name']);
        break;
      case 'ports/extraports':
        this.openOtherPorts(attributes);
        break;
      case 'ports/port':
        this.openPort(attributes);
        break;
      case 'ports/port/state':
        if (this.port !== undefined) this.port.state = shortText(attributes['state'] ?? 'unknown', 40);
        break;
      case 'ports/port/service':
        this.openService(attributes);
        break;
      case 'os/osmatch':
        this.openSystem(attributes);
        break;
      case 'times':
        this.openTimes(attributes['srtt']);
        break;
      default:
        break;
    }
  }

  /** @returns undefined where it has no address */
  build(): NetworkHost | undefined {
    const { ip: address, family, names, state, mac, vendor, latencyMs, ports, otherPorts } = this;
    if (address === undefined) return undefined;
    return {
      address,
      family,
      names,
      state,
      ports,
      otherPorts,
      ...defined({ mac, vendor, operatingSystem: this.system, latencyMs }),
    };
  }

  private openAddress({ addr = '', addrtype, vendor }: Attributes): void {
    if (addrtype === 'mac') {
      if (!/^(?:[0-9A-F]{2}:){5,7}[0-9A-F]{2}$/i.test(addr)) return;
      this.mac = addr.toUpperCase();
      if (vendor !== undefined && vendor !== '') this.vendor = shortText(vendor, longestValue);
      return;
    }
    const version = isIP(addr);
    if (this.ip !== undefined || version === 0) return;
    this.ip = addr;
    this.family = version === 4 ? 'ipv4' : 'ipv6';
  }

  private openName(name: string | undefined): void {
    if (name === undefined || name === '' || this.names.length >= mostNames) return;
    const text = shortText(name, longestName);
    if (!this.names.includes(text)) this.names.push(text);
  }

  private openOtherPorts({ state, count }: Attributes): void {
    const number = Number(count);
    if (state === undefined || !Number.isSafeInteger(number) || number < 0) return;
    if (this.otherPorts.length < mostStates) {
      this.otherPorts.push({ state: shortText(state, 40), count: number });
    }
  }

  private openPort({ portid, protocol = 'tcp' }: Attributes): void {
    this.port = undefined;
    const number = Number(portid);
    if (portid === undefined || !Number.isInteger(number) || number < 0 || number > 65_535) return;
    if (this.ports.length >= this.portRoom) {
      this.isCut = true;
      return;
    }
    this.port = { port: number, protocol: shortText(protocol, 20), state: 'unknown' };
    this.ports.push(this.port);
  }

  private openService({ name, product, version, extrainfo, tunnel }: Attributes): void {
    if (this.port === undefined) return;
    const short = (text: string | undefined): string | undefined =>
      text === undefined || text === '' ? undefined : shortText(text, longestValue);
    Object.assign(
      this.port,
      defined({
        service: short(name),
        product: short(product),
        version: short(version),
        extraInfo: short(extrainfo),
        tunnel: short(tunnel),
      }),
    );
  }

  /** The first is the best. */
  private openSystem({ name, accuracy }: Attributes): void {
    if (name === undefined || name === '' || this.system !== undefined) return;
    const percent = Number(accuracy);
    this.system = {
      name: shortText(name, longestValue),
      ...(accuracy !== undefined && percent >= 0 && percent <= 100 ? { accuracy: percent } : {}),
    };
  }

  /** @param srtt microseconds */
  private openTimes(srtt: string | undefined): void {
    const us = Number(srtt);
    if (srtt !== undefined && Number.isFinite(us) && us >= 0) this.latencyMs = us / 1_000;
  }
}

function stateOf(text: string | undefined): NetworkHost['state'] {
  return text === 'up' || text === 'down' ? text : 'unknown';
}

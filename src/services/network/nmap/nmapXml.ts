import type { SaxesParser } from 'saxes';
import type { NetworkHost } from '../../../shared/network/networkDetails';
import { saxesLibrary } from '../../events/saxesLibrary';
import type { Line } from '../../process/lineSplitter';
import { type Attributes, HostBuilder } from './hostBuilder';
import { shortText } from './shortText';

/** Why reading ended before the output did. `encoding`: it went on, but some of what was read is no text. */
export type XmlFault = 'malformed' | 'wrongRoot' | 'declarations' | 'tooDeep' | 'tooLarge' | 'encoding';

/** How nmap says that it ended. */
export interface NmapFinish {
  readonly success: boolean;
  readonly message?: string;
}

export interface NmapReading {
  /** Those that are up. */
  readonly hosts: readonly NetworkHost[];
  readonly omittedHosts: number;
  readonly hostsUp: number;
  /** All that were asked, as far as nmap came. */
  readonly hostsTotal: number;
  readonly openPorts: number;
  readonly version?: string;
  /** Absent where the output does not reach its end. */
  readonly finish?: NmapFinish;
  readonly fault?: XmlFault;
}

export interface NmapTask {
  readonly name: string;
  /** 0–100 */
  readonly percent: number;
}

export interface NmapListener {
  /** A host that is up, with all that was found. */
  readonly onHost?: (host: NetworkHost) => void;
  /** Told while its ports are still being looked at. */
  readonly onHostUp?: (address: string) => void;
  /** One that is down. */
  readonly onHostDown?: () => void;
  readonly onTask?: (task: NmapTask) => void;
}

export interface NmapLimits {
  /** In UTF-16 code units. */
  readonly length: number;
  readonly hosts: number;
  readonly ports: number;
}

/** A result has to fit into a record of the history, which is held in memory by every window. */
export const nmapLimits: NmapLimits = { length: 128 * 1024 * 1024, hosts: 5_000, ports: 50_000 };
/** One that is silent has two hundred characters, one of whose thousand ports none is open some thousand. */
const longestQuietHost = 8 * 1024;

/** What is read of a scan of so many addresses: whoever asks millions gets more than that of one. */
export function nmapLimitsFor(addressCount: number): NmapLimits {
  return { ...nmapLimits, length: nmapLimits.length + longestQuietHost * addressCount };
}

/** A line of nmap's has some thousand characters at most. */
export const longestXmlLine = 256 * 1024;
/** nmap nests some ten elements, tables of its scripts included. */
const deepest = 40;
/** What may pass without an element beginning or ending: a text or a comment of this length is none of nmap's. */
const longestSilence = 1024 * 1024;

/**
 * Reads nmap's XML as it comes. No entities but XML's own five are resolved, nothing is loaded, and memory is bounded
 * whatever comes. What was read up to a fault is kept.
 */
export class NmapXmlReader {
  private readonly parser: SaxesParser;
  private readonly path: string[] = [];
  private readonly hosts: NetworkHost[] = [];
  private readonly counts = { up: 0, down: 0, openPorts: 0, ports: 0, omitted: 0 };
  private host: HostBuilder | undefined;
  private version: string | undefined;
  private finish: NmapFinish | undefined;
  private total: { readonly up: number; readonly all: number } | undefined;
  private fault: XmlFault | undefined;
  private isEnded = false;
  private length = 0;
  private lengthAtEvent = 0;

  constructor(
    private readonly listener: NmapListener = {},
    private readonly limits: NmapLimits = nmapLimits,
  ) {
    const { SaxesParser: Parser } = saxesLibrary();
    this.parser = new Parser({ position: false });
    this.parser.on('error', () => {
      this.stop('malformed');
    });
    this.parser.on('doctype', (text) => {
      if (/[[\]]|SYSTEM|PUBLIC/.test(text)) this.stop('declarations');
    });
    this.parser.on('opentag', ({ name, attributes }) => {
      this.lengthAtEvent = this.length;
      this.open(name, attributes);
    });
    this.parser.on('closetag', ({ name }) => {
      this.lengthAtEvent = this.length;
      this.close(name);
    });
  }

  /** Whether anything that comes will still be read. */
  get isReading(): boolean {
    return !this.isStopped && !this.isEnded;
  }

  /** Whether a fault ended it. */
  get hasFailed(): boolean {
    return this.isStopped;
  }

  readonly read = ({ text, truncated }: Line): void => {
    if (!this.isReading) return;
    this.length += text.length + 1;
    if (truncated || this.length > this.limits.length) {
      this.stop('tooLarge');
      return;
    }
    // What the decoder puts where bytes are none of a character.
    if (text.includes('\ufffd')) this.fault ??= 'encoding';
    this.parser.write(`${text}\n`);
    if (this.length - this.lengthAtEvent > longestSilence) this.stop('tooLarge');
  };

  /** What there is, whether the output has reached its end or not. */
  end(): NmapReading {
    const { hosts, counts, version, finish, total, fault } = this;
    const hostsUp = Math.max(counts.up, total?.up ?? 0);
    return {
      hosts,
      omittedHosts: counts.omitted,
      hostsUp,
      hostsTotal: Math.max(counts.up + counts.down, total?.all ?? 0, hostsUp),
      openPorts: counts.openPorts,
      ...(version === undefined ? {} : { version }),
      ...(finish === undefined || !this.isEnded ? {} : { finish }),
      ...(fault === undefined ? {} : { fault }),
    };
  }

  private get isStopped(): boolean {
    return this.fault !== undefined && this.fault !== 'encoding';
  }

  private stop(fault: XmlFault): void {
    // Also after the root was closed: a parser closes it, too, when something else should have been.
    if (!this.isStopped) this.fault = fault;
    this.host = undefined;
  }

  private open(name: string, attributes: Attributes): void {
    if (this.isStopped) return;
    this.path.push(name);
    const depth = this.path.length;
    if (depth > deepest) this.stop('tooDeep');
    else if (depth === 1) this.openRoot(name, attributes);
    else if (this.host !== undefined) this.host.open(this.path.slice(2), attributes);
    else if (depth === 2) this.openSection(name, attributes);
    else if (this.path[1] === 'runstats') this.openStatistics(name, attributes);
  }

  private openRoot(name: string, { version }: Attributes): void {
    if (name !== 'nmaprun') this.stop('wrongRoot');
    else if (version !== undefined) this.version = shortText(version, 40);
  }

  private openSection(name: string, attributes: Attributes): void {
    switch (name) {
      case 'host':
      case 'hosthint':
        this.host = new HostBuilder(this.limits.ports - this.counts.ports);
        break;
      case 'taskbegin':
        this.tellTask(attributes['task'], 0);
        break;
      case 'taskprogress':
        this.tellTask(attributes['task'], Number(attributes['percent']));
        break;
      case 'taskend':
        this.tellTask(attributes['task'], 100);
        break;
      default:
        break;
    }
  }

  private tellTask(name: string | undefined, percent: number): void {
    if (name === undefined || !(percent >= 0 && percent <= 100)) return;
    this.listener.onTask?.({ name: shortText(name, 80), percent });
  }

  private openStatistics(name: string, attributes: Attributes): void {
    if (name === 'finished') {
      const message = attributes['errormsg'];
      this.finish = {
        success: attributes['exit'] !== 'error',
        ...(message === undefined ? {} : { message: shortText(message, 300) }),
      };
    } else if (name === 'hosts') {
      const [up, all] = [Number(attributes['up']), Number(attributes['total'])];
      if (Number.isSafeInteger(up) && Number.isSafeInteger(all) && up >= 0 && all >= up) {
        this.total = { up, all };
      }
    }
  }

  private close(name: string): void {
    if (this.isStopped) return;
    this.path.pop();
    if (this.path.length === 0) this.isEnded = true;
    if (this.path.length !== 1 || this.host === undefined) return;
    const { host } = this;
    this.host = undefined;
    if (name === 'hosthint') {
      if (host.address !== undefined) this.listener.onHostUp?.(host.address);
      return;
    }
    const built = host.build();
    if (built !== undefined) this.take(built, host.isCut);
  }

  private take(host: NetworkHost, isCut: boolean): void {
    if (host.state !== 'up') {
      this.counts.down += 1;
      this.listener.onHostDown?.();
      return;
    }
    this.counts.up += 1;
    if (isCut || this.hosts.length >= this.limits.hosts) {
      this.counts.omitted += 1;
      return;
    }
    this.counts.ports += host.ports.length;
    this.counts.openPorts += host.ports.filter(({ state }) => state === 'open').length;
    this.hosts.push(host);
    this.listener.onHost?.(host);
  }
}

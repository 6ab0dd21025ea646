import { formatCount, formatInteger } from '../../src/shared/presentation/format';
import {
  hostStateText,
  networkProfileText,
  portName,
  serviceText,
} from '../../src/shared/presentation/networkTexts';
import type { NetworkDetails, NetworkHost, NetworkPort } from '../../src/shared/network/networkDetails';
import type { ScanRecord } from '../../src/shared/scan/record';
import { element } from '../dom';
import { fillBounded } from './boundedList';
import { outsideText } from './outsideText';
import type { ReportContext } from './reportContext';
import { Section } from './section';
import { Table } from './table';

const hostsAtFirst = 50;
const hostsStep = 200;
const portsAtFirst = 30;
const portsStep = 300;

/** Which hosts answered, and what they offer. */
export class NetworkSection {
  private readonly section = new Section('hosts', 'Hosts');
  readonly element = this.section.element;

  constructor(private readonly context: ReportContext) {}

  update({ details }: ScanRecord): void {
    const network = details?.type === 'network' ? details : undefined;
    this.section.update(network, (content) => this.build(content));
  }

  private build(details: NetworkDetails): Node[] {
    const list = element('ul', { class: 'network-hosts' });
    const more = fillBounded({
      key: 'hosts',
      memory: this.context.memory,
      items: details.hosts,
      atFirst: hostsAtFirst,
      step: hostsStep,
      holder: list,
      row: (host) => this.host(host),
      noun: 'hosts',
    });
    return [
      overview(details),
      ...leftOut(details),
      ...(details.hosts.length === 0 ? [] : [list]),
      ...(more ? [more] : []),
    ];
  }

  private host(host: NetworkHost): HTMLElement {
    const names = host.names.flatMap((name) => [
      document.createTextNode(' '),
      outsideText(name, { longest: 120 }),
    ]);
    const ports = host.ports.toSorted(
      (one, other) => Number(other.state === 'open') - Number(one.state === 'open') || one.port - other.port,
    );
    return element(
      'li',
      {},
      element(
        'div',
        { class: 'network-host' },
        element('strong', {}, outsideText(host.address, { class: 'code', longest: 60 })),
        ...names,
      ),
      element('div', { class: 'quiet' }, outsideText(hostStateText(host), { longest: 400 })),
      ...(ports.length === 0 ? [] : this.ports(host.address, ports)),
    );
  }

  private ports(address: string, ports: readonly NetworkPort[]): Node[] {
    const table = new Table(`Ports of ${address}`, 'network-ports', ['Port', 'State', 'Service']);
    const more = fillBounded({
      key: `ports-${address}`,
      memory: this.context.memory,
      items: ports,
      atFirst: portsAtFirst,
      step: portsStep,
      holder: table.rows,
      row: (port) => {
        const service = serviceText(port);
        return table.row(
          [element('span', { class: 'code', text: portName(port) })],
          [outsideText(port.state, { longest: 40 })],
          service === '' ? [] : [outsideText(service, { longest: 200 })],
        );
      },
      noun: 'ports',
    });
    return [table.element, ...(more ? [more] : [])];
  }
}

function overview({
  hostsUp,
  hostsTotal,
  openPorts,
  complete,
  omittedHosts = 0,
  profile,
  ports,
}: NetworkDetails): HTMLElement {
  const sentences = [
    `Looked at ${networkProfileText({ profile, ...(ports === undefined ? {} : { ports }) })}.`,
    `${formatInteger(hostsUp)} of ${formatCount(hostsTotal, 'host')} answered.`,
    ...(profile === 'discovery' ? [] : [`${formatCount(openPorts, 'open port')}.`]),
    ...(complete ? [] : ['The scan did not see everything.']),
    ...(omittedHosts > 0 ? [`${formatInteger(omittedHosts)} hosts are not listed.`] : []),
  ];
  return element('p', { class: 'note' }, outsideText(sentences.join(' '), { longest: 2_000 }));
}

function leftOut({ leftOut: what }: NetworkDetails): Node[] {
  if (what.length === 0) return [];
  return [
    element(
      'p',
      { class: 'note' },
      outsideText(`Left out for want of administrator rights: ${what.join('; ')}.`, { longest: 500 }),
    ),
  ];
}

import { isUnchanged } from '../../services/network/compareScans';
import type { ListeningPort, ListeningReading } from '../../shared/network/listeningPort';
import type { NetworkHost, NetworkPort } from '../../shared/network/networkDetails';
import { formatCount, formatInteger } from '../../shared/presentation/format';
import {
  hostStateText,
  openPortCount,
  portName,
  portText,
  profileLabel,
  serviceText,
  webAddressOf,
} from '../../shared/presentation/networkTexts';
import { oneLine } from '../../shared/presentation/plainText';
import { agoText } from '../events/eventsTexts';
import type { DateTexts } from '../dateTexts';
import { itemColors } from '../itemColors';
import type { Translate } from '../translate';
import { type ItemIcon, moreRow, type TreeRow } from '../tree/treeRow';
import type {
  ChangeMark,
  HostNode,
  ListeningPortNode,
  NetworkNode,
  PortNode,
  ScanNode,
} from './networkNodes';
import { hostCount, openCount } from './networkTexts';
import type { ShownScan } from './networkTree';

export interface NetworkWording {
  readonly t: Translate;
  readonly dates: DateTexts;
  readonly nowMs: number;
  readonly scanOf: (key: string) => ShownScan | undefined;
  /** Undefined until somebody has looked. */
  readonly listening: ListeningReading | undefined;
}

/** A row of the tree, in words. */
export function networkItem(node: NetworkNode, wording: NetworkWording): TreeRow {
  const { t } = wording;
  switch (node.type) {
    case 'start':
      return leaf(node.id, t('Scan Network…'), { id: 'radio-tower' }, 'start');
    case 'scan':
      return scanItem(node, wording);
    case 'host':
      return hostItem(node, wording);
    case 'port':
      return portItem(node, t);
    case 'more':
      return moreRow(node.id, node.remaining, t);
    case 'note':
      return leaf(node.id, node.text, { id: 'info', color: itemColors.quiet }, 'note');
    case 'listening':
      return listeningItem(node.id, wording);
    case 'listeningPort':
      return listeningPortItem(node, t);
  }
}

function leaf(id: string, label: string, icon: ItemIcon, context: string): TreeRow {
  return { id, label, icon, expandable: false, context, accessibleLabel: label };
}

function scanItem({ id, key }: ScanNode, { t, scanOf, nowMs, dates }: NetworkWording): TreeRow {
  const scan = scanOf(key);
  const label = oneLine(scan?.request.target ?? key);
  const { record } = scan ?? {};
  const found =
    record === undefined
      ? [
          t('scanning…'),
          ...(scan === undefined || scan.hostCount === 0 ? [] : [hostCount(scan.hostCount, t)]),
        ]
      : [
          ...(record.status === 'finished' ? [] : [t('not complete')]),
          hostCount(record.details.hostsUp, t),
          ...(record.details.profile === 'discovery' ? [] : [openCount(record.details.openPorts, t)]),
        ];
  // What matters most first: the side bar is narrow.
  const description = [
    ...found,
    ...changeWords(scan, t),
    ...(scan === undefined ? [] : [t(profileLabel(scan.request.profile))]),
    ...(record === undefined ? [] : [agoText(record.finishedAt, nowMs, t, dates)]),
  ].join(' · ');
  return {
    id,
    label,
    description,
    icon: scanIcon(scan),
    expandable: true,
    context: [
      'scan',
      scan?.isRunning === true ? 'running' : 'ended',
      ...(scan?.previous === undefined ? [] : ['comparable']),
    ].join(' '),
    accessibleLabel: `${label}, ${description}`,
  };
}

function scanIcon(scan: ShownScan | undefined): ItemIcon {
  if (scan?.isRunning === true) return { id: 'loading~spin' };
  return scan?.problem === undefined ? { id: 'radio-tower' } : { id: 'warning', color: itemColors.warning };
}

/** `1 new host, 2 changed`; that nothing has changed is worth a word, too. */
function changeWords(scan: ShownScan | undefined, t: Translate): string[] {
  const comparison = scan?.comparison;
  if (comparison === undefined) return [];
  if (isUnchanged(comparison)) return comparison.knowsGone ? [t('unchanged')] : [];
  const { appeared, gone, changed } = comparison;
  return [
    [
      ...(appeared.length === 0 ? [] : [t('{0} new', appeared.length)]),
      ...(gone.length === 0 ? [] : [t('{0} gone', gone.length)]),
      ...(changed.length === 0 ? [] : [t('{0} changed', changed.length)]),
    ].join(', '),
  ];
}

function hostItem({ id, host, isPending, mark }: HostNode, { t }: NetworkWording): TreeRow {
  const [name] = host.names;
  const open = openPortCount(host);
  const label = oneLine(host.address);
  const isListed = host.ports.length > 0 || host.otherPorts.length > 0;
  const description = [
    ...markWords(mark, t),
    ...(name === undefined ? [] : [oneLine(name, 80)]),
    ...(isPending ? [t('being looked at…')] : isListed ? [openCount(open, t)] : []),
    ...(host.vendor === undefined ? [] : [oneLine(host.vendor, 40)]),
    ...(host.operatingSystem === undefined ? [] : [oneLine(host.operatingSystem.name, 40)]),
  ].join(' · ');
  return {
    id,
    label,
    description,
    icon: markIcon(mark, isPending ? 'loading~spin' : 'vm'),
    expandable: host.ports.length > 0 || mark === 'changed',
    context: mark === 'gone' ? 'host gone' : isPending ? 'host pending' : 'host present',
    accessibleLabel: description === '' ? label : `${label}, ${description}`,
  };
}

function portItem({ id, host, port, mark, change }: PortNode, t: Translate): TreeRow {
  const label = portName(port);
  const state = port.state === 'open' ? [] : [t(oneLine(port.state, 40))];
  const service = oneLine(serviceText(port), 120);
  const before = change === undefined ? '' : oneLine(serviceText(change.before), 80);
  const description = [
    ...markWords(mark, t),
    ...(mark === 'gone' ? [] : state),
    ...(service === '' ? [] : [service]),
    ...(before === '' ? [] : [t('before: {0}', before)]),
  ].join(' · ');
  const isWeb = mark !== 'gone' && webAddressOf(host, port) !== undefined;
  return {
    id,
    label,
    description,
    icon: portIcon(port, mark, isWeb),
    expandable: false,
    context: isWeb ? 'port web' : 'port',
    accessibleLabel: [label, port.state, description].filter((part) => part !== '').join(', '),
  };
}

function portIcon({ state }: NetworkPort, mark: ChangeMark | undefined, isWeb: boolean): ItemIcon {
  if (mark !== undefined) return markIcon(mark, 'plug');
  if (state !== 'open')
    return { id: state === 'closed' ? 'circle-slash' : 'circle-outline', color: itemColors.quiet };
  return { id: isWeb ? 'globe' : 'plug' };
}

function markIcon(mark: ChangeMark | undefined, usual: string): ItemIcon {
  switch (mark) {
    case 'new':
      return { id: 'diff-added', color: 'gitDecoration.addedResourceForeground' };
    case 'gone':
      return { id: 'diff-removed', color: 'gitDecoration.deletedResourceForeground' };
    case 'changed':
      return { id: 'diff-modified', color: 'gitDecoration.modifiedResourceForeground' };
    case undefined:
      return { id: usual };
  }
}

function markWords(mark: ChangeMark | undefined, t: Translate): string[] {
  switch (mark) {
    case 'new':
      return [t('new')];
    case 'gone':
      return [t('gone')];
    case 'changed':
      return [t('changed')];
    case undefined:
      return [];
  }
}

function listeningItem(id: string, { t, listening }: NetworkWording): TreeRow {
  const count = listening === undefined ? [] : [formatInteger(listening.ports.length)];
  return {
    ...leaf(id, t('Listening Ports'), { id: 'server' }, 'listening'),
    description: [t('this machine'), ...count].join(' · '),
    expandable: true,
    accessibleLabel: [t('Listening Ports of This Machine'), ...count].join(', '),
  };
}

function listeningPortItem({ id, port }: ListeningPortNode, t: Translate): TreeRow {
  const label = `${port.port}/${port.protocol}`;
  const owner = port.process;
  const description = [
    owner === undefined ? t('process not told') : `${oneLine(owner.name, 60)} (${owner.pid})`,
    isAnyAddress(port) ? t('all addresses') : oneLine(port.address, 60),
    ...(port.user === undefined ? [] : [oneLine(port.user, 40)]),
  ].join(' · ');
  return {
    id,
    label,
    description,
    icon: isAnyAddress(port) ? { id: 'globe' } : { id: 'plug' },
    expandable: false,
    context: port.protocol === 'tcp' ? 'listeningPort web' : 'listeningPort',
    accessibleLabel: `${label}, ${description}`,
  };
}

export function isAnyAddress({ address }: Pick<ListeningPort, 'address'>): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** A hover is no place for more. */
const mostLines = 15;
const longestLine = 300;

/** Plain text of several lines; undefined where the row says everything. */
export function networkTooltip(node: NetworkNode, { t, dates, scanOf }: NetworkWording): string | undefined {
  switch (node.type) {
    case 'scan': {
      const record = scanOf(node.key)?.record;
      if (record === undefined) return undefined;
      const { scannerVersion, leftOut } = record.details;
      return [
        oneLine(record.summary, longestLine),
        ...leftOut.map((what) => t('Left out: {0}', t(what))),
        dates.exact(record.finishedAt),
        ...(scannerVersion === undefined ? [] : [`nmap ${oneLine(scannerVersion, 40)}`]),
      ].join('\n');
    }
    case 'host':
      return hostTooltip(node.host);
    case 'port':
      return oneLine(portText(node.port), longestLine);
    case 'note':
      return node.text;
    case 'listeningPort': {
      const command = node.port.process?.command;
      return command === undefined ? undefined : oneLine(command, longestLine);
    }
    case 'start':
    case 'more':
    case 'listening':
      return undefined;
  }
}

function hostTooltip(host: NetworkHost): string {
  const lines = [
    host.address,
    ...host.names,
    hostStateText(host),
    ...host.ports.filter(({ state }) => state === 'open').map(portText),
  ];
  const more = lines.length - mostLines;
  return [
    ...lines.slice(0, mostLines).map((line) => oneLine(line, longestLine)),
    ...(more > 0 ? [`… ${formatCount(more, 'more line')}`] : []),
  ].join('\n');
}

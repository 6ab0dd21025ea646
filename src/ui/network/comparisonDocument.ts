import { compareScans, isUnchanged } from '../../services/network/compareScans';
import type { NetworkRecord } from '../../services/network/networkRecord';
import type { NetworkHost } from '../../shared/network/networkDetails';
import {
  networkProfileText,
  openPortCount,
  portText,
  serviceText,
} from '../../shared/presentation/networkTexts';
import { oneLine } from '../../shared/presentation/plainText';
import type { DateTexts } from '../dateTexts';
import type { Translate } from '../translate';
import { hostCount, openCount } from './networkTexts';

const longestLine = 300;

/** What is different between two scans, as plain text: nothing from outside in it is more than a line. */
export function comparisonDocument(
  before: NetworkRecord,
  after: NetworkRecord,
  t: Translate,
  dates: DateTexts,
): string {
  const comparison = compareScans(before.details, after.details);
  const { appeared, gone, changed, knowsGone } = comparison;
  return [
    t('Scan of {0}', oneLine(after.target)),
    '',
    `  ${t('Looked at')}  ${t(networkProfileText(after.details))}`,
    `  ${t('Before')}     ${momentLine(before, t, dates)}`,
    `  ${t('Now')}        ${momentLine(after, t, dates)}`,
    ...(knowsGone
      ? []
      : ['', t('The later scan did not see everything: what it did not find may still be there.')]),
    ...(isUnchanged(comparison) ? ['', t('Nothing has changed.')] : []),
    ...section(t('New hosts'), appeared.flatMap(hostLines)),
    ...section(t('Hosts that are gone'), gone.flatMap(hostLines)),
    ...section(
      t('Hosts that have changed'),
      changed.flatMap(({ host, opened, closed, changed: ports }) => [
        hostName(host),
        ...opened.map((port) => `  + ${portText(port)}`),
        ...closed.map((port) => `  - ${portText(port)}`),
        ...ports.map(
          ({ before: was, after: is }) =>
            `  ~ ${portText(is)} (${t('before: {0}', serviceText(was) || t('not known'))})`,
        ),
      ]),
    ),
    '',
  ].join('\n');
}

function momentLine({ finishedAt, details }: NetworkRecord, t: Translate, dates: DateTexts): string {
  const { hostsUp, openPorts, profile } = details;
  return [
    dates.exact(finishedAt),
    hostCount(hostsUp, t),
    ...(profile === 'discovery' ? [] : [openCount(openPorts, t)]),
  ].join(' · ');
}

function hostName({ address, names }: NetworkHost): string {
  return names.length === 0 ? address : `${address} (${names.join(', ')})`;
}

function hostLines(host: NetworkHost): string[] {
  const open = host.ports.filter(({ state }) => state === 'open');
  return [hostName(host), ...(openPortCount(host) === 0 ? [] : open.map((port) => `    ${portText(port)}`))];
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['', title, '', ...lines.map((line) => `  ${oneLine(line, longestLine)}`)];
}

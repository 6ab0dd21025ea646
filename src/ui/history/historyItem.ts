import { formatInteger } from '../../shared/presentation/format';
import { engineText } from '../../shared/presentation/engineReasons';
import { oneLine } from '../../shared/presentation/plainText';
import { scanKindLabel, verdictMeaning } from '../../shared/presentation/verdictTexts';
import { alarmingVerdicts } from '../../shared/scan/verdict';
import { defined } from '../../shared/defined';
import type { RecordHead, ScanKind, ScanRecord } from '../../shared/scan/record';
import type { HistoryGrouping, VerdictFilter } from '../../shared/history/query';
import { type ItemIcon, moreRow, type TreeRow } from '../tree/treeRow';
import type { GroupNode, HistoryNode } from './historyNodes';
import { itemColors } from '../itemColors';
import { groupLabel, outcomeLabel, recordCount, shortTarget, whenText, type Wording } from './historyTexts';

export interface ItemOptions extends Wording {
  readonly grouping: HistoryGrouping;
  /** Whether a target of this kind can be scanned again. */
  readonly canRescan: (kind: ScanKind) => boolean;
}

export function historyItem(node: HistoryNode, options: ItemOptions): TreeRow {
  switch (node.type) {
    case 'group':
      return groupItem(node, options);
    case 'record':
      return recordItem(node.id, node.record, options);
    case 'more':
      return moreRow(node.id, node.remaining, options.t);
  }
}

function groupItem({ id, group }: GroupNode, options: ItemOptions): TreeRow {
  const { grouping, t } = options;
  const label = groupLabel(grouping, group, options);
  return defined({
    id,
    label,
    description: formatInteger(group.count),
    icon: groupIcon(grouping, group.key),
    expandable: true,
    context: 'group',
    accessibleLabel: `${label}, ${recordCount(group.count, t)}`,
  });
}

function recordItem(id: string, record: RecordHead, options: ItemOptions): TreeRow {
  const { grouping, canRescan, t } = options;
  const when = whenText(record.startedAt, grouping, options);
  const kind = t(scanKindLabel(record.kind));
  const outcome = outcomeLabel(record, t);
  const label = shortTarget(record);
  return {
    id,
    label,
    // What the group's heading says already is left out.
    description: [
      ...(grouping === 'verdict' && record.status === 'finished' ? [] : [outcome]),
      ...(grouping === 'verdict' ? [kind] : []),
      when,
    ].join(' · '),
    icon: recordIcon(record),
    expandable: false,
    context: [
      'record',
      ...(record.sha256 === undefined ? [] : ['hashed']),
      ...(record.kind === 'file' && record.verdict !== undefined && alarmingVerdicts.includes(record.verdict)
        ? ['alarming']
        : []),
      ...(canRescan(record.kind) && record.status !== 'running' ? ['rescannable'] : []),
    ].join(' '),
    accessibleLabel: [label, outcome, kind, when].join(', '),
  };
}

export function verdictIcon(verdict: VerdictFilter): ItemIcon {
  switch (verdict) {
    case 'malicious':
      return { id: 'error', color: itemColors.error };
    case 'suspicious':
      return { id: 'warning', color: itemColors.warning };
    case 'error':
      return { id: 'circle-slash', color: itemColors.quiet };
    case 'unknown':
      return { id: 'question', color: itemColors.quiet };
    case 'noThreatFound':
      return { id: 'pass', color: itemColors.passed };
    case 'none':
      return { id: 'circle-outline', color: itemColors.quiet };
  }
}

export function kindIcon(kind: ScanKind): ItemIcon {
  switch (kind) {
    case 'file':
      return { id: 'file' };
    case 'folder':
      return { id: 'folder' };
    case 'url':
      return { id: 'link' };
    case 'network':
      return { id: 'radio-tower' };
  }
}

function recordIcon({ verdict, status, kind }: RecordHead): ItemIcon {
  // What was found before a scan ended is an alarm, whether it ended well or not.
  if (verdict !== undefined && alarmingVerdicts.includes(verdict)) return verdictIcon(verdict);
  switch (status) {
    case 'running':
      return { id: 'loading~spin' };
    case 'failed':
    case 'timedOut':
    case 'stalled':
    case 'interrupted':
      return verdictIcon('error');
    case 'cancelled':
      return { id: 'stop-circle', color: itemColors.quiet };
    case 'finished':
      return verdict === undefined ? kindIcon(kind) : verdictIcon(verdict);
  }
}

function groupIcon(grouping: HistoryGrouping, key: string): ItemIcon | undefined {
  switch (grouping) {
    case 'day':
      return undefined;
    case 'kind':
      return kindIcon(key as ScanKind);
    case 'verdict':
      return verdictIcon(key as VerdictFilter);
  }
}

/** In sentences, unlike in names, a line break is a blank. */
function sentence(text: string): string {
  return oneLine(text.trim().replace(/\s+/g, ' '));
}

/** A link of any length is a target; a hover is no place for it. */
const longestTarget = 1_000;

/** All that there is to say in a hover, as plain text of several lines. Without the whole record, what its head has. */
export function recordTooltip(record: RecordHead | ScanRecord, { t, dates }: Wording): string {
  const { target, kind, verdict, sha256, startedAt, finishedAt, status, summary } = record;
  const ended = status === 'running' ? [] : [t('Ended: {0}', dates.exact(finishedAt))];
  const lines = [
    oneLine(target, longestTarget),
    '',
    `${t(scanKindLabel(kind))} · ${outcomeLabel(record, t)}`,
    ...(verdict === undefined || status !== 'finished' ? [] : [t(verdictMeaning(verdict))]),
    ...(summary === '' ? [] : [sentence(summary)]),
    '',
    ...('engines' in record ? record.engines.map((engine) => sentence(engineText(engine))) : []),
    '',
    t('Started: {0}', dates.exact(startedAt)),
    ...ended,
    ...(sha256 === undefined ? [] : [t('SHA-256: {0}', sha256)]),
  ];
  return lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n');
}

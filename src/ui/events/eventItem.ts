import type { EventLevel, SystemEvent } from '../../shared/events/systemEvent';
import { formatInteger } from '../../shared/presentation/format';
import { oneLine } from '../../shared/presentation/plainText';
import type { DateTexts } from '../dateTexts';
import { itemColors } from '../itemColors';
import type { Translate } from '../translate';
import { type ItemIcon, moreRow, type TreeRow } from '../tree/treeRow';
import type { EventGrouping, EventsNode } from './eventsTree';
import { agoText, eventCount, levelLabel, messageLabel, plainLine, sourceLabel } from './eventsTexts';

export interface EventWording {
  readonly t: Translate;
  readonly dates: DateTexts;
  readonly nowMs: number;
}

/** A row of the tree, in words. */
export function eventItem(node: EventsNode, by: EventGrouping, wording: EventWording): TreeRow {
  const { t } = wording;
  switch (node.type) {
    case 'group': {
      const { key, count, id, level } = node;
      const label = by === 'level' ? levelLabel(level, t) : sourceLabel(key, t);
      return {
        id,
        label,
        description: formatInteger(count),
        icon: levelIcon(level),
        expandable: true,
        context: 'group',
        accessibleLabel: `${label}, ${eventCount(count, t)}`,
      };
    }
    case 'event':
      return rowOf(node.id, node.event, by, wording);
    case 'more':
      return moreRow(node.id, node.remaining, t);
  }
}

function rowOf(
  id: string,
  event: SystemEvent,
  by: EventGrouping,
  { t, dates, nowMs }: EventWording,
): TreeRow {
  const label = plainLine(event, t) ?? messageLabel(event, t);
  const ago = agoText(event.timestamp, nowMs, t, dates);
  const source = sourceLabel(event.source, t);
  return {
    id,
    label,
    // What the group's heading says already is left out.
    description: by === 'level' ? `${source} · ${ago}` : ago,
    icon: levelIcon(event.level),
    expandable: false,
    context: 'event',
    accessibleLabel: [levelLabel(event.level, t), label, source, ago].join(', '),
  };
}

function levelIcon(level: EventLevel): ItemIcon {
  switch (level) {
    case 'critical':
      return { id: 'flame', color: itemColors.error };
    case 'error':
      return { id: 'error', color: itemColors.error };
    case 'warning':
      return { id: 'warning', color: itemColors.warning };
    case 'info':
      return { id: 'info', color: itemColors.quiet };
    case 'debug':
      return { id: 'bug', color: itemColors.quiet };
  }
}

/** A hover is no place for more. */
const longestHover = 1_000;

/** Plain text of several lines. */
export function eventTooltip(event: SystemEvent, { t, dates }: EventWording): string {
  const explained = plainLine(event, t);
  const head = [
    levelLabel(event.level, t),
    sourceLabel(event.source, t),
    ...(event.eventId === undefined ? [] : [t('Event {0}', event.eventId)]),
    dates.exact(event.timestamp),
  ].join(' · ');
  const message = oneLine(event.message.slice(0, 4_000).trim().replace(/\s+/g, ' '), longestHover);
  return [
    ...(explained === undefined ? [] : [explained]),
    message === '' ? t('(no message)') : message,
    head,
  ].join('\n\n');
}

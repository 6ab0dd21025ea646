import { explainEvent } from '../../services/events/known/explainEvent';
import { type EventLevel, eventLevels, type SystemEvent } from '../../shared/events/systemEvent';
import type { Translate } from '../translate';
import { levelLabel } from './eventsTexts';

export interface EventsFilter {
  /** Words that all must stand somewhere in an event, whatever their case. */
  readonly text: string;
  readonly levels: readonly EventLevel[];
}

export const allEvents: EventsFilter = { text: '', levels: eventLevels };

export function isFiltered({ text, levels }: EventsFilter): boolean {
  return text.trim() !== '' || levels.length < eventLevels.length;
}

/** Of very long values, what stands further in is not searched. */
const searchedLength = 4_096;

/** Whether an event passes. */
export function eventMatcher({ text, levels }: EventsFilter, t: Translate): (event: SystemEvent) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (event) => {
    if (!levels.includes(event.level)) return false;
    if (words.length === 0) return true;
    const searched = searchedText(event, t);
    return words.every((word) => searched.includes(word));
  };
}

function searchedText(event: SystemEvent, t: Translate): string {
  const explained = explainEvent(event);
  const parts = [
    event.source,
    event.message,
    event.eventId?.toString() ?? '',
    event.log ?? '',
    explained === undefined ? '' : t(explained.text, ...explained.values),
    ...event.details.map(([, value]) => value),
  ];
  return parts
    .map((part) => part.slice(0, searchedLength))
    .join('\n')
    .toLowerCase();
}

/** `"disk" · Critical, Error`. */
export function filterLabel({ text, levels }: EventsFilter, t: Translate): string {
  const parts = [
    ...(text.trim() === '' ? [] : [`“${text.trim()}”`]),
    ...(levels.length < eventLevels.length ? [levels.map((level) => levelLabel(level, t)).join(', ')] : []),
  ];
  return parts.join(' · ');
}

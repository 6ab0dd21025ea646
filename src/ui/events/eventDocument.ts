import type { SystemEvent } from '../../shared/events/systemEvent';
import { withUnseenMarked } from '../../shared/presentation/unseen';
import type { DateTexts } from '../dateTexts';
import type { Translate } from '../translate';
import { levelLabel, plainLine, sourceLabel } from './eventsTexts';

/** All of an event as plain text: nothing in it turns direction, hides or pretends to be another line's name. */
export function eventDocument(event: SystemEvent, t: Translate, dates: DateTexts): string {
  const explained = plainLine(event, t);
  const facts: (readonly [string, string])[] = [
    [t('Time'), `${dates.exact(event.timestamp)} (${isoTime(event.timestamp)})`],
    [t('Level'), levelLabel(event.level, t)],
    [t('Source'), sourceLabel(event.source, t)],
    ...(event.log === undefined ? [] : [[t('Log'), event.log] as const]),
    ...(event.eventId === undefined ? [] : [[t('Event ID'), String(event.eventId)] as const]),
  ];
  return [
    ...(explained === undefined ? [] : [explained, '']),
    ...table(facts),
    ...(event.truncated === true ? ['', t('Parts of this event were too long and are cut.')] : []),
    '',
    t('Message'),
    '',
    ...indented(event.message.trim() === '' ? t('(no message)') : event.message.replace(/\n+$/, '')),
    ...(event.details.length === 0 ? [] : ['', t('Details'), '', ...table(sortedDetails(event))]),
    '',
  ].join('\n');
}

/** In one line and whole, for the clipboard: what is pasted into a terminal is no command of the log's. */
export function eventLine(event: SystemEvent, t: Translate): string {
  const text = withUnseenMarked(event.message.trim().replace(/\s+/g, ' '));
  const message = text === '' ? t('(no message)') : text;
  return `${isoTime(event.timestamp)} ${levelLabel(event.level, t)} ${sourceLabel(event.source, t)}: ${message}`;
}

export function isoTime(epochMs: number): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? String(epochMs) : date.toISOString();
}

/** The journal's own fields, which begin with an underscore, come last; else the order stays. */
function sortedDetails({ details }: SystemEvent): readonly (readonly [string, string])[] {
  const isOwn = ([name]: readonly [string, string]): boolean => name.startsWith('_');
  return [...details.filter((each) => !isOwn(each)), ...details.filter(isOwn)];
}

const widestName = 32;

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(widestName, Math.max(0, ...rows.map(([name]) => name.length)));
  return rows.flatMap(([name, value]) => {
    const lines = safeLines(value);
    const first = `  ${withUnseenMarked(name).padEnd(width)}  ${lines[0] ?? ''}`;
    return [first.trimEnd(), ...lines.slice(1).map((line) => `  ${' '.repeat(width)}  ${line}`)];
  });
}

function indented(text: string): string[] {
  return safeLines(text).map((line) => `  ${line}`);
}

function safeLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => withUnseenMarked(line.replaceAll('\t', '    ')));
}

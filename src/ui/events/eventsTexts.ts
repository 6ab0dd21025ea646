import type { EventsProblem } from '../../shared/events/eventsReading';
import type { EventLevel, SystemEvent } from '../../shared/events/systemEvent';
import { explainEvent } from '../../services/events/known/explainEvent';
import { formatInteger } from '../../shared/presentation/format';
import { formatDuration } from '../../shared/presentation/moments';
import { oneLine, plainText } from '../../shared/presentation/plainText';
import type { DateTexts } from '../dateTexts';
import type { Translate } from '../translate';

export function levelLabel(level: EventLevel, t: Translate): string {
  switch (level) {
    case 'critical':
      return t('Critical');
    case 'error':
      return t('Error');
    case 'warning':
      return t('Warning');
    case 'info':
      return t('Information');
    case 'debug':
      return t('Debug');
  }
}

export function eventCount(count: number, t: Translate): string {
  return count === 1 ? t('1 event') : t('{0} events', formatInteger(count));
}

export function sourceLabel(source: string, t: Translate): string {
  return source.trim() === '' ? t('(unknown source)') : oneLine(source, 80);
}

/** The message in one line. */
export function messageLabel({ message }: SystemEvent, t: Translate): string {
  const text = message.slice(0, 1_000).trim().replace(/\s+/g, ' ');
  return text === '' ? t('(no message)') : oneLine(text);
}

/** What a well-known event means, in one line. */
export function plainLine(event: SystemEvent, t: Translate): string | undefined {
  const explained = explainEvent(event);
  return explained && t(explained.text, ...explained.values.map((value) => oneLine(value, 80)));
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long ago; further back, or in the future, the moment itself. */
export function agoText(timestamp: number, nowMs: number, t: Translate, dates: DateTexts): string {
  const ageMs = nowMs - timestamp;
  if (ageMs < -minuteMs || ageMs >= 7 * dayMs) return `${dates.date(timestamp)}, ${dates.time(timestamp)}`;
  if (ageMs < minuteMs) return t('just now');
  if (ageMs < hourMs) return t('{0} min ago', Math.floor(ageMs / minuteMs));
  if (ageMs < dayMs) return t('{0} h ago', Math.floor(ageMs / hourMs));
  const days = Math.floor(ageMs / dayMs);
  return days === 1 ? t('1 day ago') : t('{0} days ago', days);
}

/** What is missing, why, and how to get it. */
export function problemText(problem: EventsProblem, t: Translate): string {
  switch (problem.type) {
    case 'unsupportedSystem':
      return t('Sentinel cannot read the log of this system ({0}).', problem.platform);
    case 'noTool':
      return problem.tool === 'journalctl'
        ? t('There is no journal: journalctl, which is a part of systemd, was not found.')
        : t('The log cannot be read: {0} was not found.', problem.tool);
    case 'empty':
      return t('The log has no entries.');
    case 'restricted':
      return problem.groups.length === 0
        ? t('Only your own messages are shown.')
        : t(
            'Only your own messages are shown. Members of one of these groups see all: {0}.',
            problem.groups.join(', '),
          );
    case 'denied':
      return deniedText(problem.log, t);
    case 'timedOut':
      return t(
        'Reading took longer than {0} and was ended: older events are missing.',
        formatDuration(problem.limitMs),
      );
    case 'cancelled':
      return t('Reading was cancelled: older events are missing.');
    case 'failed': {
      const message = plainText(problem.message);
      return problem.log === undefined
        ? t('The log could not be read: {0}', message)
        : t('The log {0} could not be read: {1}', problem.log, message);
    }
    case 'unreadable':
      return t('Entries that could not be understood and are left out: {0}.', formatInteger(problem.count));
    case 'skipped':
      return t(
        'New events that came too fast and were left out: {0}. Refresh to read them.',
        formatInteger(problem.count),
      );
  }
}

function deniedText(log: string | undefined, t: Translate): string {
  if (log === undefined) {
    return t('You have no permission to read the journal. Members of the groups adm and systemd-journal do.');
  }
  return t(
    'You have no permission to read the log {0}: it needs an administrator, or a member of Event Log Readers.',
    log,
  );
}

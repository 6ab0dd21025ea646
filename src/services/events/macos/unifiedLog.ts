import { defined } from '../../../shared/defined';
import type { EventLevel, SystemEvent } from '../../../shared/events/systemEvent';
import type { Line } from '../../process/lineSplitter';
import { TextBudget } from '../shortened';

/** Types of messages in Apple's unified log, in lower case. */
const levels: Readonly<Record<string, EventLevel>> = {
  fault: 'critical',
  error: 'error',
  default: 'info',
  info: 'info',
  debug: 'debug',
};

const placed = new Set(['timestamp', 'eventMessage', 'messageType']);

/** `event`, `nothing` for a line that is meant to be none, such as the closing count, or `unreadable`. */
export type UnifiedLogLine =
  { readonly type: 'event'; readonly event: SystemEvent } | { readonly type: 'nothing' | 'unreadable' };

/**
 * A line of `log show --style ndjson`. Activities have no level, and messages may be null.
 * @param keep how much text is kept
 */
export function unifiedLogLine(line: Line, keep: number): UnifiedLogLine {
  const text = line.text.trim();
  // A heading in words may come first.
  if (!text.startsWith('{')) return { type: 'nothing' };
  try {
    return entryOf(JSON.parse(text) as object, keep);
  } catch {
    return { type: 'unreadable' };
  }
}

function entryOf(raw: object, keep: number): UnifiedLogLine {
  const fields = new Map<string, unknown>(Object.entries(raw));
  if (!fields.has('timestamp')) return { type: fields.has('count') ? 'nothing' : 'unreadable' };
  const text = (name: string): string => textOf(fields.get(name));
  const timestamp = timeOf(text('timestamp'));
  if (timestamp === undefined) return { type: 'unreadable' };
  const budget = new TextBudget(keep);
  const program = text('processImagePath') || text('senderImagePath');
  const source = program.slice(program.lastIndexOf('/') + 1) || text('subsystem');
  const named = budget.take(source);
  const message = budget.take(text('eventMessage'));
  return {
    type: 'event',
    event: defined({
      timestamp,
      level: levelOf(text('messageType')),
      source: named,
      message,
      details: [...fields]
        .filter(([name, value]) => !placed.has(name) && value !== null && value !== '')
        .map(([name, value]): [string, string] => [budget.take(name), budget.take(textOf(value))]),
      truncated: budget.isExceeded ? true : undefined,
    }),
  };
}

function levelOf(messageType: string): EventLevel {
  const name = messageType.toLowerCase();
  return Object.hasOwn(levels, name) ? (levels[name] ?? 'info') : 'info';
}

/** `2024-01-15 10:30:45.123456+0100`. */
function timeOf(text: string): number | undefined {
  const [, day, time, hours, minutes] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,9})?)([+-]\d\d):?(\d\d)$/.exec(text) ?? [];
  const timestamp = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(timestamp) ? undefined : timestamp;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

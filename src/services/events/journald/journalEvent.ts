import { defined } from '../../../shared/defined';
import type { EventLevel, SystemEvent } from '../../../shared/events/systemEvent';
import type { Line } from '../../process/lineSplitter';
import { TextBudget } from '../shortened';
import { journalFields } from './journalFields';

/** By the number of syslog (RFC 5424), 0 to 7. */
const levels: readonly EventLevel[] = [
  'critical',
  'critical',
  'critical',
  'error',
  'warning',
  'info',
  'info',
  'debug',
];

/** What names the source, the first that there is (systemd.journal-fields(7)). */
const sourceFields = ['SYSLOG_IDENTIFIER', '_COMM', '_SYSTEMD_UNIT', '_TRANSPORT'] as const;

/** Fields that have a place of their own in an event. */
const placed = new Set(['MESSAGE', '__CURSOR', '__REALTIME_TIMESTAMP']);

/**
 * The event in a line of `journalctl --output=json --all`: one object a line, whose values are strings; lists of
 * numbers, the bytes of what is no text; null, what journalctl leaves out; or lists of those, for a field that is there
 * several times. The order of fields means nothing.
 * @param keep how much text is kept
 * @param nearMs the time of its neighbour, for a line that was cut before it told its own
 * @returns undefined where it is none
 */
export function journalEvent(line: Line, keep: number, nearMs: number): SystemEvent | undefined {
  const read = journalFields(line.text, line.truncated, keep);
  if (read === undefined) return undefined;
  const values = new Map(read.fields);
  const own = timestampOf(values);
  if (own === undefined && !read.isCut) return undefined;
  const budget = new TextBudget(keep);
  const text = (name: string): string | undefined => textOf(values.get(name), keep);
  const source = sourceFields.map(text).find((each) => each !== undefined && each !== '') ?? '';
  const named = budget.take(source);
  const message = budget.take(text('MESSAGE') ?? '');
  const details = read.fields
    .filter(([name]) => !placed.has(name))
    .map(([name, value]): [string, string] => [name, budget.take(textOf(value, keep) ?? '')]);
  const cursor = values.get('__CURSOR');
  return defined({
    timestamp: own ?? nearMs,
    level: levelOf(text('PRIORITY')),
    source: named,
    message,
    id: typeof cursor === 'string' ? cursor : undefined,
    truncated: read.isCut || line.truncated || budget.isExceeded ? true : undefined,
    details,
  });
}

/** Programs need not tell one. */
function levelOf(priority: string | undefined): EventLevel {
  return levels.find((_, number) => priority === String(number)) ?? 'info';
}

/** Of the entry, or of the cursor, which holds it in hexadecimal. Microseconds. */
function timestampOf(values: ReadonlyMap<string, unknown>): number | undefined {
  const cursor = values.get('__CURSOR');
  const inCursor =
    typeof cursor === 'string' ? /(?:^|;)t=([\da-f]{1,14})(?:;|$)/.exec(cursor)?.[1] : undefined;
  const told = values.get('__REALTIME_TIMESTAMP');
  const microseconds =
    typeof told === 'string' && /^\d{1,17}$/.test(told) ? Number(told) : Number.parseInt(inCursor ?? '', 16);
  return Number.isFinite(microseconds) ? microseconds / 1_000 : undefined;
}

/** @returns undefined for what journalctl left out */
function textOf(value: unknown, keep: number): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return undefined;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const values: readonly unknown[] = value;
  if (values.length > 0 && values.every((each) => typeof each === 'number')) {
    return Buffer.from(values.slice(0, keep)).toString('utf8');
  }
  return values.map((each) => textOf(each, keep) ?? '').join('\n');
}

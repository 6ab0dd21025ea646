import { defined } from '../../../shared/defined';
import type { SystemEvent } from '../../../shared/events/systemEvent';
import type { Line } from '../../process/lineSplitter';
import { TextBudget } from '../shortened';
import { windowsLevel } from './windowsLevel';

/** Properties of an event that have a place of their own. */
const placed = new Set(['TimeCreated', 'ProviderName', 'Message', 'Id', 'LogName']);

/**
 * The events in a line of what `ConvertTo-Json -Compress` makes of `Get-WinEvent`: an object for one, a list for
 * several. Undefined stands for an element that is no event.
 * @param keep how much text is kept of each
 */
export function eventsOfJson(line: Line, keep: number): readonly (SystemEvent | undefined)[] {
  const text = line.text.trim();
  if (text === '') return [];
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.map((each) => eventOf(each, keep)) : [eventOf(parsed, keep)];
  } catch {
    return [undefined];
  }
}

function eventOf(raw: unknown, keep: number): SystemEvent | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const properties = new Map<string, unknown>(Object.entries(raw));
  const timestamp = timeOf(properties.get('TimeCreated'));
  if (timestamp === undefined) return undefined;
  const text = (name: string): string => textOf(properties.get(name));
  const budget = new TextBudget(keep);
  const source = budget.take(text('ProviderName'));
  const message = budget.take(text('Message').trim());
  const id = text('Id');
  const log = text('LogName');
  const record = text('RecordId');
  return defined({
    timestamp,
    level: windowsLevel(text('Level'), text('Keywords')),
    source,
    message,
    eventId: /^\d{1,9}$/.test(id) ? Number(id) : undefined,
    log: log === '' ? undefined : budget.take(log),
    id: record === '' ? undefined : budget.take(`${log}/${record}`),
    details: [...properties]
      .filter(([name, value]) => !placed.has(name) && value !== null)
      .map(([name, value]): [string, string] => [budget.take(name), budget.take(textOf(value))]),
    truncated: budget.isExceeded ? true : undefined,
  });
}

/** Windows PowerShell writes `/Date(1705314645123)/`, or an object around it; PowerShell 7 writes ISO 8601. */
function timeOf(raw: unknown): number | undefined {
  if (typeof raw === 'object' && raw !== null && 'value' in raw) return timeOf(raw.value);
  if (typeof raw !== 'string') return undefined;
  const ticks = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/.exec(raw)?.[1];
  const timestamp = ticks === undefined ? Date.parse(raw) : Number(ticks);
  return Number.isNaN(timestamp) ? undefined : timestamp;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  // Keywords are numbers of 64 bits, which a number’s own shortest text would round.
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString();
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

import type { SystemEvent } from '../../../shared/events/systemEvent';
import { csvRow, textCell } from '../../history/export/csv';

export const eventExportFormats = ['csv', 'json'] as const;
export type EventExportFormat = (typeof eventExportFormats)[number];

const columns = ['time', 'level', 'source', 'eventId', 'log', 'message', 'cut', 'details'] as const;

/** Pieces that one after another make the file. */
export function* eventFile(
  events: readonly SystemEvent[],
  format: EventExportFormat,
  exportedAt: number,
): Generator<string> {
  if (format === 'csv') yield* csvFile(events);
  else yield* jsonFile(events, exportedAt);
}

/** RFC 4180 in UTF-8 with a byte order mark, by which Excel knows that; no cell is a formula. */
function* csvFile(events: readonly SystemEvent[]): Generator<string> {
  yield `\ufeff${csvRow(columns)}`;
  for (const event of events) {
    yield csvRow([
      timeText(event.timestamp),
      event.level,
      textCell(event.source.toWellFormed()),
      event.eventId?.toString() ?? '',
      textCell(event.log?.toWellFormed() ?? ''),
      textCell(event.message.toWellFormed()),
      event.truncated === true ? 'yes' : '',
      textCell(
        event.details
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n')
          .toWellFormed(),
      ),
    ]);
  }
}

/** `{ format, version, exportedAt, events }`, an event to a line, with `details` as pairs since names may repeat. */
function* jsonFile(events: readonly SystemEvent[], exportedAt: number): Generator<string> {
  const head = JSON.stringify({ format: 'sentinel-events', version: 1, exportedAt: timeText(exportedAt) });
  yield `${head.slice(0, -1)},"events":[`;
  let separator = '\n';
  for (const { timestamp, ...rest } of events) {
    yield `${separator}${JSON.stringify({ time: timeText(timestamp), ...rest })}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

function timeText(epochMs: number): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? String(epochMs) : date.toISOString();
}

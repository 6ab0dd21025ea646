import type { EngineSaying } from '../../../shared/presentation/engineReasons';
import type { ScanRecord } from '../../../shared/scan/record';
import { csvRow, textCell } from './csv';
import { type RecordWriter, type RecordWriterContext, UtcTimes } from './recordWriter';
import { detailsText, enginesText, findingsText } from './recordTexts';

const byteOrderMark = '\ufeff';

/** What is worked out once for many records. */
interface Shared {
  readonly times: UtcTimes;
  readonly engines: EnginesCells;
}

/** Names in the first row, and what stands below them. Names of states are those of the JSON export. */
const columns: readonly (readonly [string, (record: ScanRecord, shared: Shared) => string])[] = [
  ['id', ({ id }) => textCell(id)],
  ['kind', ({ kind }) => kind],
  ['target', ({ target }) => textCell(target)],
  ['verdict', ({ verdict }) => verdict ?? ''],
  ['status', ({ status }) => status],
  ['started', ({ startedAt }, { times }) => timeCell(startedAt, times)],
  ['finished', ({ finishedAt }, { times }) => timeCell(finishedAt, times)],
  ['durationMs', ({ durationMs }) => durationMs.toString()],
  ['sha256', ({ sha256 }) => sha256 ?? ''],
  ['summary', ({ summary }) => textCell(summary)],
  ['engines', (record, { engines }) => engines.of(record)],
  ['findings', (record) => textCell(findingsText(record))],
  ['details', (record) => textCell(detailsText(record))],
];

/**
 * One row a record, in UTF-8, with lines ended by CR LF. Text that a spreadsheet would take for a formula is made
 * harmless (`textCell`). Halves of surrogate pairs, which UTF-8 has no place for, become U+FFFD; JSON keeps them.
 */
export class CsvWriter implements RecordWriter {
  private readonly shared: Shared = { times: new UtcTimes(), engines: new EnginesCells() };

  constructor(private readonly context: RecordWriterContext) {}

  begin(): void {
    const { file, request } = this.context;
    const heads = csvRow(columns.map(([name]) => name));
    file.write(request.byteOrderMark === true ? `${byteOrderMark}${heads}` : heads);
  }

  add(record: ScanRecord): boolean {
    this.context.file.write(csvRow(columns.map(([, cell]) => cell(record, this.shared))));
    return true;
  }

  end(): void {
    // A file of rows needs nothing at its end.
  }
}

/** The cells of engines: most records have those of the one before, but for the time that each took. */
class EnginesCells {
  private known: readonly EngineSaying[] = [];
  private cell = '';

  of(record: ScanRecord): string {
    const { engines } = record;
    if (!saySame(engines, this.known)) {
      this.known = engines;
      this.cell = textCell(enginesText(record));
    }
    return this.cell;
  }
}

function saySame(some: readonly EngineSaying[], others: readonly EngineSaying[]): boolean {
  if (some.length !== others.length) return false;
  for (const [index, { name, version, state, reason, detail }] of some.entries()) {
    const other = others[index];
    if (name !== other?.name || version !== other.version || state !== other.state) return false;
    if (reason !== other.reason || detail !== other.detail) return false;
  }
  return true;
}

function timeCell(epochMs: number, times: UtcTimes): string {
  return times.text(epochMs) ?? epochMs.toString();
}

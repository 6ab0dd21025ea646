import type { HistoryExportRequest } from '../../../shared/history/export';
import type { ScanRecord } from '../../../shared/scan/record';
import type { ExportFile } from './exportFile';

/** One format: puts records into a file, each at once, so that nothing is kept of those before. */
export interface RecordWriter {
  begin(): void;
  /** @returns whether it is in the file: a format may have no place for it */
  add(record: ScanRecord): boolean;
  /** After the last one. */
  end(): void;
}

export interface RecordWriterContext {
  readonly file: ExportFile;
  readonly request: HistoryExportRequest;
  /** Milliseconds since 1970. */
  readonly exportedAt: number;
}

const firstFiveDigitYear = Date.UTC(10_000, 0);
const dayMs = 86_400_000;

/** `2026-11-23T06:15:21.424Z`; undefined for moments so far away that no program reads them. */
export function utcTime(epochMs: number): string | undefined {
  return epochMs >= 0 && epochMs < firstFiveDigitYear ? new Date(epochMs).toISOString() : undefined;
}

/** `utcTime` for many moments of few days: it works out the date of a day once. */
export class UtcTimes {
  private day = -1;
  private date = '';

  text(epochMs: number): string | undefined {
    if (!(epochMs >= 0 && epochMs < firstFiveDigitYear)) return undefined;
    const moment = Math.trunc(epochMs);
    const day = Math.trunc(moment / dayMs);
    if (day !== this.day) {
      this.day = day;
      this.date = new Date(day * dayMs).toISOString().slice(0, 'YYYY-MM-DDT'.length);
    }
    const ms = moment - day * dayMs;
    const seconds = Math.trunc(ms / 1_000);
    const minutes = Math.trunc(seconds / 60);
    const time = `${padded(Math.trunc(minutes / 60))}:${padded(minutes % 60)}:${padded(seconds % 60)}`;
    return `${this.date}${time}.${padded(ms % 1_000, 3)}Z`;
  }
}

function padded(amount: number, digits = 2): string {
  return amount.toString().padStart(digits, '0');
}

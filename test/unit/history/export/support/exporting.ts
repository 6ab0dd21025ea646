import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { exportRecords } from '../../../../../src/services/history/export/exportRecords';
import type { ExportFormat, HistoryExportResult } from '../../../../../src/shared/history/export';
import type { ScanRecord } from '../../../../../src/shared/scan/record';
import { freeControl } from './freeControl';

export const exportedAt = Date.UTC(2026, 10, 23, 12);

/** A folder of its own for the tests of a suite, removed after each. */
export function useFolder(): { file(name: string): string; readonly path: string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-export-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    file: (name) => path.join(folder, name),
    get path() {
      return folder;
    },
  };
}

/** Exports into the file and returns what it holds. */
export function exported(
  file: string,
  format: ExportFormat,
  records: readonly ScanRecord[],
  byteOrderMark?: boolean,
): { text: string; result: HistoryExportResult } {
  const result = exportRecords(
    records,
    records.length,
    { file, format, ...(byteOrderMark === undefined ? {} : { byteOrderMark }), sentinelVersion: '1.2.3' },
    freeControl,
    { now: () => exportedAt },
  );
  return { text: readFileSync(file, 'utf8'), result };
}

/** As a program reads it that knows nothing of Sentinel. */
export function parsedCsv(text: string): Record<string, string>[] {
  return parse(text, { bom: true, columns: true, recordDelimiter: '\r\n' });
}

/** The text that a cell was made of: each apostrophe that was put before a formula is taken away. */
export function originalText(cell: string): string {
  return cell
    .replace(/^'(?='*[\t\r\n])/, '')
    .replace(/(^|[;\t\r\n])'(?=(?:(?![\t\r\n])['"\s\p{Cf}\p{Cc}])*[=+\-@＝＋－＠])/gu, '$1');
}

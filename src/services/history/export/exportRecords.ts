import { type Clock, systemClock } from '../../../shared/clock';
import type { ExportFormat, HistoryExportRequest, HistoryExportResult } from '../../../shared/history/export';
import type { ScanRecord } from '../../../shared/scan/record';
import type { WorkControl } from '../../../workers/controlBlock';
import { CsvWriter } from './csvWriter';
import { ExportFile } from './exportFile';
import { JsonWriter } from './jsonWriter';
import type { RecordWriter, RecordWriterContext } from './recordWriter';
import { SarifWriter } from './sarif/sarifWriter';

export type ExportControl = Pick<WorkControl, 'checkpoint' | 'reportProgress'>;

const writers: Readonly<Record<ExportFormat, (context: RecordWriterContext) => RecordWriter>> = {
  csv: (context) => new CsvWriter(context),
  json: (context) => new JsonWriter(context),
  sarif: (context) => new SarifWriter(context),
};

/**
 * Writes records into a file, one after another, in memory that does not grow with their number. Synchronous: for a
 * thread. Whatever ends it early, the cancel of its control or an error, leaves neither a part of the file nor a
 * change of one that was there.
 * @param records in the order of the file; may be read lazily, and what it throws is handed on
 * @param totalCount how many there are, for the progress
 * @throws SentinelError `export.*`, `task.cancelled`
 */
export function exportRecords(
  records: Iterable<ScanRecord>,
  totalCount: number,
  request: HistoryExportRequest,
  control: ExportControl,
  clock: Pick<Clock, 'now'> = systemClock,
): HistoryExportResult {
  control.checkpoint();
  const file = new ExportFile(request.file);
  try {
    const writer = writers[request.format]({ file, request, exportedAt: clock.now() });
    writer.begin();
    let written = 0;
    let omitted = 0;
    for (const record of records) {
      control.checkpoint();
      if (writer.add(record)) written += 1;
      else omitted += 1;
      control.reportProgress(Math.min(100, ((written + omitted) / totalCount) * 100));
    }
    writer.end();
    control.checkpoint();
    const bytes = file.commit();
    control.reportProgress(100);
    return { records: written, omitted, bytes };
  } finally {
    file.discard();
  }
}

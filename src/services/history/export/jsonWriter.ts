import { defined } from '../../../shared/defined';
import type { ScanRecord } from '../../../shared/scan/record';
import { type RecordWriter, type RecordWriterContext, utcTime } from './recordWriter';

/** Grows when a reader of an earlier version would misunderstand the file. */
const formatVersion = 1;

/**
 * `{ format, version, exportedAt, records }`, a record to a line, each as history keeps it (`scan/record`). Nothing is
 * lost: halves of surrogate pairs are written as escapes.
 */
export class JsonWriter implements RecordWriter {
  private separator = '\n';

  constructor(private readonly context: RecordWriterContext) {}

  begin(): void {
    const { exportedAt, request } = this.context;
    const head = JSON.stringify(
      defined({
        format: 'sentinel-history',
        version: formatVersion,
        exportedAt: utcTime(exportedAt),
        sentinelVersion: request.sentinelVersion,
      }),
    );
    this.context.file.write(`${head.slice(0, -1)},"records":[`);
  }

  add(record: ScanRecord): boolean {
    this.context.file.write(`${this.separator}${JSON.stringify(record)}`);
    this.separator = ',\n';
    return true;
  }

  end(): void {
    this.context.file.write('\n]}\n');
  }
}

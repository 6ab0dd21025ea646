import { exportRecords } from '../../../../../src/services/history/export/exportRecords';
import { SentinelError } from '../../../../../src/shared/errors';
import type { ExportFormat } from '../../../../../src/shared/history/export';
import { freeControl } from './freeControl';
import { sampleRecord } from './sampleRecords';

// Exports more than it may write, and prints the code with which that ended.
const [, , file = '', format = ''] = process.argv;
const records = Array.from({ length: 5_000 }, (_, index) => sampleRecord({ id: `${index}` }));
try {
  exportRecords(records, records.length, { file, format: format as ExportFormat }, freeControl);
  process.stdout.write('none');
} catch (error) {
  process.stdout.write(error instanceof SentinelError ? error.code : String(error));
}

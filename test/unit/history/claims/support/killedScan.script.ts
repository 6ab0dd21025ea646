import { RecordClaims } from '../../../../../src/services/history/claims/recordClaims';
import { systemClock } from '../../../../../src/shared/clock';
import { nullLogger } from '../../../../../src/shared/logger';
import type { ScanRecord } from '../../../../../src/shared/scan/record';

// A window that puts a record as running, and is killed: `FOLDER RECORD`.
const [, , folder = '', json = ''] = process.argv;
const record = JSON.parse(json) as ScanRecord;
const claims = new RecordClaims({ folder, clock: systemClock, logger: nullLogger });
void claims.put(record, () => {
  process.stdout.write('claimed\n');
  return Promise.resolve('stored');
});
process.stdin.resume();

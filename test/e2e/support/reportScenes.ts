import type { HostToReport } from '../../../src/shared/protocol/report';
import type { ScanRecord } from '../../../src/shared/scan/record';
import { offeredActions } from '../../../src/ui/report/reportActions';
import {
  failedFile,
  hostileRecord,
  largeFolder,
  maliciousFile,
  networkScan,
  quietFile,
  runningFile,
  suspiciousArchive,
  suspiciousLink,
  unknownFile,
} from '../../unit/support/reportRecords';

/** A record as the host hands it over, with everything offered that its kind allows. */
export function hydrated(record: ScanRecord, revision = 0): Extract<HostToReport, { type: 'hydrate' }> {
  const everything = {
    scanAgain: () => undefined,
    exportJson: () => undefined,
    markSafe: () => undefined,
    unmarkSafe: () => undefined,
  };
  return {
    type: 'hydrate',
    revision,
    record,
    actions: offeredActions(record, everything, { canReveal: () => true }),
  };
}

export const reportScenes: Readonly<Record<string, () => ScanRecord>> = {
  'malicious file': maliciousFile,
  'suspicious archive': suspiciousArchive,
  'no threat found': quietFile,
  'no answer': failedFile,
  'seen in part': unknownFile,
  'large folder': largeFolder,
  'suspicious link': suspiciousLink,
  network: networkScan,
  running: runningFile,
  hostile: hostileRecord,
};

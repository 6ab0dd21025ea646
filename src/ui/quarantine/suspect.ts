import type { QuarantineReason } from '../../shared/quarantine/quarantineRecord';
import type { RecordHead } from '../../shared/scan/record';

/** A file that shall be moved, with what is known of the scan that spoke against it. */
export interface Suspect {
  /** Absolute. */
  readonly path: string;
  /** Of the content that was scanned. */
  readonly sha256?: string;
  /** When the scan ended, in milliseconds since 1970; for those without a hash. */
  readonly scannedAt?: number;
  readonly reason?: QuarantineReason;
}

/** Of a record that speaks about one file. */
export function suspectOf({ id, target, sha256, verdict, summary, finishedAt }: RecordHead): Suspect {
  return {
    path: target,
    scannedAt: finishedAt,
    reason: {
      recordId: id,
      ...(verdict === undefined ? {} : { verdict }),
      summary: summary.slice(0, 2_000),
    },
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

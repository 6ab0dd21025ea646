import type { CopiedThing, ReportActionName } from '../../shared/protocol/report';
import { alarmingVerdicts } from '../../shared/scan/verdict';
import type { Match, ScanRecord } from '../../shared/scan/record';

/** A place in a file, as a scan has seen it. */
export interface MatchPlace extends Pick<Match, 'offset' | 'length'> {
  /** Absolute. */
  readonly path: string;
  /** What the file was like then, where the record tells; it may have changed since. */
  readonly sizeBytes?: number;
  readonly modifiedAt?: number;
}

/** What other parts of Sentinel do with a record. What nobody does is not offered. */
export interface RecordRequests {
  readonly scanAgain?: (record: ScanRecord) => unknown;
  /** Which records `scanAgain` is for; absent: all of them. */
  readonly canScanAgain?: (record: ScanRecord) => boolean;
  readonly exportJson?: (record: ScanRecord) => unknown;
  /** Asks for a reason, and remembers the file's hash as safe. */
  readonly markSafe?: (record: ScanRecord) => unknown;
  readonly unmarkSafe?: (record: ScanRecord) => unknown;
  /** Asks whether to take the file away, and does it. */
  readonly quarantine?: (record: ScanRecord) => unknown;
}

/** What every report can do in an editor. Paths are absolute. */
export interface ReportActions {
  openFile(path: string): unknown;
  /** Whether there is something that a path can be shown in. */
  canReveal(path: string): boolean;
  reveal(path: string): unknown;
  openMatch(place: MatchPlace): unknown;
  /** @param address an http(s) address that has been checked */
  openReference(address: string): unknown;
  copy(text: string, what: CopiedThing): PromiseLike<void>;
}

/** What a person may do with this record, in the order in which it is offered. */
export function offeredActions(
  record: ScanRecord,
  requests: RecordRequests,
  { canReveal }: Pick<ReportActions, 'canReveal'>,
): ReportActionName[] {
  const { kind, target, details, verdict, sha256, status } = record;
  const isFile = kind === 'file';
  const marked = details?.type === 'file' && details.markedSafe !== undefined;
  const alarms = verdict !== undefined && alarmingVerdicts.includes(verdict);
  const offers: Readonly<Record<ReportActionName, boolean>> = {
    scanAgain:
      requests.scanAgain !== undefined && (requests.canScanAgain?.(record) ?? true) && status !== 'running',
    markSafe: requests.markSafe !== undefined && sha256 !== undefined && alarms && !marked,
    unmarkSafe: requests.unmarkSafe !== undefined && sha256 !== undefined && marked,
    quarantine: requests.quarantine !== undefined && (isFile || kind === 'folder') && alarms && !marked,
    copySha256: sha256 !== undefined,
    copyReport: true,
    // What is still running is not in the history.
    exportJson: requests.exportJson !== undefined && status !== 'running',
    // An address is never opened from here: a click too many would visit what was scanned for a reason.
    openTarget: isFile,
    revealTarget: (isFile || kind === 'folder') && canReveal(target),
    copyTarget: true,
  };
  return (Object.keys(offers) as ReportActionName[]).filter((name) => offers[name]);
}

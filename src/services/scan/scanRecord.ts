import { defined } from '../../shared/defined';
import { SentinelError } from '../../shared/errors';
import { unfinishedSummary } from '../../shared/presentation/scanSummary';
import type { ScanResult } from '../../shared/protocol/scanWorker';
import type { ScanRecord, ScanStatus } from '../../shared/scan/record';
import { verdictUntilThen } from '../../shared/scan/verdict';

export interface RecordParts {
  readonly id: string;
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly status: ScanStatus;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly durationMs: number;
  readonly result: ScanResult | undefined;
}

export function recordOf(parts: RecordParts): ScanRecord {
  const { id, path, kind, status, startedAt, finishedAt, durationMs, result } = parts;
  const judged = result?.verdict;
  return {
    id,
    kind,
    target: path,
    status,
    startedAt,
    finishedAt,
    durationMs,
    summary: unfinishedSummary(status, result?.summary ?? '', judged),
    engines: result?.engines ?? [],
    findings: result?.findings ?? [],
    ...defined({
      verdict: status === 'finished' ? judged : verdictUntilThen(judged),
      sha256: result?.sha256,
      details: result?.details,
    }),
  };
}

/** How a task ended whose work failed with this, or did not. */
export function endOf(signal: AbortSignal, failure: unknown): ScanStatus {
  if (signal.aborted) {
    const code = signal.reason instanceof SentinelError ? signal.reason.code : '';
    if (code === 'task.timedOut') return 'timedOut';
    return code === 'task.stalled' ? 'stalled' : 'cancelled';
  }
  return failure === undefined ? 'finished' : 'failed';
}

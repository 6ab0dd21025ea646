import { defined } from '../../../shared/defined';
import { unfinishedSummary } from '../../../shared/presentation/scanSummary';
import type { ScanRecord } from '../../../shared/scan/record';
import { verdictUntilThen } from '../../../shared/scan/verdict';

/**
 * The record of a scan whose process ended before it. When it ended is not known: it stays with the moment at which it
 * was last heard of, so that whoever makes this of the same record makes the same.
 */
export function interruptedRecord({ verdict, ...record }: ScanRecord): ScanRecord {
  const status = 'interrupted';
  return {
    ...record,
    status,
    summary: unfinishedSummary(status, record.summary, verdict),
    engines: record.engines.map((engine) =>
      engine.state === 'running' ? { ...engine, state: 'failed', reason: status } : engine,
    ),
    ...defined({ verdict: verdictUntilThen(verdict) }),
  };
}

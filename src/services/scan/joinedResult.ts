import { defined } from '../../shared/defined';
import { fileSummary } from '../../shared/presentation/scanSummary';
import type { ScanResult } from '../../shared/protocol/scanWorker';
import type { EngineReport } from '../../shared/scan/record';
import type { EngineAnswer } from './fileEngine';
import { markedSafe, verdictOf } from './verdict';

/**
 * What is known of a file with the answers of engines beside those that the coordinator asked: one verdict on all
 * evidence. What was marked as safe stays so, whoever speaks against it.
 */
export function joinedResult(result: ScanResult, answers: readonly EngineAnswer[]): ScanResult {
  if (answers.length === 0) return result;
  const engines = withReports(
    result.engines,
    answers.map(({ report }) => report),
  );
  const all = { engines, findings: [...result.findings, ...answers.flatMap(({ findings }) => findings)] };
  const marked = result.details?.type === 'file' ? result.details.markedSafe : undefined;
  const evidence = marked === undefined ? all : markedSafe(all);
  const verdict = verdictOf(evidence);
  const { problem } = result;
  return {
    ...result,
    verdict,
    engines: [...evidence.engines],
    findings: [...evidence.findings],
    summary: fileSummary({
      verdict,
      ...evidence,
      ...defined({ problem: problem === undefined ? undefined : defined(problem), markedSafe: marked }),
    }),
  };
}

/** Each engine once: who answered by another way takes the place of that it could not be asked by the first. */
export function withReports(
  engines: readonly EngineReport[],
  others: readonly EngineReport[],
): readonly EngineReport[] {
  const byId = new Map(engines.map((engine) => [engine.id, engine]));
  for (const engine of others) byId.set(engine.id, engine);
  return [...byId.values()];
}

/** Whether somebody else may be asked in the place of this engine: it was not found by the way that was tried. */
export function isOpen(engines: readonly EngineReport[], id: string): boolean {
  const engine = engines.find((one) => one.id === id);
  return engine === undefined || (engine.state === 'notAsked' && engine.reason === 'notFound');
}

/** Of a scan that ends before its engines have answered: what they would have said is not known. */
export function withoutWaiting(result: ScanResult, reason: 'cancelled' | 'timedOut'): ScanResult {
  const engines = result.engines.map((engine) =>
    engine.state === 'running' ? { ...engine, state: 'failed' as const, reason } : engine,
  );
  return { ...result, engines, complete: false };
}

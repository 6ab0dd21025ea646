import { statSync } from 'node:fs';
import type { Clock } from '../../../shared/clock';
import { defined } from '../../../shared/defined';
import { SentinelError } from '../../../shared/errors';
import { fileSummary } from '../../../shared/presentation/scanSummary';
import type { ScanResult } from '../../../shared/protocol/scanWorker';
import type { EngineReport } from '../../../shared/scan/record';
import type { WorkControl } from '../../../workers/controlBlock';
import { markedSafe, verdictOf } from '../verdict';
import { largeFileBytes } from './batcher';
import type { FileJudge, Judged } from './fileJudge';
import { standStill } from './standStill';

export interface FileScanOptions {
  readonly path: string;
  readonly judge: Pick<FileJudge, 'file'>;
  /** Engines that have the same to say about every file. */
  readonly otherEngines: () => readonly EngineReport[];
  readonly describe: (report: EngineReport) => EngineReport;
  readonly markedSafe: ReadonlyMap<string, string>;
  readonly control: Pick<WorkControl, 'isCancelled' | 'isPauseWanted' | 'standStill'>;
  readonly clock: Clock;
}

/** Scans one file with all that can be told of it. A link is followed, since it was chosen. */
export async function scanSingleFile(options: FileScanOptions): Promise<ScanResult> {
  const judged = await judgedWhenNotPaused(options);
  return judged === undefined ? cancelled : resultOf(judged, options);
}

async function judgedWhenNotPaused(options: FileScanOptions): Promise<Judged | undefined> {
  const { path, judge, control, clock } = options;
  const size = sizeOf(path) > largeFileBytes ? 'large' : 'small';
  while (!control.isCancelled) {
    try {
      return await judge.file({ path, size, followLinks: true, details: true });
    } catch (error) {
      const code = error instanceof SentinelError ? error.code : undefined;
      if (code === 'task.cancelled') return undefined;
      if (code !== 'task.paused') throw error;
      await standStill(control, clock);
    }
  }
  return undefined;
}

const cancelled: ScanResult = {
  kind: 'file',
  verdict: 'unknown',
  engines: [],
  findings: [],
  complete: false,
  summary: '',
};

function resultOf(judged: Judged, options: FileScanOptions): ScanResult {
  const judgement = judged.judgement ?? { engines: [], findings: [] };
  const details = judged.details;
  const sha256 = details?.type === 'file' ? details.hashes?.sha256 : undefined;
  const reason = sha256 === undefined ? undefined : options.markedSafe.get(sha256);
  const known = new Set(judgement.engines.map(({ id }) => id));
  const others = options.otherEngines().filter(({ id }) => !known.has(id));
  const all = { engines: [...judgement.engines, ...others], findings: judgement.findings };
  const evidence = reason === undefined ? all : markedSafe(all);
  const verdict = verdictOf(evidence);
  return {
    kind: 'file',
    verdict,
    engines: evidence.engines.map((report) => options.describe(report)),
    findings: [...evidence.findings],
    complete: true,
    summary: fileSummary({
      verdict,
      findings: evidence.findings,
      ...defined({ problem: judgement.problem === undefined ? undefined : defined(judgement.problem) }),
      ...defined({ markedSafe: reason }),
    }),
    ...defined({
      sha256,
      details: detailsOf(details, judgement.omittedFindings, reason),
    }),
  };
}

function detailsOf(
  details: Judged['details'],
  omittedFindings: number | undefined,
  markedSafe: string | undefined,
): Judged['details'] {
  return details?.type === 'file' ? { ...details, ...defined({ omittedFindings, markedSafe }) } : details;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

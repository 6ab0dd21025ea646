import { statSync } from 'node:fs';
import type { Clock } from '../../../shared/clock';
import { defined } from '../../../shared/defined';
import { SentinelError } from '../../../shared/errors';
import { fileSummary } from '../../../shared/presentation/scanSummary';
import type { ScanResult } from '../../../shared/protocol/scanWorker';
import type { Judgement } from '../../../shared/scan/judgement';
import type { EngineReport } from '../../../shared/scan/record';
import type { WorkControl } from '../../../workers/controlBlock';
import type { ClamavAnswer, ClamdEngine } from '../clamav/clamdEngine';
import { notAsked } from '../engines';
import type { StagedRules } from '../pool/ruleStages';
import { failedJudgement } from '../thread/judging';
import { markedSafe, verdictOf } from '../verdict';
import { largeFileBytes } from './batcher';
import type { FileJudge, Judged } from './fileJudge';
import { standStill } from './standStill';

export interface FileScanOptions {
  readonly path: string;
  readonly judge: Pick<FileJudge, 'file'>;
  readonly clamav: Pick<ClamdEngine, 'ask' | 'isAsked' | 'plainReport' | 'runningReport'>;
  /** Settles when it is known whether ClamAV is there. */
  readonly clamavMet: Promise<void>;
  /** Engines that have the same to say about every file. */
  readonly otherEngines: (rules?: StagedRules) => readonly EngineReport[];
  /** Adds what is known of an engine. @param rules those that were asked */
  readonly describe: (report: EngineReport, rules?: readonly StagedRules[]) => EngineReport;
  readonly markedSafe: ReadonlyMap<string, string>;
  readonly control: Pick<WorkControl, 'isCancelled' | 'isPauseWanted' | 'standStill'>;
  readonly clock: Clock;
  /** Told what is known when some have answered and others have not. */
  readonly onPartial: (result: ScanResult) => void;
}

type Opinion = Pick<ClamavAnswer, 'report' | 'findings' | 'problem'>;

/**
 * Scans one file with all that can be told of it, by local engines and ClamAV at the same time. A link is followed, since
 * it was chosen. Of a scan that is cancelled the result is what was known by then.
 */
export async function scanSingleFile(options: FileScanOptions): Promise<ScanResult> {
  const { path, judge, clamav, onPartial, control } = options;
  const sizeBytes = sizeOf(path);
  const size = sizeBytes > largeFileBytes ? 'large' : 'small';
  let opinion: Opinion | undefined;
  const asked = askClamav(options, sizeBytes).then((answer) => (opinion = answer));
  // It is waited for below; until then its failure must not count as one that nobody cares for.
  asked.catch(() => undefined);
  const judged = await whenNotPaused(options, () =>
    judge.file({ path, size, followLinks: true, details: true }),
  );
  // An answer that is already there is heard first.
  await new Promise((resolve) => setImmediate(resolve));
  if (judged !== undefined && opinion === undefined && !control.isCancelled) {
    onPartial(resultOf(options, judged, { report: clamav.runningReport, findings: [] }));
  }
  const answer = await asked;
  if (judged !== undefined) return resultOf(options, judged, answer);
  const cancelled = { judgement: failedJudgement('cancelled'), unchanged: false };
  return answer.report.reason === 'cancelled' ? nothingKnown : resultOf(options, cancelled, answer);
}

async function askClamav(options: FileScanOptions, sizeBytes: number): Promise<Opinion> {
  const { clamav, clamavMet, path, clock } = options;
  const startedMs = clock.monotonicMs();
  await clamavMet;
  if (!clamav.isAsked) return { report: clamav.plainReport, findings: [] };
  const answer = await whenNotPaused(options, () => clamav.ask({ path, sizeBytes, followLinks: true }));
  const elapsedMs = Math.max(0, clock.monotonicMs() - startedMs);
  if (answer !== undefined) return { ...answer, report: { ...answer.report, elapsedMs } };
  return { report: { ...clamav.plainReport, state: 'failed', reason: 'cancelled' }, findings: [] };
}

/** @returns undefined when it was cancelled before its end */
async function whenNotPaused<T>(
  { control, clock }: Pick<FileScanOptions, 'control' | 'clock'>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  while (!control.isCancelled) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof SentinelError ? error.code : undefined;
      if (code === 'task.cancelled') return undefined;
      if (code !== 'task.paused') throw error;
      await standStill(control, clock);
    }
  }
  return undefined;
}

const nothingKnown: ScanResult = {
  kind: 'file',
  verdict: 'unknown',
  engines: [],
  findings: [],
  complete: false,
  summary: '',
};

function resultOf(options: FileScanOptions, judged: Judged, opinion: Opinion): ScanResult {
  const local: Judgement = judged.judgement ?? { engines: [], findings: [] };
  const { report, findings, problem: unseen } = fitting(local, opinion);
  const details = judged.details;
  const sha256 = details?.type === 'file' ? details.hashes?.sha256 : undefined;
  const reason = sha256 === undefined ? undefined : options.markedSafe.get(sha256);
  const known = new Set(local.engines.map(({ id }) => id));
  const others = options.otherEngines(judged.rules).filter(({ id }) => !known.has(id));
  const all = {
    engines: [...local.engines, ...others, report],
    findings: [...local.findings, ...findings],
  };
  const evidence = reason === undefined ? all : markedSafe(all);
  const verdict = verdictOf(evidence);
  const problem = local.problem ?? unseen;
  const given = problem === undefined ? undefined : defined(problem);
  const rules = judged.rules && [judged.rules];
  return {
    kind: 'file',
    verdict,
    engines: evidence.engines.map((engine) => options.describe(engine, rules)),
    findings: [...evidence.findings],
    complete: !options.control.isCancelled,
    summary: fileSummary({
      verdict,
      ...evidence,
      ...defined({ problem: given, markedSafe: reason }),
    }),
    ...defined({
      problem: given,
      sha256,
      details: detailsOf(details, local.omittedFindings, reason),
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

/** About what is gone, or no file that anybody could judge, ClamAV has nothing to say. */
function fitting({ problem }: Pick<Judgement, 'problem'>, opinion: Opinion): Opinion {
  const reason = problem?.reason;
  if (reason !== 'vanished' && reason !== 'notApplicable') return opinion;
  return opinion.report.state === 'notAsked' ? opinion : { report: notAsked('clamav', reason), findings: [] };
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

import { stat } from 'node:fs/promises';
import type { Clock } from '../../shared/clock';
import { defined } from '../../shared/defined';
import { formatCount, formatInteger } from '../../shared/presentation/format';
import { folderSummary } from '../../shared/presentation/scanSummary';
import type { ScanResult } from '../../shared/protocol/scanWorker';
import type { EngineReport, Finding } from '../../shared/scan/record';
import { isWorse, type Verdict } from '../../shared/scan/verdict';
import { answerOf, EngineRound } from './engineRound';
import type { FileEngine } from './fileEngine';
import { withReports } from './joinedResult';
import { verdictOf, worstVerdict } from './verdict';

/** A file of a folder that is malicious or suspicious by what the coordinator knows. */
export interface AlarmedFile {
  readonly path: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly sha256?: string;
}

export interface FolderRoundOptions {
  readonly engines: readonly FileEngine[];
  /** The gravest first; only some of them are asked about. */
  readonly files: readonly AlarmedFile[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (step: string) => void;
  readonly onAnswer: () => void;
}

/** A service on the web takes a few questions a minute; who wants to know more scans a file by itself. */
export const mostAlarmedFiles = 8;

interface AskedFile {
  readonly file: AlarmedFile;
  readonly round: EngineRound;
}

/**
 * Engines beside those that the coordinator asks, asked about a folder: about single files of it on which others alarm,
 * and about so many at most. What they say can make a verdict graver only.
 */
export class FolderRound {
  private readonly asked: AskedFile[] = [];
  private readonly declined: EngineReport[] = [];
  /** Settles when all have answered, or the scan is to end. Never rejects. */
  readonly done: Promise<void>;

  constructor(private readonly options: FolderRoundOptions) {
    this.done = this.run();
  }

  /** What is known of the folder by now. */
  join(result: ScanResult): ScanResult {
    const { details } = result;
    if (details?.type !== 'folder') return result;
    const verdicts = { ...details.verdicts };
    const findings: Finding[] = [];
    for (const { file, round } of this.asked) {
      const told = round.answers.flatMap((answer) => answer.findings);
      findings.push(...told.map((finding) => ({ ...finding, path: file.path })));
      const engines = round.answers.map(({ report }) => report);
      const verdict = verdictOf({ engines, findings: [...file.findings, ...told] });
      if (!isWorse(verdict, file.verdict)) continue;
      verdicts[file.verdict] = Math.max(0, (verdicts[file.verdict] ?? 0) - 1);
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    }
    const joined = { ...details, verdicts };
    return {
      ...result,
      verdict: worstVerdict(verdicts),
      engines: [...withReports(result.engines, this.reports())],
      findings: [...result.findings, ...findings],
      details: joined,
      summary: folderSummary({ details: joined, unreadable: result.unreadable ?? 0 }),
    };
  }

  private async run(): Promise<void> {
    const { engines, files, ...rest } = this.options;
    const willing: FileEngine[] = [];
    for (const engine of engines) {
      const report = await declinesOf(engine);
      if (report === undefined) willing.push(engine);
      else this.declined.push(report);
    }
    const chosen = willing.length === 0 ? [] : files.slice(0, mostAlarmedFiles);
    if (chosen.length === 0) {
      this.declined.push(
        ...willing.map(
          ({ id }) =>
            answerOf(id, 'notAsked', 'notApplicable', 'it is asked about files on which others alarm').report,
        ),
      );
    }
    const sizes = await Promise.all(chosen.map(({ path }) => sizeOf(path)));
    for (const [index, file] of chosen.entries()) {
      const { path, sha256 } = file;
      const target = { path, sizeBytes: sizes[index] ?? 0, ...defined({ sha256 }) };
      this.asked.push({ file, round: new EngineRound({ ...rest, engines: willing, target }) });
    }
    this.options.onAnswer();
    await Promise.all(this.asked.map(({ round }) => round.done));
  }

  private reports(): readonly EngineReport[] {
    const byId = new Map<string, EngineReport[]>();
    for (const { round } of this.asked) {
      for (const { report } of round.answers) byId.set(report.id, [...(byId.get(report.id) ?? []), report]);
    }
    const alarmed = this.options.files.length;
    return [...this.declined, ...[...byId.values()].flatMap((reports) => overall(reports, alarmed) ?? [])];
  }
}

const gravestFirst: readonly EngineReport['state'][] = ['running', 'hit', 'failed', 'partial', 'noHit'];

/** How an engine did over all files that it was asked about. */
function overall(reports: readonly EngineReport[], alarmed: number): EngineReport | undefined {
  const [first] = reports;
  if (first === undefined) return undefined;
  const state = gravestFirst.find((one) => reports.some((report) => report.state === one)) ?? first.state;
  const affected = reports.filter((report) => report.state === state);
  if (state === 'notAsked') return first;
  const count = `${formatInteger(affected.length)} of ${formatCount(reports.length, 'file')} asked about`;
  const known = reports.find(({ version }) => version !== undefined) ?? first;
  const away = reports.some(({ sendsAway }) => sendsAway === true);
  const here = reports.every(({ sendsAway }) => sendsAway === false);
  return {
    id: first.id,
    name: first.name,
    state,
    detail: alarmed > reports.length ? `${count}; others alarm on ${formatInteger(alarmed)}` : count,
    ...defined({
      version: known.version,
      database: known.database,
      reason: affected[0]?.reason,
      sendsAway: away ? true : here ? false : undefined,
    }),
  };
}

async function declinesOf(engine: FileEngine): Promise<EngineReport | undefined> {
  try {
    return await engine.declinesFolders?.();
  } catch {
    // Whether it may be asked is not known, so that it is not.
    return answerOf(engine.id, 'notAsked', 'failed').report;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    // What became of it is for the engine to say.
    return 0;
  }
}

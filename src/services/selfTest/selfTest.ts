import type { Clock } from '../../shared/clock';
import { defined } from '../../shared/defined';
import { errorMessage } from '../../shared/errors';
import type { EngineReport, Finding, ScanRecord } from '../../shared/scan/record';
import { archiveEngine } from '../scan/archive/archiveFindings';
import { type EngineId, judges } from '../scan/engines';
import type { EngineAnswer, FileEngine, FileTarget } from '../scan/fileEngine';
import { isOpen } from '../scan/joinedResult';
import type { Scans } from '../scan/scans';
import type { Task } from '../tasks/task';
import type { TaskSupervisor } from '../tasks/taskSupervisor';
import { type TestFile, withTestFiles } from './testFiles';

/** What came of it for one engine. `notRun`: it was not asked, or gave no answer; its report says why. */
export interface SelfTestLine {
  /** The engine's; that of archives for what was found in one. */
  readonly id: string;
  readonly name: string;
  readonly outcome: 'caught' | 'missed' | 'notRun';
  readonly report?: EngineReport;
  /** What it calls what it caught. */
  readonly found?: string;
}

export interface SelfTestResult {
  /** Milliseconds since 1970 in UTC. */
  readonly finishedAt: number;
  readonly lines: readonly SelfTestLine[];
  /** Why local evidence is missing: another program took the test file away, or the scan did not end well. */
  readonly problem?: { readonly type: 'taken' | 'scan'; readonly message: string };
}

export interface SelfTestOptions {
  readonly scans: Pick<Scans, 'examineFile'>;
  /** Those that scans do not ask by themselves. */
  readonly engines: readonly FileEngine[];
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly clock: Pick<Clock, 'now'>;
  /** What the task that asks the engines is called. */
  readonly title: string;
  /** For tests: where test files are written. */
  readonly temporaryFolder?: string;
}

/**
 * Tries every engine with the test file that all of them are agreed to report, and tells which would have caught it.
 * What it finds goes nowhere else: it is no alarm.
 */
export class SelfTest {
  constructor(private readonly options: SelfTestOptions) {}

  /**
   * @returns undefined when it was cancelled
   * @throws the system's error where test files cannot be written
   */
  run(): Promise<SelfTestResult | undefined> {
    const { clock, temporaryFolder } = this.options;
    return withTestFiles(
      async ({ plain, zipped }) => {
        const record = await this.examine(plain);
        if (record === undefined) return undefined;
        const archive = await this.examine(zipped);
        if (archive === undefined) return undefined;
        const answers = await this.askOthers(plain, record);
        if (answers === undefined) return undefined;
        const reports = new Map(
          [...engineAnswers(record), ...answers].map((answer) => [answer.report.id, answer]),
        );
        return {
          finishedAt: clock.now(),
          lines: [
            ...[...reports.values()].filter(({ report }) => judges(report)).map(lineOf),
            archiveLine(archive),
          ],
          ...defined({ problem: problemOf(record) }),
        };
      },
      clock.now(),
      temporaryFolder,
    );
  }

  /** @returns undefined when it was cancelled; of a scan that failed, a record without answers */
  private async examine({ path }: TestFile): Promise<Examined | undefined> {
    const outcome = await this.options.scans.examineFile(path).outcome;
    switch (outcome.status) {
      case 'finished':
        return { type: 'record', record: outcome.result };
      case 'cancelled':
        return undefined;
      case 'failed':
        return { type: 'failed', message: outcome.error.message };
      case 'timedOut':
      case 'stalled':
        return { type: 'failed', message: outcome.status };
    }
  }

  /** Asks those that have not answered with the scan, by what they are told of every file. */
  private async askOthers(file: TestFile, examined: Examined): Promise<readonly EngineAnswer[] | undefined> {
    const reports = engineAnswers(examined).map(({ report }) => report);
    const engines = this.options.engines.filter(({ id }) => isOpen(reports, id));
    if (engines.length === 0) return [];
    const task: Task<readonly EngineAnswer[]> = this.options.supervisor.submit({
      kind: 'file',
      title: this.options.title,
      userStarted: true,
      run: ({ signal, reportProgress }) => {
        let done = 0;
        const tell = (step: string): void => {
          reportProgress((100 * done) / engines.length, step);
        };
        return Promise.all(
          engines.map(async (engine) => {
            const answer = await ask(engine, file, { signal, tell });
            done += 1;
            tell(answer.report.name);
            return answer;
          }),
        );
      },
    });
    const outcome = await task.outcome;
    return outcome.status === 'finished' ? outcome.result : undefined;
  }
}

/** Whose rules see what lies inside of archives. */
const ruleEngine: EngineId = 'yara';

type Examined =
  | { readonly type: 'record'; readonly record: ScanRecord }
  | { readonly type: 'failed'; readonly message: string };

/** Engines promise not to reject; one that does is no reason to say nothing of the others. */
async function ask(
  engine: FileEngine,
  target: FileTarget,
  control: Parameters<FileEngine['ask']>[1],
): Promise<EngineAnswer> {
  try {
    return await engine.ask(target, control);
  } catch (error) {
    const { id } = engine;
    return {
      report: { id, name: id, state: 'failed', reason: 'failed', detail: errorMessage(error) },
      findings: [],
    };
  }
}

function engineAnswers(examined: Examined): readonly EngineAnswer[] {
  if (examined.type === 'failed') return [];
  const { engines, findings } = examined.record;
  return engines.map((report) => ({
    report,
    findings: findings.filter(({ engine }) => engine === report.id),
  }));
}

function lineOf({ report, findings }: EngineAnswer): SelfTestLine {
  const caught = findings.find(speaks);
  return {
    id: report.id,
    name: report.name,
    outcome: outcomeOf(report, caught),
    report,
    ...defined({ found: caught?.title }),
  };
}

function outcomeOf({ state }: EngineReport, caught: Finding | undefined): SelfTestLine['outcome'] {
  if (caught !== undefined || state === 'hit') return 'caught';
  return state === 'noHit' || state === 'partial' ? 'missed' : 'notRun';
}

/** Looking into archives serves the rules: what they find inside counts. */
function archiveLine(examined: Examined): SelfTestLine {
  const answers = engineAnswers(examined);
  const inside = answers
    .flatMap(({ findings }) => findings)
    .find((finding) => speaks(finding) && (finding.members?.length ?? 0) > 0);
  const rules = answers.find(({ report }) => report.id === ruleEngine)?.report.state;
  const details = examined.type === 'record' ? examined.record.details : undefined;
  const wasOpened = details?.type === 'file' && (details.archive?.members ?? 0) > 0;
  const wasSeen = wasOpened && (rules === 'hit' || rules === 'noHit' || rules === 'partial');
  return {
    id: archiveEngine.id,
    name: archiveEngine.name,
    outcome: inside !== undefined ? 'caught' : wasSeen ? 'missed' : 'notRun',
    ...defined({
      found: inside?.title,
      report:
        wasSeen || inside !== undefined
          ? undefined
          : ({ ...archiveEngine, state: 'notAsked', reason: 'switchedOff' } as const),
    }),
  };
}

function speaks({ weight }: Finding): boolean {
  return weight !== 'informational';
}

function problemOf(examined: Examined): SelfTestResult['problem'] {
  if (examined.type === 'failed') return { type: 'scan', message: examined.message };
  const { engines, summary } = examined.record;
  const isGone = engines.some(({ reason }) => reason === 'vanished' || reason === 'unreadable');
  return isGone ? { type: 'taken', message: summary } : undefined;
}

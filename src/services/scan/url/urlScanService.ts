import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../shared/clock';
import { defined } from '../../../shared/defined';
import { Emitter } from '../../../shared/event';
import type { Logger } from '../../../shared/logger';
import { unfinishedSummary } from '../../../shared/presentation/scanSummary';
import { urlSummary } from '../../../shared/presentation/urlSummary';
import { mostTexts, type UrlAnalyses, type UrlWorkerRequests } from '../../../shared/protocol/urlWorker';
import type { ScanRecord, ScanStatus } from '../../../shared/scan/record';
import { alarmingVerdicts, verdictUntilThen } from '../../../shared/scan/verdict';
import type { AnalysedTarget, UrlAnalysis } from '../../../shared/url/urlAnalysis';
import type { UrlSettings } from '../../../shared/url/urlSettings';
import type { WorkerClient } from '../../../workers/workerClient';
import { ResultCache } from '../../cache/resultCache';
import type { History } from '../../history/history';
import { keepRecord } from '../../history/keepRecord';
import type { Task, TaskContext } from '../../tasks/task';
import type { TaskSupervisor } from '../../tasks/taskSupervisor';
import { endOf } from '../scanRecord';
import { verdictOf } from '../verdict';
import { EngineAnswers } from './engineAnswers';
import { localEvidence } from './localEvidence';
import { joined, landed, type OnlineAnswers } from './onlineAnswers';
import type { UrlEngine, UrlTarget } from './urlEngine';
import type { CheckedUrl, KnownUrl, UrlScanOptions, UrlScans } from './urlScans';

/** The part of a `WorkerClient` that scans of links need. */
export type UrlAnalysisThread = Pick<
  WorkerClient<UrlWorkerRequests, never, never>,
  'request' | 'replace' | 'stop'
>;

export interface UrlScanServiceOptions {
  readonly thread: UrlAnalysisThread;
  readonly supervisor: Pick<TaskSupervisor, 'submit'>;
  readonly history: Pick<History, 'put'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: UrlSettings;
  /** Asked beside the local analysis, all at once. What is switched off or has no key says so itself. */
  readonly engines: readonly UrlEngine[];
  /** Changes with the settings and versions of the engines: what they said before is asked anew then. */
  readonly enginesKey?: () => string;
  /** What a task that scans these is called. */
  readonly titleOf: (texts: readonly string[]) => string;
}

/** For how long an answer is good. */
const ttlMs = 3_600_000;
const mostKnown = 5_000;

/** Scans links: by their text on a thread, and by the engines that a person has enabled. */
export class UrlScanService implements UrlScans {
  private readonly ends = new Emitter<ScanRecord>();
  readonly onEnded = this.ends.event;
  /** Of finished scans, by link, settings and versions. */
  private readonly results: ResultCache<Omit<KnownUrl, 'ageMs'>>;
  private readonly answers: EngineAnswers;
  private settings: UrlSettings;
  /** Of what the thread knew when it last answered. */
  private version = '';

  constructor(private readonly options: UrlScanServiceOptions) {
    const { clock, settings, engines } = options;
    this.settings = settings;
    this.results = new ResultCache({ clock, ttlMs, maxEntries: mostKnown });
    this.answers = new EngineAnswers(engines, clock, ttlMs);
  }

  configure(settings: UrlSettings): void {
    this.settings = settings;
  }

  scanUrl(text: string, options: UrlScanOptions = {}): Task<ScanRecord> {
    return this.submit([text], (context, runningMs) => this.scan(text, options, context, runningMs));
  }

  scanUrls(texts: readonly string[]): Task<readonly ScanRecord[]> {
    return this.submit(texts, async (context, runningMs) => {
      const records: ScanRecord[] = [];
      for (const [index, text] of texts.entries()) {
        await context.checkpoint();
        context.reportProgress((100 * index) / texts.length);
        const part: TaskContext = { ...context, reportProgress: context.heartbeat };
        records.push(await this.scan(text, {}, part, runningMs));
      }
      return records;
    });
  }

  checkUrls(texts: readonly string[]): Task<readonly CheckedUrl[]> {
    return this.submit(texts, async (context) => {
      const checked: CheckedUrl[] = [];
      for (let start = 0; start < texts.length; start += mostTexts) {
        await context.checkpoint();
        context.reportProgress((100 * start) / texts.length);
        const piece = texts.slice(start, start + mostTexts);
        const analysed = await this.analyse(piece, context);
        for (const [index, text] of piece.entries()) {
          const analysis = analysed.analyses[index];
          if (analysis !== undefined) checked.push(await this.check(text, analysis, analysed));
        }
      }
      return checked;
    });
  }

  known(text: string): KnownUrl | undefined {
    const found = this.results.peek(this.keyOf(text));
    return found === undefined ? undefined : { ...found.value, ageMs: found.ageMs };
  }

  /** Ends the thread. Never rejects. */
  async stop(): Promise<void> {
    this.results.dispose();
    this.answers.dispose();
    await this.options.thread.stop();
  }

  private submit<T>(
    texts: readonly string[],
    run: (context: TaskContext, runningMs: () => number) => Promise<T>,
  ): Task<T> {
    const task: Task<T> = this.options.supervisor.submit({
      kind: 'url',
      title: this.options.titleOf(texts),
      userStarted: true,
      run: (context) => run(context, () => task.metrics.runningMs),
    });
    return task;
  }

  private async scan(
    text: string,
    options: UrlScanOptions,
    context: TaskContext,
    runningMs: () => number,
  ): Promise<ScanRecord> {
    const { clock } = this.options;
    const id = randomUUID();
    const startedAt = clock.now();
    const record = (status: ScanStatus, evidence?: OnlineAnswers): ScanRecord => {
      const finishedAt = clock.now();
      const durationMs = Math.min(runningMs(), finishedAt - startedAt);
      return recordOf({ id, text, status, startedAt, finishedAt, durationMs, evidence });
    };
    let evidence: OnlineAnswers | undefined;
    try {
      const analysed = await this.analyse([text], context);
      const [analysis = { status: 'notAUrl' } as const] = analysed.analyses;
      const local = localEvidence(analysis, analysed);
      evidence = local;
      if (analysis.status === 'analysed' && analysis.target !== undefined) {
        // A name that merely resolves to the own network was chosen by whoever has the name.
        const localOnPurpose = options.localOnPurpose === true && analysis.isLocal;
        const target = targetOf(analysis.target, localOnPurpose);
        const online = await this.answers.ask(target, options, this.enginesKey, context, async (answers) => {
          evidence = joined(local, answers);
          await this.keep(record('running', evidence));
        });
        evidence = joined(local, online);
        evidence = await this.withLandings(evidence, context);
      }
      const finished = record('finished', evidence);
      await this.keep(finished);
      this.remember(text, { record: finished, inHistory: true });
      this.ends.fire(finished);
      return finished;
    } catch (error) {
      const ended = record(endOf(context.signal, error), evidence);
      await this.keep(ended);
      this.ends.fire(ended);
      throw error;
    }
  }

  /** Where a link really leads is judged by the same analysis. */
  private async withLandings(evidence: OnlineAnswers, context: TaskContext): Promise<OnlineAnswers> {
    const hops = evidence.details.hops?.slice(1).map(({ url }) => url) ?? [];
    if (hops.length === 0) return evidence;
    const { analyses } = await this.analyse(hops.slice(0, mostTexts), context);
    return landed(evidence, analyses);
  }

  private async analyse(texts: readonly string[], context: TaskContext): Promise<UrlAnalyses> {
    const { thread } = this.options;
    const force = context.onForce(() => thread.replace('it did not obey'));
    try {
      const analysed = await thread.request(
        'analyse',
        { texts: [...texts], lists: this.settings.lists },
        { signal: context.signal },
      );
      this.version = analysed.version;
      return analysed;
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      force.dispose();
    }
  }

  private async check(text: string, analysis: UrlAnalysis, analysed: UrlAnalyses): Promise<CheckedUrl> {
    const { clock } = this.options;
    const evidence = localEvidence(analysis, analysed);
    const startedAt = clock.now();
    const record = recordOf({
      id: randomUUID(),
      text,
      status: 'finished',
      startedAt,
      finishedAt: startedAt,
      durationMs: 0,
      evidence,
    });
    const { verdict = 'unknown', summary, findings } = record;
    const alarms = alarmingVerdicts.includes(verdict);
    this.remember(text, { record, inHistory: alarms });
    if (!alarms) return { text, verdict, summary, findings };
    await this.keep(record);
    this.ends.fire(record);
    return { text, verdict, summary, findings, record };
  }

  private get enginesKey(): string {
    return this.options.enginesKey?.() ?? '';
  }

  private keyOf(text: string): string {
    return JSON.stringify([text, this.settings, this.enginesKey, this.version]);
  }

  /** What failed is asked again by whoever wants to know. */
  private remember(text: string, known: Omit<KnownUrl, 'ageMs'>): void {
    const key = this.keyOf(text);
    const isBetter = known.inHistory || this.results.peek(key)?.value.inHistory !== true;
    if (known.record.verdict === 'error') this.results.invalidate(key);
    else if (isBetter) void this.results.get(key, () => Promise.resolve(known), { refresh: true });
  }

  private keep(record: ScanRecord): Promise<void> {
    return keepRecord(this.options.history, record, this.options.logger);
  }
}

function targetOf({ url, host, registrableDomain }: AnalysedTarget, localOnPurpose: boolean): UrlTarget {
  return { url, host, ...defined({ registrableDomain }), ...(localOnPurpose ? { localOnPurpose } : {}) };
}

interface RecordParts {
  readonly id: string;
  readonly text: string;
  readonly status: ScanStatus;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly durationMs: number;
  readonly evidence: OnlineAnswers | undefined;
}

function recordOf({ text, status, evidence, ...times }: RecordParts): ScanRecord {
  const engines = evidence?.engines ?? [];
  const findings = evidence?.findings ?? [];
  const verdict = evidence === undefined ? undefined : verdictOf({ engines, findings });
  const summary = verdict === undefined ? '' : urlSummary({ verdict, engines, findings });
  return {
    ...times,
    kind: 'url',
    target: text,
    status,
    summary: unfinishedSummary(status, summary, verdict),
    engines: [...engines],
    findings: [...findings],
    ...defined({
      verdict: status === 'finished' ? verdict : verdictUntilThen(verdict),
      details: evidence?.details,
    }),
  };
}

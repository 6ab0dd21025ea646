import type { Clock } from '../../../shared/clock';
import type { Logger } from '../../../shared/logger';
import type { FileReply, ScanOptions } from '../../../shared/protocol/scanThread';
import type { Judgement } from '../../../shared/scan/judgement';
import type { FilePath } from '../../files/regularFile';
import { displayPath } from '../content/displayPath';
import { stampNumbers } from '../knownFiles';
import type { RuleStages, StagedRules } from '../pool/ruleStages';
import type { JobOutcome, JobSize, ScanPool } from '../pool/scanPool';
import type { Answer, Lost, ScanThread } from '../pool/scanThread';
import { failedJudgement } from '../thread/judging';
import { AsideJudge, withPartialEngine, withStuckRules } from './asideJudge';
import type { WalkedFile } from './batcher';
import type { Interrupts } from './interrupts';
import type { StuckRules } from './stuckRules';

/** What asking about a file came to. */
export interface Judged {
  /** Absent where there is nothing to say. */
  readonly judgement?: Judgement;
  /** It was all the while as the walk saw it. */
  readonly unchanged: boolean;
  /** Those that were asked; absent where none could be. */
  readonly rules?: StagedRules;
  readonly details?: FileReply['details'];
}

export interface FileQuestion {
  readonly path: FilePath;
  readonly size: JobSize;
  readonly followLinks: boolean;
  readonly details: boolean;
  readonly walked?: WalkedFile;
}

export interface FileJudgeOptions {
  readonly pool: ScanPool;
  readonly stages: RuleStages;
  /** The block of the task. */
  readonly control: SharedArrayBuffer;
  readonly interrupts: Pick<Interrupts, 'cancelled' | 'letGo'>;
  readonly scanOptions: ScanOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stuck: StuckRules;
  /** Told, as soon as it is known, what the scan takes longer for reasons that are not its own. */
  readonly onDelay: (byMs: number) => void;
}

/** What a scan may take longer over all: someone may have made a folder to keep it busy. */
const maxDelayMs = 10 * 60_000;

/**
 * Has files judged by threads, and goes on when one is lost: the file that kept it is asked about alone, the rule that
 * did not come to an end is found and left out for it, and all other files are asked about again.
 */
export class FileJudge {
  private delayMs = 0;

  private readonly aside: AsideJudge;

  constructor(private readonly options: FileJudgeOptions) {
    this.aside = new AsideJudge({
      ...options,
      ask: (thread, question) => this.ask(thread, question),
      delay: (byMs) => this.delay(byMs),
    });
  }

  /**
   * @returns an answer for each file, in order
   * @throws SentinelError `task.cancelled`, `task.paused`
   */
  async batch(
    files: readonly WalkedFile[],
    join = this.options.scanOptions.join,
  ): Promise<readonly Judged[]> {
    const isAside = files.map((file) => this.aside.knownOver(inFolder(file)).length > 0);
    if (isAside.includes(true)) return this.batchAndAside(files, isAside, join);
    const { control, interrupts, scanOptions } = this.options;
    const outcome = await this.onThread('small', (thread) =>
      thread.scan(
        'scanBatch',
        (sign) => ({
          control,
          sign,
          paths: files.map(({ path }) => sendable(path)),
          stamps: stampsOf(files),
          options: { ...scanOptions, join },
        }),
        interrupts.cancelled,
      ),
    );
    if (outcome.status === 'noRules') {
      const judgement = failedJudgement('failed', outcome.detail);
      return files.map(() => ({ judgement, unchanged: false }));
    }
    const { value: answer, rules } = outcome;
    if (answer.status === 'lost') return this.afterLoss(files, join, answer, rules);
    const { judgements, unchanged } = answer.value;
    const said = new Map(judgements);
    return files.map((_, index) => {
      const judgement = toldOf(said.get(index), rules);
      return { unchanged: unchanged[index] === 1, rules, ...(judgement && { judgement }) };
    });
  }

  /**
   * @param known an answer about it that is there already
   * @throws SentinelError `task.cancelled`, `task.paused`
   */
  async file(
    question: FileQuestion,
    known?: { readonly value: Lost; readonly rules: StagedRules },
  ): Promise<Judged> {
    const { stages } = this.options;
    if (this.aside.knownOver(question).length > 0) return this.aside.file(question, stages.inForce, '');
    let next = known && { status: 'done' as const, ...known };
    for (let crashes = 0; ;) {
      const outcome = next ?? (await this.onThread(question.size, (thread) => this.ask(thread, question)));
      next = undefined;
      if (outcome.status === 'noRules') {
        return { judgement: failedJudgement('failed', outcome.detail), unchanged: false };
      }
      const { value: answer, rules } = outcome;
      if (answer.status === 'done') {
        const { judgement, unchanged, details } = answer.value;
        const { leftOut } = rules;
        const isPartial = question.details && leftOut.length > 0;
        const told = isPartial ? withStuckRules(judgement, leftOut) : toldOf(judgement, rules);
        return { judgement: told ?? judgement, unchanged, rules, ...(details && { details }) };
      }
      if (answer.why === 'stuck') return this.aside.file(question, rules, answer.detail);
      if (++crashes > 1) {
        const detail = answer.why === 'outOfMemory' ? 'out of memory' : answer.detail;
        return { judgement: failedJudgement('failed', detail), unchanged: false, rules };
      }
    }
  }

  /** Those that are known to keep a thread are not given to one that others wait for. */
  private async batchAndAside(
    files: readonly WalkedFile[],
    isAside: readonly boolean[],
    join: boolean,
  ): Promise<readonly Judged[]> {
    const others = files.filter((_, index) => isAside[index] !== true);
    const answers = others.length === 0 ? [] : [...(await this.batch(others, join))];
    for (const [index, file] of files.entries()) {
      if (isAside[index] === true) answers.splice(index, 0, await this.file(inFolder(file)));
    }
    return answers;
  }

  /** What was lost with a thread is made up for. */
  private onThread<T>(
    size: JobSize,
    ask: (thread: ScanThread) => Promise<Answer<T>>,
  ): Promise<JobOutcome<Answer<T>>> {
    const { pool, stages, interrupts, clock } = this.options;
    return pool.run(size, interrupts.letGo, async (thread) => {
      const startedMs = clock.monotonicMs();
      const answer = await ask(thread);
      if (answer.status === 'lost') {
        const compiled = pool.compiledSet(stages.inForce);
        this.delay(clock.monotonicMs() - startedMs + (compiled?.elapsedMs ?? 0));
      }
      return answer;
    });
  }

  /** @returns whether there is time for it */
  private delay(byMs: number): boolean {
    if (this.delayMs + byMs > maxDelayMs) return false;
    this.delayMs += byMs;
    this.options.onDelay(byMs);
    return true;
  }

  private ask(
    thread: ScanThread,
    { path, followLinks, details, walked }: FileQuestion,
  ): ReturnType<typeof thread.scan<'scanFile'>> {
    const { control, interrupts, scanOptions } = this.options;
    return thread.scan(
      'scanFile',
      (sign) => ({
        control,
        sign,
        path: sendable(path),
        followLinks,
        details,
        ...(walked && { stamp: stampsOf([walked]) }),
        options: scanOptions,
      }),
      interrupts.cancelled,
    );
  }

  /** A thread was lost over some of these files. */
  private async afterLoss(
    files: readonly WalkedFile[],
    join: boolean,
    lost: Lost,
    rules: StagedRules,
  ): Promise<readonly Judged[]> {
    const { item, why } = lost;
    const culprit = item === undefined ? undefined : files[item];
    if (item === undefined || culprit === undefined) {
      // Which one it was, shows when they are asked about one by one.
      if (join) return this.batch(files, false);
      if (files.length === 1) return Promise.all(files.map((file) => this.file(inFolder(file))));
      const half = Math.ceil(files.length / 2);
      return [
        ...(await this.batch(files.slice(0, half), join)),
        ...(await this.batch(files.slice(half), join)),
      ];
    }
    this.options.logger.warning(`A scan thread was lost (${why}) over ${displayPath(culprit.path)}.`);
    // First, since it may tell which rule the others are stuck in as well. One that was asked about alone, and stuck, is not asked about in the same way again.
    const known = why === 'stuck' ? { value: lost, rules } : undefined;
    const judged = await this.file(inFolder(culprit), known);
    const others = files.filter((file) => file !== culprit);
    const answers = others.length === 0 ? [] : [...(await this.batch(others, join))];
    answers.splice(item, 0, judged);
    return answers;
  }
}

function inFolder(file: WalkedFile): FileQuestion {
  return { path: file.path, size: 'small', followLinks: false, details: false, walked: file };
}

function stampsOf(files: readonly WalkedFile[]): Float64Array<ArrayBuffer> {
  const stamps = new Float64Array(files.length * stampNumbers);
  for (const [index, { stamp }] of files.entries()) {
    const at = index * stampNumbers;
    stamps[at] = stamp.mtimeMs;
    stamps[at + 1] = stamp.ctimeMs;
    stamps[at + 2] = stamp.size;
    stamps[at + 3] = stamp.ino;
    stamps[at + 4] = stamp.dev;
  }
  return stamps;
}

/** A copy, since the memory of a `Buffer` may hold more than the path. */
function sendable(path: FilePath): string | Uint8Array<ArrayBuffer> {
  return typeof path === 'string' ? path : new Uint8Array(path);
}

/** Where a rule is left out for all files, no engine says of any that it found nothing. */
function toldOf(judgement: Judgement | undefined, { leftOut }: StagedRules): Judgement | undefined {
  return judgement === undefined || leftOut.length === 0 ? judgement : withPartialEngine(judgement, leftOut);
}

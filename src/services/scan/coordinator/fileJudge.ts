import { statSync } from 'node:fs';
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
import { unlessAborted } from '../pool/unlessAborted';
import { failedJudgement } from '../thread/judging';
import type { WalkedFile } from './batcher';
import type { Interrupts } from './interrupts';
import { findStuckRule, mostQuestions } from './stuckRule';

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
  /** Told, as soon as it is known, what the scan takes longer for reasons that are not its own. */
  readonly onDelay: (byMs: number) => void;
}

/** A file over which so many rules in a row did not come to an end is given up. */
const maxStuckRules = 3;
/** How long is searched for such a rule, however many rules there are and however large the file is. */
const maxSearchMs = 5 * 60_000;
/** Most questions are answered sooner than they may be; the machine may be busy with other things. */
const searchReserveMs = 15_000;
/** What a scan may take longer over all: someone may have made a folder to keep it busy. */
const maxDelayMs = 10 * 60_000;

/**
 * Has files judged by threads, and goes on when one is lost: the file that kept it is asked about alone, the rule that
 * did not come to an end is found and left out, and all other files are asked about again.
 */
export class FileJudge {
  private delayMs = 0;

  constructor(private readonly options: FileJudgeOptions) {}

  /**
   * @returns an answer for each file, in order
   * @throws SentinelError `task.cancelled`, `task.paused`
   */
  async batch(
    files: readonly WalkedFile[],
    join = this.options.scanOptions.join,
  ): Promise<readonly Judged[]> {
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
      const judgement = said.get(index);
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
    const stuckRules: string[] = [];
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
        return {
          judgement: stuckRules.length === 0 ? judgement : withStuckRules(judgement, stuckRules),
          // One that was not judged by all rules is asked about again next time.
          unchanged: unchanged && stuckRules.length === 0,
          rules,
          ...(details && { details }),
        };
      }
      if (answer.why === 'stuck') {
        const rule =
          stuckRules.length < maxStuckRules ? await this.findStuckRule(question, rules) : undefined;
        if (rule === undefined) {
          return { judgement: failedJudgement('timedOut', answer.detail), unchanged: false, rules };
        }
        stuckRules.push(rule);
      } else if (++crashes > 1) {
        const detail = answer.why === 'outOfMemory' ? 'out of memory' : answer.detail;
        return { judgement: failedJudgement('failed', detail), unchanged: false, rules };
      }
    }
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
    // First, since it may tell which rule the others would be stuck in as well.
    // One that was asked about alone, and stuck, is not asked about in the same way again.
    const known = why === 'stuck' ? { value: lost, rules } : undefined;
    const judged = await this.file(inFolder(culprit), known);
    const others = files.filter((file) => file !== culprit);
    const answers = others.length === 0 ? [] : [...(await this.batch(others, join))];
    answers.splice(item, 0, judged);
    return answers;
  }

  /** Searches on a thread that nobody else waits for, and has the rule left out from then on. */
  private async findStuckRule(question: FileQuestion, rules: StagedRules): Promise<string | undefined> {
    const { pool, stages, clock, logger, interrupts, scanOptions } = this.options;
    const compiled = pool.compiledSet(rules);
    const names = (compiled?.ruleNames ?? []).filter((name) => !rules.leftOut.includes(name));
    const { baseMs, bytesPerMs } = pool.searchLimits;
    const sizeBytes = Math.min(sizeOf(question), scanOptions.maxFileBytes);
    // Each half of the rules is compiled anew, and takes half the time of what it was a half of, twice at most.
    const searchMs = Math.min(
      maxSearchMs,
      mostQuestions(names.length) * (baseMs + sizeBytes / bytesPerMs) +
        4 * (compiled?.elapsedMs ?? 0) +
        searchReserveMs,
    );
    if (!this.delay(searchMs)) return undefined;
    const deadlineMs = clock.monotonicMs() + searchMs;
    const thread = pool.createSearchThread();
    try {
      const rule = await findStuckRule(names, async (asked) => {
        interrupts.letGo.throwIfAborted();
        if (clock.monotonicMs() > deadlineMs) return undefined;
        const leftOut = [...rules.leftOut, ...names.filter((name) => !asked.includes(name))];
        const fingerprint = `${rules.fingerprint} without ${leftOut.join()}`;
        const prepared = await unlessAborted(
          thread.prepare({ ...rules, leftOut, twoStep: false, fingerprint }),
          interrupts.letGo,
        );
        if (prepared.status === 'lost') return undefined;
        const answer = await this.ask(thread, question);
        return answer.status === 'lost' && answer.why === 'stuck';
      });
      if (rule === undefined) return undefined;
      logger.warning(
        `The rule ${rule} did not come to an end over ${displayPath(question.path)} and is left out.`,
      );
      stages.leaveOut(rule);
      return rule;
    } finally {
      void thread.stop();
    }
  }
}

function inFolder(file: WalkedFile): FileQuestion {
  return { path: file.path, size: 'small', followLinks: false, details: false, walked: file };
}

function sizeOf({ path, walked }: FileQuestion): number {
  return walked?.stamp.size ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0;
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

/** The file was judged without these rules: it is not known what they would have said. */
function withStuckRules(judgement: Judgement, rules: readonly string[]): Judgement {
  const detail = `left out: ${rules.join(', ')}`;
  return {
    ...judgement,
    problem: { reason: 'timedOut', detail },
    engines: judgement.engines.map((engine) =>
      engine.id !== 'yara'
        ? engine
        : {
            ...engine,
            state: engine.state === 'noHit' ? 'partial' : engine.state,
            reason: 'timedOut',
            detail,
          },
    ),
  };
}

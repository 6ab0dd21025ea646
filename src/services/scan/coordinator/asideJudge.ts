import { statSync } from 'node:fs';
import type { FileReply } from '../../../shared/protocol/scanThread';
import type { Judgement } from '../../../shared/scan/judgement';
import { displayPath } from '../content/displayPath';
import type { StagedRules } from '../pool/ruleStages';
import type { Answer, ScanThread } from '../pool/scanThread';
import { unlessAborted } from '../pool/unlessAborted';
import { failedJudgement } from '../thread/judging';
import type { FileJudgeOptions, FileQuestion, Judged } from './fileJudge';
import { findStuckRule, mostQuestions } from './stuckRule';

export interface AsideJudgeOptions extends FileJudgeOptions {
  readonly ask: (thread: ScanThread, question: FileQuestion) => Promise<Answer<FileReply>>;
  /** Asks for time. @returns whether there is as much */
  readonly delay: (byMs: number) => boolean;
}

/** A file over which so many rules in a row did not come to an end is given up. */
const maxStuckRules = 3;
/** How long is searched for such a rule, however many rules there are and however large the file is. */
const maxSearchMs = 5 * 60_000;
/** Most questions are answered sooner than they may be; the machine may be busy with other things. */
const searchReserveMs = 15_000;

/**
 * Judges a file over which rules do not come to an end without them, on threads that nobody else waits for: those of the
 * pool keep all rules, for all other files.
 */
export class AsideJudge {
  constructor(private readonly options: AsideJudgeOptions) {}

  /** Rules that are known not to come to an end over the file as it is now. */
  knownOver(question: FileQuestion): readonly string[] {
    const { stuck, stages } = this.options;
    const { leftOut } = stages.inForce;
    return stuck.over(stateOf(question)).filter((rule) => !leftOut.includes(rule));
  }

  /**
   * @param rules those in force when the file kept a thread, or those in force now
   * @param detail what is said where no rule can be named
   * @throws SentinelError `task.cancelled`, `task.paused`
   */
  async file(question: FileQuestion, rules: StagedRules, detail: string): Promise<Judged> {
    const stuckRules = [...this.knownOver(question)];
    while (stuckRules.length <= maxStuckRules) {
      if (stuckRules.length > 0) {
        const asked = without(rules, stuckRules);
        const answer = await this.askOnce(question, asked);
        if (answer.status === 'done') {
          const { judgement, details } = answer.value;
          const judged = withStuckRules(judgement, stuckRules);
          // One that was not judged by all rules is asked about again next time.
          return { judgement: judged, unchanged: false, rules: asked, ...(details && { details }) };
        }
        if (answer.why !== 'stuck') break;
      }
      if (stuckRules.length === maxStuckRules) break;
      const rule = await this.findStuckRule(question, without(rules, stuckRules), rules);
      if (rule === undefined) break;
      stuckRules.push(rule);
    }
    return { judgement: failedJudgement('timedOut', detail), unchanged: false, rules };
  }

  private async askOnce(question: FileQuestion, rules: StagedRules): Promise<Answer<FileReply>> {
    const { pool, interrupts, ask } = this.options;
    const thread = pool.createSideThread();
    try {
      const prepared = await unlessAborted(thread.prepare(rules), interrupts.letGo);
      return prepared.status === 'lost' ? prepared : await ask(thread, question);
    } finally {
      void thread.stop();
    }
  }

  private async findStuckRule(
    question: FileQuestion,
    rules: StagedRules,
    compiledAs: StagedRules,
  ): Promise<string | undefined> {
    const { pool, stages, stuck, clock, logger, interrupts, delay } = this.options;
    const compiled = pool.compiledSet(compiledAs);
    const names = (compiled?.ruleNames ?? []).filter((name) => !rules.leftOut.includes(name));
    const searchMs = this.searchMs(question, names.length, compiled?.elapsedMs ?? 0);
    if (!delay(searchMs)) return undefined;
    const deadlineMs = clock.monotonicMs() + searchMs;
    const thread = pool.createSearchThread();
    const isStuck = async (asked: readonly string[]): Promise<boolean | undefined> => {
      interrupts.letGo.throwIfAborted();
      if (clock.monotonicMs() > deadlineMs) return undefined;
      const rest = new Set(asked);
      const alone = without(
        { ...rules, twoStep: false },
        names.filter((name) => !rest.has(name)),
      );
      const prepared = await unlessAborted(thread.prepare(alone), interrupts.letGo);
      if (prepared.status === 'lost') return undefined;
      const answer = await this.options.ask(thread, question);
      return answer.status === 'lost' && answer.why === 'stuck';
    };
    try {
      // What was stuck elsewhere is the first suspect here.
      const suspects = names.filter((name) => stuck.rules.includes(name));
      const rule = (await findStuckRule(suspects, isStuck)) ?? (await findStuckRule(names, isStuck));
      if (rule === undefined) return undefined;
      const where = displayPath(question.path);
      logger.warning(`The rule ${rule} did not come to an end over ${where} and is left out for it.`);
      if (stuck.add(stateOf(question), rule)) {
        logger.warning(`The rule ${rule} is left out for all files: this is not the first one.`);
        stages.leaveOut(rule);
      }
      return rule;
    } finally {
      void thread.stop();
    }
  }

  /** Each half of the rules is compiled anew, and takes half the time of what it was a half of, twice at most. */
  private searchMs(question: FileQuestion, rules: number, compileMs: number): number {
    const { baseMs, bytesPerMs } = this.options.pool.searchLimits;
    const sizeBytes = Math.min(sizeOf(question), this.options.scanOptions.maxFileBytes);
    const questionsMs = mostQuestions(rules) * (baseMs + sizeBytes / bytesPerMs);
    return Math.min(maxSearchMs, questionsMs + 5 * compileMs + searchReserveMs);
  }
}

function without(rules: StagedRules, left: readonly string[]): StagedRules {
  if (left.length === 0) return rules;
  const leftOut = [...rules.leftOut, ...left];
  return { ...rules, leftOut, fingerprint: `${rules.fingerprint} without ${left.join()}` };
}

/** Another state of a file is another file. */
function stateOf(question: FileQuestion): string {
  const { size, mtimeMs } = statsOf(question) ?? { size: 0, mtimeMs: 0 };
  return `${size} ${mtimeMs} ${displayPath(question.path)}`;
}

function sizeOf(question: FileQuestion): number {
  return statsOf(question)?.size ?? 0;
}

function statsOf({ path, walked }: FileQuestion): { size: number; mtimeMs: number } | undefined {
  if (walked !== undefined) return walked.stamp;
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Whoever opens it finds out why.
    return undefined;
  }
}

/** The file was judged without these rules: it is not known what they would have said. */
export function withStuckRules(judgement: Judgement, rules: readonly string[]): Judgement {
  const detail = leftOutText(rules);
  return {
    ...withPartialEngine(judgement, rules),
    problem: judgement.problem ?? { reason: 'timedOut', detail },
  };
}

/** The same for one among many that were judged so, which are not all problems of their own. */
export function withPartialEngine(judgement: Judgement, rules: readonly string[]): Judgement {
  const detail = leftOutText(rules);
  return {
    ...judgement,
    engines: judgement.engines.map((engine) => {
      if (engine.id !== 'yara') return engine;
      if (engine.state === 'noHit') return { ...engine, state: 'partial', reason: 'timedOut', detail };
      return engine.state === 'hit' ? { ...engine, detail } : engine;
    }),
  };
}

function leftOutText(rules: readonly string[]): string {
  return `left out: ${rules.join(', ')}`;
}

import type { Clock } from '../../shared/clock';
import { errorMessage, SentinelError } from '../../shared/errors';
import type { EngineReason, EngineReport } from '../../shared/scan/record';
import { type EngineId, engineNames } from './engines';
import type { EngineAnswer, EngineControl, FileEngine, FileTarget } from './fileEngine';

export interface EngineRoundOptions {
  readonly engines: readonly FileEngine[];
  readonly target: FileTarget;
  readonly clock: Clock;
  /** Aborted when the scan is to end. */
  readonly signal: AbortSignal;
  /** What they are busy with. */
  readonly tell: (step: string) => void;
  /** One of them has answered. */
  readonly onAnswer: () => void;
}

/** Of engines that name none. */
export const usualTimeLimitMs = 10 * 60_000;

/** Engines beside the local ones that are asked about one file, all at the same time, each with its own time limit. */
export class EngineRound {
  private readonly answersById = new Map<string, EngineAnswer>();
  /** Settles when each has answered, or the scan is to end. Never rejects. */
  readonly done: Promise<void>;

  constructor(private readonly options: EngineRoundOptions) {
    for (const { id } of options.engines) this.answersById.set(id, answerOf(id, 'running'));
    this.done = Promise.all(options.engines.map((engine) => this.ask(engine))).then(() => undefined);
  }

  /** What each has to say by now, in the order in which they were given. */
  get answers(): readonly EngineAnswer[] {
    return [...this.answersById.values()];
  }

  private async ask(engine: FileEngine): Promise<void> {
    const { clock, onAnswer } = this.options;
    const startedMs = clock.monotonicMs();
    const answer = await this.answerWithin(engine);
    const { report } = answer;
    const elapsedMs = Math.max(0, clock.monotonicMs() - startedMs);
    const timed = report.state === 'notAsked' ? report : { elapsedMs, ...report };
    // Whatever it calls itself: others must not be answered for.
    this.answersById.set(engine.id, {
      report: { ...timed, id: engine.id },
      findings: answer.findings.map((finding) => ({ ...finding, engine: engine.id })),
    });
    onAnswer();
  }

  /** What it does not answer in its time, it does not answer: it is told to end, and not waited for. */
  private answerWithin(engine: FileEngine): Promise<EngineAnswer> {
    const { clock, signal, target, tell } = this.options;
    const { timeLimitMs = usualTimeLimitMs } = engine;
    if (signal.aborted) return Promise.resolve(answerOf(engine.id, 'failed', 'cancelled'));
    const abort = new AbortController();
    return new Promise((resolve) => {
      const settle = (answer: EngineAnswer): void => {
        limit.dispose();
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      const onAbort = (): void => {
        settle(answerOf(engine.id, 'failed', isTimeOver(signal.reason) ? 'timedOut' : 'cancelled'));
        abort.abort(signal.reason);
      };
      const limit = clock.setTimeout(() => {
        settle(answerOf(engine.id, 'failed', 'timedOut'));
        abort.abort();
      }, timeLimitMs);
      signal.addEventListener('abort', onAbort);
      asked(engine, target, { signal: abort.signal, tell }).then(settle, (error: unknown) => {
        settle(answerOf(engine.id, 'failed', 'failed', errorMessage(error)));
      });
    });
  }
}

/** What an engine is called, by its id. */
function engineName(id: string): string {
  return Object.hasOwn(engineNames, id) ? engineNames[id as EngineId] : id;
}

export function answerOf(
  id: string,
  state: EngineReport['state'],
  reason?: EngineReason,
  detail?: string,
): EngineAnswer {
  const why = { ...(reason && { reason }), ...(detail === undefined ? {} : { detail }) };
  return { report: { id, name: engineName(id), state, ...why }, findings: [] };
}

/** Why the scan is to end. */
function isTimeOver(reason: unknown): boolean {
  return reason instanceof SentinelError && reason.code === 'task.timedOut';
}

/** Rejects as well where the engine throws at once. */
async function asked(engine: FileEngine, target: FileTarget, control: EngineControl): Promise<EngineAnswer> {
  return await engine.ask(target, control);
}

import type { Clock } from '../../../shared/clock';
import { errorMessage } from '../../../shared/errors';
import { formatCount } from '../../../shared/presentation/format';
import { ResultCache } from '../../cache/resultCache';
import type { TaskContext } from '../../tasks/task';
import type { UrlEngine, UrlEngineAnswer, UrlTarget } from './urlEngine';
import type { UrlScanOptions } from './urlScans';

const mostAnswers = 1_000;
/** What is answered sooner needs nothing in between. */
const firstTellMs = 500;

/**
 * Asks engines about a link, all at once, and keeps what each has said for a while: those who ask with a quota are not
 * asked twice, and one that failed keeps none of the others from being believed.
 */
export class EngineAnswers {
  private readonly caches: readonly {
    readonly engine: UrlEngine;
    readonly cache: ResultCache<UrlEngineAnswer>;
  }[];

  constructor(
    engines: readonly UrlEngine[],
    private readonly clock: Clock,
    ttlMs: number,
  ) {
    this.caches = engines.map((engine) => ({
      engine,
      cache: new ResultCache({
        clock,
        ttlMs,
        maxEntries: mostAnswers,
        isCacheable: ({ report }) => report.state === 'hit' || report.state === 'noHit',
      }),
    }));
  }

  /**
   * @param key of the settings: an answer under others does not count
   * @param tell what is known so far, where that takes a while; those still at it are `running`
   * @returns an answer of each engine, in order
   * @throws the signal's reason when the task is to end
   */
  async ask(
    target: UrlTarget,
    { refresh = false }: UrlScanOptions,
    key: string,
    context: TaskContext,
    tell: (answers: readonly UrlEngineAnswer[]) => Promise<void>,
  ): Promise<readonly UrlEngineAnswer[]> {
    if (this.caches.length === 0) return [];
    const answers: (UrlEngineAnswer | undefined)[] = this.caches.map(() => undefined);
    let percent = 0;
    const tellStep = (step: string): void => {
      context.reportProgress(percent, step);
    };
    let slow = false;
    let telling = Promise.resolve();
    const tellState = (): void => {
      const known = answers.map((answer, index) => answer ?? this.running(index));
      telling = telling.then(() => tell(known));
    };
    const timer = this.clock.setTimeout(() => {
      slow = true;
      tellState();
    }, firstTellMs);
    try {
      await Promise.all(
        this.caches.map(async ({ engine, cache }, index) => {
          answers[index] = await this.askOne(
            engine,
            cache,
            target,
            JSON.stringify([key, target]),
            refresh,
            context.signal,
            tellStep,
          );
          const done = answers.filter((answer) => answer !== undefined).length;
          percent = (100 * done) / answers.length;
          context.reportProgress(percent);
          if (slow && done < answers.length) tellState();
        }),
      );
    } finally {
      timer.dispose();
      // What comes after it must be written after it.
      await telling;
    }
    return answers.filter((answer) => answer !== undefined);
  }

  dispose(): void {
    for (const { cache } of this.caches) cache.dispose();
  }

  private running(index: number): UrlEngineAnswer {
    const { id = '', name = id } = this.caches[index]?.engine ?? {};
    return { report: { id, name, state: 'running' }, findings: [] };
  }

  private async askOne(
    engine: UrlEngine,
    cache: ResultCache<UrlEngineAnswer>,
    target: UrlTarget,
    key: string,
    refresh: boolean,
    signal: AbortSignal,
    tell: (step: string) => void,
  ): Promise<UrlEngineAnswer> {
    const cached = refresh ? undefined : cache.peek(key);
    if (cached !== undefined) return aged(cached.value, cached.ageMs);
    try {
      return await cache.get(key, (shared) => engine.ask(target, { signal: shared, tell }), {
        signal,
        refresh,
      });
    } catch (error) {
      signal.throwIfAborted();
      // Engines answer even when they fail: this one broke its promise.
      const report = {
        id: engine.id,
        name: engine.name ?? engine.id,
        state: 'failed',
        reason: 'failed',
      } as const;
      return { report: { ...report, detail: errorMessage(error) }, findings: [] };
    }
  }
}

function aged(answer: UrlEngineAnswer, ageMs: number): UrlEngineAnswer {
  const { report } = answer;
  const said = `answered ${formatCount(Math.floor(ageMs / 60_000), 'minute')} ago`;
  const detail = report.detail === undefined ? said : `${report.detail}; ${said}`;
  return { ...answer, report: { ...report, detail } };
}

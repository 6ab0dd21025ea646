import type { Clock } from '../../../../../shared/clock';
import type { EngineReport, Finding } from '../../../../../shared/scan/record';
import type { SentAway } from '../../../../../shared/url/sentAway';
import type { ApiKeys, KeyedService } from '../../../../secrets/apiKeys';
import type { EngineControl } from '../../../fileEngine';
import { answered } from '../../../verdict';
import type { UrlEngineAnswer, UrlTarget } from '../../urlEngine';
import type { OnlineUrlEngine } from '../onlineUrlEngine';
import { unaskable, withoutSecrets } from './sentUrl';
import { asServiceError, ServiceError } from './serviceError';

export interface KeyedServiceOptions {
  readonly clock: Clock;
  readonly keys: ApiKeys;
  readonly isEnabled: () => boolean;
}

export interface Question {
  /** Without a user's name and password, and without its fragment. */
  readonly url: string;
  readonly target: UrlTarget;
  readonly key: string;
  readonly control: EngineControl;
}

/** What a service says of a link that it was asked about. */
export interface ServiceOpinion {
  readonly findings: readonly Finding[];
  /** It has no opinion of the link, as it has never seen it. */
  readonly isUnknown?: boolean;
  readonly detail?: string;
}

/** After "too many requests" that names no time. */
const defaultWaitMs = 60_000;
/** Services are set up while people try keys. */
const refusalHoldsMs = 300_000;

/**
 * A service that is asked with somebody's own key: whether it may be asked at all, and what becomes of it when it does
 * not answer. Whatever goes wrong is told as that, and is no answer.
 */
export abstract class KeyedServiceEngine implements OnlineUrlEngine {
  abstract readonly sends: SentAway;
  private waitUntilMs = -Infinity;
  /** A key that was refused is not tried again for a while: services lock out who insists. */
  private refused: { readonly key: string; readonly untilMs: number } | undefined;

  constructor(
    private readonly engine: { readonly id: KeyedService; readonly name: string },
    private readonly keyed: KeyedServiceOptions,
  ) {}

  get id(): string {
    return this.engine.id;
  }

  get name(): string {
    return this.engine.name;
  }

  get isEnabled(): boolean {
    return this.keyed.isEnabled();
  }

  async ask(target: UrlTarget, control: EngineControl): Promise<UrlEngineAnswer> {
    const { clock } = this.keyed;
    const startedMs = clock.monotonicMs();
    try {
      const notAsked = this.isEnabled ? unaskable(target) : ({ reason: 'switchedOff' } as const);
      if (notAsked !== undefined) return this.without({ state: 'notAsked', ...notAsked });
      const key = (await this.keyed.keys.get(this.engine.id))?.trim() ?? '';
      if (key === '')
        return this.without({ state: 'notAsked', reason: 'notConfigured', detail: 'it has no key' });
      if (control.signal.aborted) throw new ServiceError('cancelled', 'The scan was cancelled.');
      const {
        findings,
        isUnknown = false,
        detail,
      } = await this.within(key, () =>
        this.opinion({ url: withoutSecrets(target.url), target, key, control }),
      );
      return {
        report: {
          ...this.engine,
          state: isUnknown ? 'notKnown' : answered(this.engine, findings),
          ...(detail === undefined ? {} : { detail }),
          sendsAway: true,
          elapsedMs: clock.monotonicMs() - startedMs,
        },
        findings,
      };
    } catch (error) {
      const { reason, message } = asServiceError(error);
      const state = reason === 'notApplicable' ? 'notAsked' : 'failed';
      return this.without({ state, reason, detail: message });
    }
  }

  /** @throws ServiceError, or what the HTTP client throws */
  protected abstract opinion(question: Question): Promise<ServiceOpinion>;

  /** Keeps to what the service has answered lately to the key. */
  private async within<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const { clock } = this.keyed;
    const nowMs = clock.monotonicMs();
    if (key === this.refused?.key && nowMs < this.refused.untilMs) {
      throw new ServiceError('badKey', 'it was refused a moment ago');
    }
    if (nowMs < this.waitUntilMs) {
      const seconds = Math.ceil((this.waitUntilMs - nowMs) / 1_000);
      throw new ServiceError('quotaExceeded', `it takes requests again in ${seconds} s`);
    }
    try {
      return await ask();
    } catch (error) {
      const { reason, retryAfterMs = defaultWaitMs } = asServiceError(error);
      if (reason === 'badKey') this.refused = { key, untilMs: clock.monotonicMs() + refusalHoldsMs };
      if (reason === 'quotaExceeded') this.waitUntilMs = clock.monotonicMs() + retryAfterMs;
      throw error;
    }
  }

  private without(report: Pick<EngineReport, 'state' | 'reason' | 'detail'>): UrlEngineAnswer {
    return { report: { ...this.engine, ...report, sendsAway: true }, findings: [] };
  }
}

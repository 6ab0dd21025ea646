import type { Clock } from '../../../shared/clock';
import { defined } from '../../../shared/defined';
import { errorMessage, SentinelError } from '../../../shared/errors';
import { formatBytes } from '../../../shared/presentation/format';
import type { EngineReason, EngineReport, Finding, ProblemFile } from '../../../shared/scan/record';
import type { FilePath } from '../../files/regularFile';
import { engineNames, notAsked } from '../engines';
import type { FileStamp } from '../knownFiles';
import { answered } from '../verdict';
import { staysHere } from './clamdAddress';
import type { ClamdOutcome, ClamdVersion } from './clamdReplies';
import { type ClamdLimits, usualClamdLimits } from './clamdLimits';
import { askClamd, type ClamdAnswer } from './clamdSession';
import { databaseStamp } from './databaseStamp';
import type { FoundClamd, NoClamd } from './findClamd';
import { passedOver } from './scanLimits';
import { isAboutLimits, signatureFinding } from './signatureFinding';
import type { Slots } from './slots';
import { StreamedFile, StreamError } from './streamedFile';

/** What ClamAV came to about one file. */
export interface ClamavAnswer {
  readonly report: EngineReport;
  readonly findings: readonly Finding[];
  /** Why it has not seen the file, or not in whole. */
  readonly problem?: Pick<ProblemFile, 'reason' | 'detail'>;
  /** Of files about which it found something. */
  readonly sha256?: string;
  /** Holds as long as the file, ClamAV and its database stay as they are. */
  readonly isLasting: boolean;
}

export interface ClamavQuestion {
  readonly path: FilePath;
  readonly sizeBytes: number;
  readonly followLinks: boolean;
  /** As the walk of a folder saw it. */
  readonly stamp?: FileStamp;
}

export interface ClamdEngineOptions {
  readonly found: FoundClamd | NoClamd;
  readonly clock: Clock;
  /** Connections of all scans together. */
  readonly slots: Slots;
  readonly limits?: ClamdLimits;
}

/** What clamd takes by itself is settled by its `StreamMaxLength`; beyond this nothing is read for it. */
const largestBytes = 2 * 1024 ** 3;
/** After so many time limits in a row the rest of the scan goes on without it, and says so. */
const mostTimeouts = 3;

type Standing =
  { readonly state: 'none' | 'failed'; readonly report: EngineReport } | { readonly state: 'asked' };

/** ClamAV within one scan, by way of clamd: who it is, and what it says about each file. */
export class ClamdEngine {
  private standing: Standing;
  /** Who answered first, and last. */
  private met: ClamdVersion | undefined;
  private version: ClamdVersion | undefined;
  private stamp: string | undefined;
  private readonly interrupts = new Set<AbortController>();
  private timeouts = 0;
  private returning: Promise<boolean> | undefined;
  private givenUp: { readonly reason: EngineReason; readonly detail: string } | undefined;
  private readonly limits: ClamdLimits;

  constructor(private readonly options: ClamdEngineOptions) {
    const { found } = options;
    this.limits = options.limits ?? usualClamdLimits;
    this.standing =
      found.state === 'found'
        ? { state: 'asked' }
        : { state: 'none', report: notAsked('clamav', found.reason, found.detail) };
  }

  /** Finds out who answers there. Settles at once where nobody is to be asked. Never rejects. */
  async meet(signal: AbortSignal): Promise<void> {
    const { found } = this.options;
    if (found.state === 'none') return;
    try {
      this.met = (await this.converse(signal, this.limits.helloMs)).engine;
      this.version = this.met;
      const { databaseFolder } = found;
      if (databaseFolder !== undefined) this.stamp = databaseStamp(databaseFolder, this.options.clock.now());
    } catch (error) {
      const { reason, detail } = failureOf(error);
      // A port in a configuration says that clamd may listen there; a socket, and a person, that it does.
      const mayBeAbsent = !found.isNamed && found.address.type === 'tcp' && reason === 'unreachable';
      this.standing = mayBeAbsent
        ? { state: 'none', report: notAsked('clamav', 'notFound', detail) }
        : { state: 'failed', report: failed(reason, detail) };
    }
  }

  /** Whether it is to be asked about files. */
  get isAsked(): boolean {
    return this.standing.state === 'asked';
  }

  /** What it has to say about a file about which there is nothing to say. */
  get plainReport(): EngineReport {
    return this.standing.state === 'asked'
      ? { id: 'clamav', name: engineNames.clamav, state: 'noHit' }
      : this.standing.report;
  }

  /** What it has to say until it has answered. */
  get runningReport(): EngineReport {
    return this.standing.state === 'asked'
      ? { id: 'clamav', name: engineNames.clamav, state: 'running' }
      : this.standing.report;
  }

  /**
   * Names what its answers rest on; undefined while nobody is asked, or where it cannot tell which database it has, so
   * that its answers hold for this scan only.
   */
  get fingerprint(): string | undefined {
    const { met, stamp } = this;
    if (met === undefined || (met.database === undefined && stamp === undefined)) return undefined;
    return `${versionText(met)}/${stamp ?? ''}`;
  }

  /** Adds to a report who was asked. */
  describe(report: EngineReport): EngineReport {
    const { found } = this.options;
    if (report.id !== 'clamav' || report.state === 'notAsked' || found.state === 'none') return report;
    return {
      ...report,
      sendsAway: !staysHere(found.address),
      ...defined({ version: this.version?.version, database: this.version?.database }),
    };
  }

  /** Ends all questions that are being asked. They reject with this. */
  interrupt(reason: SentinelError): void {
    for (const controller of this.interrupts) controller.abort(reason);
  }

  /** Rejects with what it was interrupted by, and with nothing else. */
  async ask(question: ClamavQuestion): Promise<ClamavAnswer> {
    const interrupt = new AbortController();
    this.interrupts.add(interrupt);
    try {
      return await this.options.slots.use(() => this.answer(question, interrupt.signal));
    } finally {
      this.interrupts.delete(interrupt);
    }
  }

  private async answer(question: ClamavQuestion, signal: AbortSignal): Promise<ClamavAnswer> {
    signal.throwIfAborted();
    if (this.givenUp !== undefined) return unanswered(this.givenUp.reason, this.givenUp.detail);
    const file = new StreamedFile(question.path, {
      followLinks: question.followLinks,
      maxBytes: this.maxBytes,
    });
    for (let attempt = 1; ; attempt++) {
      try {
        const { engine, outcome } = await this.converse(
          signal,
          this.limits.fileMs + question.sizeBytes / this.limits.bytesPerMs,
          file,
          attempt > 1,
        );
        this.timeouts = 0;
        this.version = engine;
        // With another database than at the beginning, its answer would pass for the earlier one's later on.
        const isSame =
          this.fingerprint !== undefined &&
          this.met !== undefined &&
          versionText(engine) === versionText(this.met);
        const isLasting = isSame && (question.stamp === undefined || file.isAs(question.stamp));
        return this.answerOf(outcome ?? { type: 'error', message: 'no answer' }, file, isLasting);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof StreamError) return this.unseen(error);
        const { reason, detail } = failureOf(error);
        if (reason === 'timedOut' && ++this.timeouts >= mostTimeouts) this.givenUp ??= { reason, detail };
        if (reason === 'unreachable' && attempt === 1 && (await this.isBack(signal))) continue;
        if (reason === 'unreachable') this.giveUp(attempt, reason, detail);
        return unanswered(reason, detail);
      }
    }
  }

  /** One that did not come back is not waited for again; one that is there and ended twice may take the next file. */
  private giveUp(attempt: number, reason: EngineReason, detail: string): void {
    if (attempt === 1) this.givenUp ??= { reason, detail };
  }

  private converse(
    signal: AbortSignal,
    timeLimitMs: number,
    file?: StreamedFile,
    isCareful = false,
  ): Promise<ClamdAnswer> {
    const { found, clock } = this.options;
    if (found.state === 'none') throw new SentinelError('clamav.unreachable', 'there is none');
    return askClamd({ address: found.address, clock, signal, timeLimitMs, isCareful }, file?.chunks());
  }

  /** Waits for a clamd that went away, once for all who ask. */
  private isBack(signal: AbortSignal): Promise<boolean> {
    this.returning ??= this.lookForIt().finally(() => {
      this.returning = undefined;
    });
    return untilAborted(this.returning, signal);
  }

  private async lookForIt(): Promise<boolean> {
    const { clock } = this.options;
    const { returnMs, lookMs, helloMs } = this.limits;
    const deadlineMs = clock.monotonicMs() + returnMs;
    for (;;) {
      try {
        await this.converse(new AbortController().signal, helloMs);
        return true;
      } catch {
        // Nobody is there yet, or it is not ready.
      }
      if (clock.monotonicMs() + lookMs > deadlineMs || this.interrupts.size === 0) return false;
      await new Promise<void>((resolve) => {
        clock.setTimeout(resolve, lookMs);
      });
    }
  }

  private get maxBytes(): number {
    const { found } = this.options;
    const limit = found.state === 'found' ? found.streamMaxBytes : undefined;
    return Math.min(limit ?? largestBytes, largestBytes);
  }

  private answerOf(outcome: ClamdOutcome, file: StreamedFile, isLasting: boolean): ClamavAnswer {
    switch (outcome.type) {
      case 'clean': {
        const limit = this.limitBelow(file.sizeBytes);
        return limit === undefined ? { report: report('noHit'), findings: [], isLasting } : tooLarge(limit);
      }
      case 'found': {
        const { signature } = outcome;
        if (isAboutLimits(signature)) {
          const problem = { reason: 'partial' as const, detail: signature };
          return { report: { ...report('partial'), ...problem }, findings: [], problem, isLasting };
        }
        const finding = signatureFinding(signature);
        const state = answered({ id: 'clamav' }, [finding]);
        return { report: report(state), findings: [finding], isLasting, ...defined({ sha256: file.sha256 }) };
      }
      case 'tooLarge':
        return this.tooLarge();
      case 'error':
        return unanswered('failed', outcome.message);
    }
  }

  private unseen({ reason, detail }: StreamError): ClamavAnswer {
    return reason === 'tooLarge' ? this.tooLarge() : unanswered(reason, detail);
  }

  private tooLarge(): ClamavAnswer {
    const { found } = this.options;
    const limit = found.state === 'found' ? found.streamMaxBytes : undefined;
    const which = limit === undefined ? '' : ` of ${formatBytes(limit)}`;
    return tooLarge(`ClamAV's StreamMaxLength${which}`);
  }

  /** Because of which it has not looked at what it took and found nothing in. */
  private limitBelow(sizeBytes: number): string | undefined {
    const { found } = this.options;
    const limits = (found.state === 'found' ? found.scanLimits : undefined) ?? {};
    return passedOver(sizeBytes, limits, this.version?.version ?? '');
  }
}

/** Its limits can be raised without a trace in what it says of itself: the next scan asks again. */
function tooLarge(detail: string): ClamavAnswer {
  return {
    report: notAsked('clamav', 'tooLarge', detail),
    findings: [],
    problem: { reason: 'tooLarge', detail },
    isLasting: false,
  };
}

function report(state: EngineReport['state']): EngineReport {
  return { id: 'clamav', name: engineNames.clamav, state };
}

function failed(reason: EngineReason, detail: string | undefined): EngineReport {
  return { ...report('failed'), reason, ...defined({ detail }) };
}

function unanswered(reason: EngineReason, detail: string | undefined): ClamavAnswer {
  const said = detail === undefined ? engineNames.clamav : `${engineNames.clamav}: ${detail}`;
  return {
    report: failed(reason, detail),
    findings: [],
    problem: { reason, detail: said },
    isLasting: false,
  };
}

function failureOf(error: unknown): { readonly reason: EngineReason; readonly detail: string } {
  const code = error instanceof SentinelError ? error.code : '';
  const detail = errorMessage(error);
  if (code === 'task.cancelled') return { reason: 'cancelled', detail };
  if (code === 'clamav.timedOut') return { reason: 'timedOut', detail };
  if (code === 'clamav.unreachable' || code === 'clamav.lost') return { reason: 'unreachable', detail };
  return { reason: 'failed', detail };
}

function versionText({ version, database }: ClamdVersion): string {
  return `${version}/${database?.version ?? ''}/${database?.updatedAt ?? ''}`;
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      // The reason is a SentinelError, given by whoever interrupts.
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

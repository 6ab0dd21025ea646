import type { RulesState, Scans } from '../../services/scan/scans';
import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import { formatCount } from '../../shared/presentation/format';
import type { Translate } from '../translate';

/** The part of VS Code's status bar that is used. */
export interface RuleProgressBar {
  /** Turns until the promise of `run` settles. */
  progress(title: string, run: (report: (message: string) => void) => Promise<void>): unknown;
  /** A few words for a moment. */
  note(text: string): Disposable;
}

export interface RuleProgressOptions {
  readonly scans: Pick<Scans, 'onRulesChanged'>;
  readonly bar: RuleProgressBar;
  readonly clock: Clock;
  readonly t: Translate;
}

/** Nobody needs to be told about what is over in the twinkling of an eye. */
const delayMs = 500;
/** How long the note that rules are ready stays. */
const noteMs = 5_000;
/** Files are what is counted: of a few of them, one after another is no measure of the time that they take. */
const fewestSteps = 20;

/** Shows in the status bar that the person's own rules are being compiled, how far that is, and what came of it. */
export class RuleProgress implements Disposable {
  private readonly listener: Disposable;
  private running: Running | undefined;
  private note: Disposable | undefined;
  private noteTimer: Disposable | undefined;

  constructor(private readonly options: RuleProgressOptions) {
    this.listener = options.scans.onRulesChanged((state) => {
      this.show(state);
    });
  }

  dispose(): void {
    this.listener.dispose();
    this.running?.end();
    this.endNote();
  }

  private show({ own, share, ruleCount }: RulesState): void {
    if (own === 'compiling') {
      if (this.running === undefined) this.endNote();
      this.running ??= new Running(this.options);
      if (share !== undefined) this.running.report(share);
      return;
    }
    const wasShown = this.running?.end() ?? false;
    this.running = undefined;
    if (!wasShown) return;
    const { t } = this.options;
    if (own === 'failed') this.say(t('Your rules could not be compiled: Sentinel scans with its own'));
    else if (own === 'inForce') this.say(t('Sentinel scans with {0}', formatCount(ruleCount, 'rule')));
  }

  /** Files that failed are in the Problems panel and in every report; this says that the waiting is over. */
  private say(text: string): void {
    this.endNote();
    this.note = this.options.bar.note(text);
    this.noteTimer = this.options.clock.setTimeout(() => {
      this.endNote();
    }, noteMs);
  }

  private endNote(): void {
    this.note?.dispose();
    this.noteTimer?.dispose();
    this.note = undefined;
  }
}

/** One time that rules are compiled. */
class Running {
  private readonly timer: Disposable;
  private percent: number | undefined;
  private told: number | undefined;
  private tell: ((message: string) => void) | undefined;
  private close: (() => void) | undefined;

  constructor({ bar, clock, t }: RuleProgressOptions) {
    this.timer = clock.setTimeout(() => {
      const closed = new Promise<void>((resolve) => {
        this.close = resolve;
      });
      void bar.progress(t('Sentinel compiles your rules'), (report) => {
        this.tell = report;
        this.update();
        return closed;
      });
    }, delayMs);
  }

  report({ done, total }: { readonly done: number; readonly total: number }): void {
    if (total < fewestSteps) return;
    // There is more to do once faulty files have to be left out; a bar that goes back would say that work was lost.
    this.percent = Math.max(this.percent ?? 0, Math.min(99, Math.floor((100 * done) / total)));
    this.update();
  }

  /** @returns whether anybody has seen it */
  end(): boolean {
    this.timer.dispose();
    this.tell = undefined;
    this.close?.();
    return this.close !== undefined;
  }

  private update(): void {
    if (this.percent === undefined || this.percent === this.told || this.tell === undefined) return;
    this.told = this.percent;
    this.tell(`${this.percent} %`);
  }
}

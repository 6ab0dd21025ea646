import type { EgressOf } from './egress';

/** What VirusTotal may be sent without asking each time, from nothing to all. */
export const virusTotalModes = ['off', 'askEach', 'hashOnly', 'hashAndAskUpload', 'hashAndUpload'] as const;
export type VirusTotalMode = (typeof virusTotalModes)[number];

/** `allowAll`: the file, too, if the hash is not known. `stop`: no, and no more questions in this window. */
export type ConsentAnswer = 'refuse' | 'allow' | 'allowAll' | 'stop';

/** Asks the person, one question at a time. All that is asked about is of one content; there is at least one. */
export type ConsentQuestion = (
  about: readonly [EgressOf<'hash' | 'file' | 'url'>, ...EgressOf<'hash' | 'file' | 'url'>[]],
) => Promise<ConsentAnswer>;

export interface VirusTotalConsentOptions {
  readonly mode: () => VirusTotalMode;
  readonly question: ConsentQuestion;
}

interface Waiting {
  readonly about: EgressOf<'hash' | 'file' | 'url'>;
  readonly answer: (answer: ConsentAnswer) => void;
}

/** May this be sent to VirusTotal? By the setting, or by asking the person before each. */
export class VirusTotalConsent {
  private waiting: readonly Waiting[] = [];
  private isAsking = false;
  private isStopped = false;

  constructor(private readonly options: VirusTotalConsentOptions) {}

  get mode(): VirusTotalMode {
    return this.options.mode();
  }

  /** Once more willing to ask, as after the setting was changed. */
  reset(): void {
    this.isStopped = false;
  }

  /** @returns whether the hash may be sent, and the file where the hash is not known */
  async forHash(about: EgressOf<'hash'>, signal: AbortSignal): Promise<'no' | 'hash' | 'hashAndFile'> {
    switch (this.mode) {
      case 'off':
        return 'no';
      case 'askEach': {
        const answer = await this.ask(about, signal);
        if (answer === 'allowAll') return 'hashAndFile';
        return answer === 'allow' ? 'hash' : 'no';
      }
      case 'hashOnly':
      case 'hashAndAskUpload':
        return 'hash';
      case 'hashAndUpload':
        return 'hashAndFile';
    }
  }

  /** Of a file whose hash is not known. */
  async forFile(about: EgressOf<'file'>, signal: AbortSignal): Promise<boolean> {
    switch (this.mode) {
      case 'off':
      case 'askEach':
      case 'hashOnly':
        return false;
      case 'hashAndAskUpload':
        return ['allow', 'allowAll'].includes(await this.ask(about, signal));
      case 'hashAndUpload':
        return true;
    }
  }

  /**
   * An address is no hash: it can be read by whoever gets it.
   * @returns whether it may be looked up, and sent in, to be visited, where it is not known
   */
  async forUrl(about: EgressOf<'url'>, signal: AbortSignal): Promise<'no' | 'lookUp' | 'lookUpAndSubmit'> {
    switch (this.mode) {
      case 'off':
        return 'no';
      case 'askEach':
      case 'hashOnly':
      case 'hashAndAskUpload': {
        const answer = await this.ask(about, signal);
        if (answer === 'allowAll') return 'lookUpAndSubmit';
        return answer === 'allow' ? 'lookUp' : 'no';
      }
      case 'hashAndUpload':
        return 'lookUpAndSubmit';
    }
  }

  /** @returns whether a consent that is given now still holds, each time it is called */
  lasting(content: 'hash' | 'file' | 'url'): () => boolean {
    const given = this.mode;
    return () => this.mode === given || allowsUnasked(this.mode, content);
  }

  private async ask(about: EgressOf<'hash' | 'file' | 'url'>, signal: AbortSignal): Promise<ConsentAnswer> {
    if (this.isStopped || signal.aborted) return 'refuse';
    return new Promise<ConsentAnswer>((resolve) => {
      const onAbort = (): void => {
        // Whoever is being asked already cannot be told any more; the answer is for the others then.
        this.waiting = this.waiting.filter((other) => other !== entry);
        resolve('refuse');
      };
      const entry: Waiting = {
        about,
        answer: (answer) => {
          signal.removeEventListener('abort', onAbort);
          resolve(answer);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting = [...this.waiting, entry];
      if (!this.isAsking) void this.askAll();
    });
  }

  /** All that has gathered while a question was open is asked in one. */
  private async askAll(): Promise<void> {
    this.isAsking = true;
    for (;;) {
      const [first] = this.waiting;
      if (first === undefined) break;
      const batch = this.waiting.filter(({ about }) => about.content === first.about.content);
      this.waiting = this.waiting.filter((entry) => !batch.includes(entry));
      const answer = this.isStopped ? 'refuse' : await this.answerTo(first, batch);
      if (answer === 'stop') this.isStopped = true;
      for (const entry of batch) entry.answer(answer);
    }
    this.isAsking = false;
  }

  private async answerTo(first: Waiting, batch: readonly Waiting[]): Promise<ConsentAnswer> {
    try {
      return await this.options.question([first.about, ...batch.slice(1).map(({ about }) => about)]);
    } catch {
      // Whoever could not be asked has not consented.
      return 'refuse';
    }
  }
}

function allowsUnasked(mode: VirusTotalMode, content: 'hash' | 'file' | 'url'): boolean {
  if (content === 'hash') return mode !== 'off' && mode !== 'askEach';
  return mode === 'hashAndUpload';
}

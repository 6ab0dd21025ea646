import { constants } from 'node:os';

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const impatientAfterMs = 1_000;

interface Owned {
  readonly end: () => Promise<void>;
  readonly endNow: () => void;
}

/**
 * Owns what a tool starts (processes, temporary folders), so that none of it outlives the tool: `end` is awaited in
 * reverse order on a normal end and on a signal, `endNow` runs synchronously when the process exits in any other way.
 */
export class ExitScope {
  readonly #owned: Owned[] = [];
  readonly #onExit = (): void => {
    for (const owned of this.#owned.splice(0).reverse()) owned.endNow();
  };
  #firstSignalAt: number | undefined;
  #closing: Promise<void> | undefined;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const code = 128 + constants.signals[signal];
    const now = Date.now();
    this.#firstSignalAt ??= now;
    if (this.#firstSignalAt === now) void this.close().finally(() => process.exit(code));
    // Ctrl+C often comes twice, from the terminal and from npm; only a later one is a person out of patience.
    else if (now - this.#firstSignalAt > impatientAfterMs) process.exit(code);
  };

  constructor() {
    process.on('exit', this.#onExit);
    for (const name of signals) process.on(name, this.#onSignal);
  }

  /** Takes ownership. The returned function ends the thing early, once. */
  own(owned: Owned): () => Promise<void> {
    this.#owned.push(owned);
    return async () => {
      if (!this.#owned.includes(owned)) return;
      try {
        await owned.end();
      } finally {
        this.#release(owned);
      }
    };
  }

  /** Whether a signal ends everything, so that what fails now fails because of that. */
  get isInterrupted(): boolean {
    return this.#firstSignalAt !== undefined;
  }

  /** Ends everything in reverse order; a part that fails does not keep the others. */
  close(): Promise<void> {
    this.#closing ??= this.#endAll().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async #endAll(): Promise<void> {
    for (let owned = this.#owned.at(-1); owned; owned = this.#owned.at(-1)) {
      await owned.end().catch((error: unknown) => {
        console.error(error);
      });
      this.#release(owned);
    }
  }

  #release(owned: Owned): void {
    const index = this.#owned.indexOf(owned);
    if (index >= 0) this.#owned.splice(index, 1);
  }
}

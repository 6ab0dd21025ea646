import { constants } from 'node:os';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const signals: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

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
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const code = 128 + constants.signals[signal];
    // A second signal does not wait for what the first one started.
    for (const name of signals) {
      process.off(name, this.#onSignal);
      process.on(name, () => process.exit(code));
    }
    void this.close().finally(() => process.exit(code));
  };

  constructor() {
    process.on('exit', this.#onExit);
    for (const name of signals) process.on(name, this.#onSignal);
  }

  /** Takes ownership. The returned function ends the thing early, once. */
  own(owned: Owned): () => Promise<void> {
    this.#owned.push(owned);
    return async () => {
      const index = this.#owned.indexOf(owned);
      if (index < 0) return;
      try {
        await owned.end();
      } finally {
        this.#owned.splice(this.#owned.indexOf(owned), 1);
      }
    };
  }

  /** Ends everything in reverse order; a part that fails does not keep the others. */
  async close(): Promise<void> {
    for (let owned = this.#owned.at(-1); owned; owned = this.#owned.at(-1)) {
      await owned.end().catch((error: unknown) => {
        console.error(error);
      });
      const index = this.#owned.indexOf(owned);
      if (index >= 0) this.#owned.splice(index, 1);
    }
  }
}

import type { Page } from 'playwright-core';

export interface ConsoleEntry {
  readonly type: string;
  readonly text: string;
  /** Address of the script or document that caused it; a webview's contains `webview`. */
  readonly source: string;
}

/** Everything that the workbench and its webviews wrote to the browser's console. */
export class ConsoleLog {
  readonly #entries: ConsoleEntry[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      this.#entries.push({ type: message.type(), text: message.text(), source: message.location().url });
    });
    page.on('pageerror', (error) => {
      this.#entries.push({ type: 'error', text: error.stack ?? error.message, source: 'uncaught' });
    });
  }

  entries(): readonly ConsoleEntry[] {
    return this.#entries;
  }

  /** Violations of a content security policy, the workbench's own included. */
  cspViolations(): readonly ConsoleEntry[] {
    return this.#entries.filter(({ text }) => /Content Security Policy/i.test(text));
  }
}

import type { Locator, Page } from 'playwright-core';
import { until } from './until';
import { becomesHidden } from './visibility';

const openLimitMs = 90_000;

/** The menu that a right click opens. It closes when anything else takes the focus, and is opened again then. */
export class ContextMenu {
  constructor(private readonly page: Page) {}

  /** Chooses an entry. @param open opens the menu, also a second time: by a right click, after what it is for was selected */
  async choose(open: () => Promise<void>, name: string | RegExp, limitMs = openLimitMs): Promise<void> {
    const entry = this.#entries(name).first();
    await this.#opened(`the entry ${name} in the menu`, limitMs, open, async () => {
      // What extensions add comes a moment after the window, and after what it depends on.
      await entry.waitFor({ timeout: 5_000 });
      await entry.click({ timeout: 20_000 });
      // A menu takes no clicks in the moment in which it opens, lest the click that opened it chooses something.
      await until('the menu to take the click', async () => {
        if (await becomesHidden(entry, 1_000)) return true;
        await entry.click({ timeout: 5_000 });
        return false;
      });
      return true;
    });
  }

  /** What all entries say, of a menu that is closed again. @param among an entry that shows that the menu is whole */
  async entries(open: () => Promise<void>, among: string): Promise<string[]> {
    return this.#opened(`a menu with ${among}`, openLimitMs, open, async () => {
      await this.#entries(among).first().waitFor({ timeout: 5_000 });
      const texts = await this.#entries().allInnerTexts();
      await this.page.keyboard.press('Escape');
      return texts.some((text) => text.includes(among)) ? texts : undefined;
    });
  }

  #entries(name: string | RegExp = ''): Locator {
    return this.page
      .locator('.monaco-menu .action-item .action-label:not(.separator)')
      .filter({ hasText: name });
  }

  async #opened<T>(
    what: string,
    limitMs: number,
    open: () => Promise<void>,
    use: () => Promise<T | undefined>,
  ): Promise<T> {
    return until(
      what,
      async () => {
        try {
          await open();
          return await use();
        } catch (error) {
          // Not where there is no menu: it would take the selection of a list away.
          if ((await this.page.locator('.monaco-menu').count()) > 0) await this.page.keyboard.press('Escape');
          throw error;
        }
      },
      limitMs,
    );
  }
}

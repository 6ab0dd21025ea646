import type { Locator } from 'playwright-core';
import { until } from './until';
import type { Workbench } from './workbench';

/** "Scan History" in Sentinel's side bar, as a person sees and uses it. */
export class HistoryPane {
  constructor(readonly workbench: Workbench) {}

  /** Opens the side bar, and the view where it is closed. */
  async open(): Promise<void> {
    await this.workbench.openSideBarView('Sentinel');
    const header = this.pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  get pane(): Locator {
    const header = this.workbench.page.locator('.pane-header', { hasText: 'Scan History' });
    return this.workbench.page.locator('.part.sidebar .pane').filter({ has: header });
  }

  /** Rows that are on screen, by what they say. */
  rows(text: string | RegExp = ''): Locator {
    return this.pane.locator('.monaco-list-row').filter({ hasText: text });
  }

  /** Label and description of the rows that are on screen. */
  async texts(): Promise<string[]> {
    return until('rows that stand still', async () => {
      const names = await this.rows().locator('.label-name').allTextContents();
      const wholes = await this.rows().locator('.monaco-icon-label-container').allTextContents();
      if (names.length !== wholes.length) return undefined;
      const texts = names.map((name, index) => [name, wholes[index]?.slice(name.length)] as const);
      return texts.map(([name, description]) => (description ? `${name} | ${description}` : name));
    });
  }

  /** What stands above the rows. */
  get message(): Locator {
    return this.pane.locator('.tree-explorer-viewlet-tree-view .message');
  }

  /** What an empty view says. */
  get welcome(): Locator {
    return this.pane.locator('.welcome-view-content');
  }

  /** Opens or closes a group. */
  async toggle(group: string | RegExp): Promise<void> {
    await this.rows(group).locator('.monaco-tl-twistie').click();
  }

  /** Chooses an action of the view's title, from its bar or from behind its dots. */
  async titleAction(name: string): Promise<void> {
    const { page } = this.workbench;
    const header = this.pane.locator('.pane-header');
    await until(`the action ${name}`, async () => {
      await page.keyboard.press('Escape');
      await header.hover();
      const button = header.getByRole('button', { name, exact: true });
      if (await button.isVisible()) await button.click({ timeout: 1_000 });
      else {
        await header.getByRole('button', { name: /More Actions/ }).click({ timeout: 1_000 });
        await this.#choose(name);
      }
      return true;
    });
  }

  /** Chooses an entry of a row's context menu. */
  async menuAction(row: string | RegExp, name: string): Promise<void> {
    await until(
      `the entry ${name}`,
      async () => {
        try {
          await this.rows(row).first().click({ button: 'right', timeout: 2_000 });
          await this.#choose(name);
          return true;
        } catch (error) {
          // Not before: in a list it takes the selection away.
          await this.workbench.page.keyboard.press('Escape');
          throw error;
        }
      },
      45_000,
    );
  }

  /** The entries of a row's context menu. */
  async menuEntries(row: string | RegExp): Promise<string[]> {
    const { page } = this.workbench;
    await this.rows(row).first().click({ button: 'right' });
    const entries = page.locator('.monaco-menu .action-item .action-label:not(.separator)');
    await entries.first().waitFor();
    const texts = await entries.allInnerTexts();
    await page.keyboard.press('Escape');
    return texts;
  }

  /** Goes to the end of the list, and clicks there for more. */
  async loadMore(left: number): Promise<void> {
    const more = this.rows('Load More…').filter({ hasText: `${left} left` });
    await until(`${left} records left`, async () => {
      await this.goTo('End');
      return more.isVisible();
    });
    await more.click();
    await more.waitFor({ state: 'detached' });
  }

  /** The list shows what is on screen alone. */
  async goTo(key: 'Home' | 'End'): Promise<void> {
    await this.pane.locator('.monaco-list').focus();
    await this.workbench.page.keyboard.press(key);
  }

  async #choose(name: string): Promise<void> {
    const entry = this.workbench.page.locator('.monaco-menu .action-item', { hasText: name }).first();
    await entry.waitFor({ timeout: 3_000 });
    // A menu takes no clicks in the moment in which it opens, lest the click that opened it chooses something.
    await until(
      'the menu to take the click',
      async () => {
        if (await entry.isVisible()) await entry.click({ timeout: 3_000 });
        return !(await entry.isVisible());
      },
      10_000,
    );
  }
}

import type { Locator } from 'playwright-core';
import { ContextMenu } from './contextMenu';
import { expand } from './treeRow';
import { until } from './until';
import { becomesHidden } from './visibility';
import type { Workbench } from './workbench';

/** "Scan History" in Sentinel's side bar, as a person sees and uses it. */
export class HistoryPane {
  constructor(readonly workbench: Workbench) {}

  /** Opens the side bar, and the view where it is closed. */
  async open(): Promise<void> {
    await this.workbench.openSideBarView('Sentinel');
    const header = this.pane.locator('.pane-header');
    await header.waitFor();
    await until('the view to be open', async () => {
      if ((await header.getAttribute('aria-expanded')) === 'true') return true;
      await header.click();
      return false;
    });
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

  /** Opens a group. */
  async expand(group: string | RegExp): Promise<void> {
    await expand(this.rows(group));
  }

  /** Chooses an action of the view's title, from its bar or from behind its dots. */
  async titleAction(name: string): Promise<void> {
    const header = this.pane.locator('.pane-header');
    const button = header.getByRole('button', { name, exact: true });
    const more = header.getByRole('button', { name: /More Actions/ });
    const menu = new ContextMenu(this.workbench.page);
    await until(
      `the action ${name}`,
      async () => {
        await header.hover();
        await more.waitFor({ timeout: 5_000 });
        if (await button.isVisible()) await button.click({ timeout: 20_000 });
        else await menu.choose(() => more.click({ timeout: 20_000 }), name, 5_000);
        return true;
      },
      90_000,
    );
  }

  /** Chooses an entry of a row's context menu, for that row or for several. */
  async menuAction(row: string | RegExp, name: string, selectedBefore?: string | RegExp): Promise<void> {
    const target = this.rows(row).first();
    await new ContextMenu(this.workbench.page).choose(async () => {
      if (selectedBefore !== undefined) {
        await this.rows(selectedBefore).first().click();
        await target.click({ modifiers: ['Control'] });
      }
      await target.click({ button: 'right', timeout: 20_000 });
    }, name);
  }

  /** The entries of a row's context menu. */
  async menuEntries(row: string | RegExp): Promise<string[]> {
    const target = this.rows(row).first();
    return new ContextMenu(this.workbench.page).entries(
      () => target.click({ button: 'right' }),
      'Open Report',
    );
  }

  /** Goes to the end of the list, and clicks there for more. */
  async loadMore(left: number): Promise<void> {
    const more = this.rows('Load More…').filter({ hasText: `${left} left` });
    await until(`${left} records left`, async () => {
      await this.goTo('End');
      return more.isVisible();
    });
    await until(`more than what is above "${left} left"`, async () => {
      await more.click();
      return becomesHidden(more, 10_000);
    });
  }

  /** The list shows what is on screen alone. */
  async goTo(key: 'Home' | 'End'): Promise<void> {
    await this.pane.locator('.monaco-list').focus();
    await this.workbench.page.keyboard.press(key);
  }
}
